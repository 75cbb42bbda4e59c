/**
 * The pacer: act at a rate, by a schedule and not by when the last act was done.
 *
 * This is an open loop. People do not wait with writing until the last message has arrived, and a
 * generator that does goes quiet exactly while the server is slow, and so leaves out of the figures
 * what it should have measured (coordinated omission). Timers that fire late do not add up, and what
 * has become due meanwhile is made up for at once.
 *
 * Time is cut into equal slots, with one act at a random moment of each. Acts at a steady beat would
 * keep step with a client that polls at a steady beat too: every message would then wait equally long for the
 * next poll, and the figures would tell of that coincidence instead of the polling.
 */
import type { Platform } from '../../../lab/client/platform.ts'

/** Older debts are dropped and counted. A page out of view or a lid that was closed would owe thousands. */
export const MAX_DEBT_MS = 1_000

export interface Pacer {
  readonly running: boolean
  /** Acts that were due while nothing could run, and were left out. */
  readonly skipped: number
  start(): void
  pause(): void
  /** Call it when the rate has changed: a long wait that was begun is then shortened. */
  retime(): void
  reset(): void
}

/**
 * @param rate acts per second; read again for each act
 * @param act is told when it was meant to happen, by `clock`
 */
export function createPacer(
  { clock, random }: Pick<Platform, 'clock' | 'random'>,
  rate: () => number,
  act: (intendedAt: number) => void,
): Pacer {
  /** Where the slot of the next act begins, and when in it the act is due. */
  let slot = 0
  let due = 0
  let skipped = 0
  let cancel: (() => void) | null = null

  const period = () => 1_000 / rate()

  function plan(): void {
    cancel = clock.after(Math.max(0, due - clock.now()), tick)
  }

  function enterSlot(start: number): void {
    slot = start
    due = start + random() * period()
  }

  function tick(): void {
    const now = clock.now()
    const tooLate = Math.floor((now - slot - MAX_DEBT_MS) / period())
    if (tooLate > 0) {
      skipped += tooLate
      enterSlot(slot + tooLate * period())
    }
    while (due <= now && cancel) {
      const intendedAt = due
      enterSlot(slot + period())
      act(intendedAt) // which may pause us
    }
    if (cancel) plan()
  }

  return {
    get running() {
      return cancel !== null
    },
    get skipped() {
      return skipped
    },
    start() {
      if (cancel) return
      slot = due = clock.now() // the first is due at once: a reader who presses Start wants to see something
      plan()
    },
    pause() {
      cancel?.()
      cancel = null
    },
    retime() {
      if (!cancel || due - clock.now() <= period()) return
      cancel()
      enterSlot(clock.now())
      plan()
    },
    reset() {
      skipped = 0
    },
  }
}
