/**
 * The stopwatch: when this page published what.
 *
 * Latency is the difference of two readings of one clock. The moment at which another page, or the
 * server, published a message is a reading of another clock, and subtracting it would measure how
 * far the two clocks are apart. So only what this page published is timed, by its draftId.
 */
export interface Stopwatch {
  /** @param at in milliseconds of the page's clock: when it was meant to be sent, even if it left later */
  start(draftId: string, at: number): void
  /** When that draft was published; null when it was not by us, or cannot be timed. */
  startOf(draftId: string): number | null
  /** Forgets all: nothing published so far is timed any more. */
  clear(): void
}

/** The busiest generator fills this in more than three minutes: longer than a lane worth timing is away. */
const MAX_STARTS = 10_000

/**
 * @param visibleSince since when the page has been in view without a break. A page out of view has
 *   its timers slowed and its frames stopped, so what was on its way meanwhile cannot be timed.
 */
export function createStopwatch(visibleSince: () => number): Stopwatch {
  const starts = new Map<string, number>()
  return {
    start(draftId, at) {
      starts.set(draftId, at)
      if (starts.size > MAX_STARTS) starts.delete(starts.keys().next().value!) // a Map remembers its order
    },
    startOf(draftId) {
      const at = starts.get(draftId)
      return at === undefined || at < visibleSince() ? null : at
    },
    clear: () => starts.clear(),
  }
}
