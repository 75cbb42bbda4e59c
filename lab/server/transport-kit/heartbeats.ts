/**
 * Heartbeats for all the readers of a transport, by one timer.
 *
 * A timer for each of ten thousand readers is memory that does nothing; one timer for all
 * of them at once is a stall. So the readers are dealt out to slots, and the slots take turns.
 */
import type { Clock } from '../../wire/clock.ts'

const SLOTS = 16

export interface Heartbeats {
  /** From now on, `beat` is called once in every interval. */
  add(beat: () => void): void
  delete(beat: () => void): void
}

/** @param shutdown ends all of it */
export function createHeartbeats(intervalMs: number, clock: Clock, shutdown: AbortSignal): Heartbeats {
  const slots = Array.from({ length: SLOTS }, () => new Set<() => void>())
  let added = 0
  let turn = 0
  let callOff = clock.after(intervalMs / SLOTS, takeTurn)
  shutdown.addEventListener('abort', () => callOff())

  function takeTurn(): void {
    callOff = clock.after(intervalMs / SLOTS, takeTurn)
    for (const beat of slots[turn++ % SLOTS]!) beat()
  }

  return {
    // Dealt out evenly, so the first beat comes after anything up to an interval.
    add: (beat) => void slots[added++ % SLOTS]!.add(beat),
    delete(beat) {
      for (const slot of slots) if (slot.delete(beat)) return
    },
  }
}
