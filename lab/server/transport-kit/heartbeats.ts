/**
 * Heartbeats for all the readers of a transport, by one timer.
 *
 * A timer for each of ten thousand readers is memory that does nothing; one timer for all
 * of them at once is a stall. So the readers are dealt out to slots, and the slots take turns.
 */
import type { Clock } from '../../wire/clock.ts'

const SLOTS = 16

/** A reader that wants heartbeats. The object and not a function: a function would be one more for each reader. */
export interface Beating {
  onHeartbeat(): void
}

export interface Heartbeats {
  /** From now on, its `onHeartbeat` is called once in every interval. */
  add(reader: Beating): void
  delete(reader: Beating): void
}

/** @param shutdown ends all of it */
export function createHeartbeats(intervalMs: number, clock: Clock, shutdown: AbortSignal): Heartbeats {
  const slots = Array.from({ length: SLOTS }, () => new Set<Beating>())
  let added = 0
  let turn = 0
  let callOff = clock.after(intervalMs / SLOTS, takeTurn)
  shutdown.addEventListener('abort', () => callOff())

  function takeTurn(): void {
    callOff = clock.after(intervalMs / SLOTS, takeTurn)
    for (const reader of slots[turn++ % SLOTS]!) reader.onHeartbeat()
  }

  return {
    // Dealt out evenly, so the first beat comes after anything up to an interval.
    add: (reader) => void slots[added++ % SLOTS]!.add(reader),
    delete(reader) {
      for (const slot of slots) if (slot.delete(reader)) return
    },
  }
}
