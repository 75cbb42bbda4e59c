/**
 * A clock that runs by itself and can be put forward.
 *
 * A silence of 30 s is long for a test. Put forward, every timer that is due by then fires, in
 * order, and the client cannot tell. It also counts what is pending: a client that was closed
 * must have left nothing here.
 */
import { type Clock, systemClock } from '../../client/platform.ts'

export interface SkippingClock extends Clock {
  /** Timers that have not fired and were not cancelled. */
  readonly pending: number
  /** Lets `ms` pass at once. */
  skip(ms: number): void
}

export function createSkippingClock(): SkippingClock {
  const timers = new Set<{ readonly due: number; readonly fire: () => void; cancel: () => void }>()
  let skipped = 0
  const now = () => systemClock.now() + skipped

  return {
    now,
    get pending() {
      return timers.size
    },
    after(ms, action) {
      const timer = { due: now() + ms, fire, cancel: systemClock.after(ms, fire) }
      timers.add(timer)
      function fire() {
        stop()
        action()
      }
      function stop() {
        timer.cancel()
        timers.delete(timer)
      }
      return stop
    },
    skip(ms) {
      skipped += ms
      for (const timer of [...timers].sort((a, b) => a.due - b.due)) {
        if (!timers.has(timer)) continue // cancelled by one that fired before it
        if (timer.due <= now()) {
          timer.fire()
        } else {
          timer.cancel()
          timer.cancel = systemClock.after(timer.due - now(), timer.fire)
        }
      }
    },
  }
}
