/**
 * An engine that is held to its word: where it has acknowledged an entry of this server, it must give that entry.
 *
 * An engine whose nodes have come to differ gives one server other entries than the next, under the same numbers, and each of them
 * goes on as if all were well (nats-server 2.9.10, three replicas that are cut off from each other: docs/decisions/088). Which
 * node is right, a server cannot know. It can see that two words do not go together, and then it stops.
 */
import { createHash } from 'node:crypto'
import { type Engine, EngineError, type Entry, type LogFollower, type Position } from './engine.ts'

/** So many places are remembered at most: of entries that were acknowledged and have not come, and of entries that came while one was underway. */
const REMEMBERED = 1_000

/** @param engine whose followers get an EngineError `other-log`, and whose writers too, once it has said two different things */
export function checked(engine: Engine): Engine {
  const acknowledged = new Map<Position, string>()
  const given = new Map<Position, string>()
  const ends = new Set<(why: Error) => void>()
  let underway = 0
  let lie: EngineError | null = null

  function compare(position: Position): void {
    const [one, other] = [acknowledged.get(position), given.get(position)]
    if (one === undefined || other === undefined) return
    acknowledged.delete(position)
    if (one === other || lie) return
    lie = new EngineError(
      'other-log',
      `the engine gives another entry as ${position} than it has acknowledged, so its nodes differ; ` +
        'begin this server again with an empty folder',
    )
    for (const end of [...ends]) end(lie)
  }

  async function append(entry: Entry): Promise<Position> {
    if (lie) throw lie
    underway++
    try {
      const position = await engine.append(entry)
      remember(acknowledged, position, entry.body)
      compare(position)
      return position
    } finally {
      underway--
    }
  }

  function follow(after: Position, { onEntry, onEnd }: LogFollower): () => void {
    let isOver = false
    let stopInner = () => {}
    const stop = () => {
      isOver = true
      ends.delete(end)
      stopInner()
    }
    const end = (why: Error) => {
      if (isOver) return
      stop()
      onEnd(why)
    }
    ends.add(end)
    stopInner = engine.follow(after, {
      onEntry(position, body) {
        // What comes while nothing is underway can be held against no acknowledgement.
        if (underway > 0 || acknowledged.has(position)) remember(given, position, body)
        compare(position)
        if (!isOver) onEntry(position, body)
      },
      onEnd: end,
    })
    if (isOver) stopInner()
    if (lie) end(lie)
    return stop
  }

  return {
    log: engine.log,
    get reconnects() {
      return engine.reconnects ?? 0
    },
    append,
    follow,
    trim: (before) => engine.trim(before),
    erase: (position) => engine.erase(position),
    newest: () => engine.newest(),
    close: () => engine.close(),
  }
}

/** By their digests: an entry may be long. */
function remember(places: Map<Position, string>, position: Position, body: Uint8Array): void {
  places.delete(position)
  places.set(position, createHash('sha256').update(body).digest('base64'))
  if (places.size > REMEMBERED) places.delete(places.keys().next().value!)
}
