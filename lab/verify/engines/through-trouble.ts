/** What servers have of a log while its engine is in trouble: each acknowledged entry at its place, none twice, none left out. */
import { expect } from 'vitest'
import type { Engine, EngineError, Position } from '../../store/engine/engine.ts'
import { say } from './case.ts'
import type { Labs } from './labs.ts'

/** Longer than a node of an engine takes to come back, or three to elect a leader, on a busy machine. In milliseconds. */
export const GIVE_UP_MS = 90_000

/** What a follower gets, by place, and why it ended. */
export function collect(engine: Engine, after: Position = 0) {
  const collected = { byPlace: new Map<Position, string>(), end: null as string | null }
  engine.follow(after, {
    onEntry: (position, body) => collected.byPlace.set(position, Buffer.from(body).toString()),
    onEnd: (why) => {
      collected.end = why.message
    },
  })
  return collected
}

/**
 * Two writers, each with some entries in flight, while `trouble` happens; and a follower at a third server.
 *
 * @param opened a way to the log, for each of the three
 */
export async function writeThrough(
  opened: (options?: { readonly onTrouble: (cause: EngineError | null) => void }) => Promise<Engine>,
  trouble: (acknowledged: () => number) => Promise<void>,
) {
  const told: string[] = []
  const onTrouble = (cause: EngineError | null) => void told.push(cause ? 'away' : 'back')
  const [a, b, c] = [await opened({ onTrouble }), await opened(), await opened()]
  const follower = collect(c)
  const acknowledged = new Map<Position, string>()
  let isOver = false
  const write = async (engine: Engine, name: string) => {
    for (let i = 0; !isOver; i++) {
      const word = `${name}-${i}`
      acknowledged.set(await say(engine, word, word), word)
    }
  }
  const writers = [a, b].flatMap((engine, i) => [0, 1, 2, 3].map((n) => write(engine, `w${i}-${n}`)))
  await trouble(() => acknowledged.size)
  isOver = true
  await Promise.all(writers)
  const end = await say(a, 'end')
  await expect.poll(() => follower.byPlace.get(end), { timeout: GIVE_UP_MS }).toBe('end')
  expect(follower.end).toBeNull()
  // Each acknowledged entry at its place; no place left out; no entry twice, whatever was sent again.
  expect([...acknowledged].filter(([place, word]) => follower.byPlace.get(place) !== word)).toEqual([])
  expect([...follower.byPlace.keys()]).toEqual(Array.from({ length: end }, (_, i) => i + 1))
  expect(new Set(follower.byPlace.values()).size).toBe(end)
  return {
    acknowledged: acknowledged.size,
    told,
    reconnects: [a, b, c].map(({ reconnects = 0 }) => reconnects),
  }
}

/** Waits until so many more are acknowledged. */
export const more = (acknowledged: () => number, count: number) => {
  const from = acknowledged()
  return expect.poll(acknowledged, { timeout: GIVE_UP_MS }).toBeGreaterThan(from + count)
}

/**
 * Two labs whose engine is killed and comes back: writers are told in time, reading goes on, and the same draft is one message.
 *
 * @param node the only one of the engine
 */
export async function writeWhileAway(
  labs: Labs,
  node: { kill(): Promise<void>; start(): Promise<void> },
): Promise<void> {
  const [left, right] = labs.all.map(({ hub }) => hub.room('lobby'))
  const draft = { draftId: 'd', author: 'ada', text: 'hi' }
  await left!.publish({ ...draft, draftId: 'before' })
  await node.kill()
  await expect(left!.publish(draft)).rejects.toMatchObject({
    code: 'not-stored',
    retryAfterS: expect.any(Number),
  })
  expect(left!.read(null).messages).toHaveLength(1)
  await node.start()
  let message = null
  await expect
    .poll(async () => (message = await right!.publish(draft).catch(() => null)), { timeout: GIVE_UP_MS })
    .not.toBeNull()
  expect(message).toMatchObject({ seq: 2 })
  expect(await left!.publish(draft)).toMatchObject({ seq: 2 })
  await labs.settle()
  expect(left!.read(null)).toEqual(right!.read(null))
}
