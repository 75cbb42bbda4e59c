/**
 * A log that is gone with the process: the reference.
 *
 * It says what an engine does, in the fewest words, and passes the same suite as those that run elsewhere. Each call
 * of `open` is another server's way to the one log.
 */
import { base36 } from '../../wire/base36.ts'
import {
  ahead,
  checkEntry,
  closed,
  type Engine,
  EngineError,
  gone,
  type LogFollower,
  type Position,
} from './engine.ts'

export interface MemoryLog {
  open(): Engine
}

interface Place {
  after: Position
  readonly follower: LogFollower
}

/** @param maxBytes it is full with more; no limit unless given */
export function createMemoryLog(maxBytes = Number.POSITIVE_INFINITY): MemoryLog {
  const log = base36(crypto.getRandomValues(new Uint8Array(10)))
  /** By position, the first at 1. Null where an entry was trimmed or erased. */
  const entries: (Uint8Array | null)[] = [null]
  const positions = new Map<string, Position>()
  const places = new Set<Place>()
  let bytes = 0
  const newest = () => entries.length - 1

  function remove(position: Position): void {
    bytes -= entries[position]?.length ?? 0
    if (position > 0 && position <= newest()) entries[position] = null
  }

  /** Gives a follower what it has not got yet. What it is told may make it stop, or append. */
  function notify(place: Place): void {
    while (places.has(place) && place.after !== newest()) {
      const next = place.after + 1
      const body = entries[next]
      if (next > newest()) end(place, ahead(place.after, newest()))
      else if (!body) end(place, gone(next))
      else give(place, next, body)
    }
  }

  function give(place: Place, position: Position, body: Uint8Array): void {
    try {
      place.follower.onEntry(position, body)
      place.after = position
    } catch (error) {
      end(place, error as Error)
    }
  }

  function end(place: Place, why: Error): void {
    if (places.delete(place)) place.follower.onEnd(why)
  }

  /** Never from within the call that caused it: over a network that cannot be either. */
  const soon = (place: Place) => queueMicrotask(() => notify(place))

  function open(): Engine {
    const own = new Set<Place>()
    let isClosed = false
    const check = () => {
      if (isClosed) throw closed()
    }
    return {
      log,
      async append(entry) {
        check()
        checkEntry(entry)
        const known = positions.get(entry.id)
        if (known !== undefined) return known
        if (bytes + entry.body.length > maxBytes)
          throw new EngineError('full', `the log has no place for ${entry.body.length} bytes more`)
        bytes += entry.body.length
        entries.push(entry.body)
        positions.set(entry.id, newest())
        for (const place of places) soon(place)
        return newest()
      },
      follow(after, follower) {
        const place: Place = { after, follower }
        if (isClosed) {
          queueMicrotask(() => follower.onEnd(closed()))
          return () => {}
        }
        own.add(place)
        places.add(place)
        soon(place)
        return () => void places.delete(place)
      },
      async trim(before) {
        check()
        for (let position = 1; position < before && position <= newest(); position++) remove(position)
      },
      async erase(position) {
        check()
        remove(position)
      },
      async newest() {
        check()
        return newest()
      },
      async close() {
        isClosed = true
        for (const place of own) end(place, closed())
      },
    }
  }
  return { open }
}
