/** The latencies of one lane, publish → shown, and what they come to. */

export interface Sample {
  /** When the message was published, in milliseconds of the page's clock. */
  readonly startedAt: number
  /** How long after that it was on the screen, in milliseconds. */
  readonly ms: number
}

export interface Latencies {
  /** Grows with every change, so that the chart can tell whether to draw. */
  readonly version: number
  /** How many were measured, also those that are no longer kept. */
  readonly count: number
  readonly last: number | null
  /** The newest {@link KEPT}, in the order in which they were shown. */
  readonly samples: readonly Sample[]
  add(sample: Sample): void
  /**
   * The smallest of the kept latencies that is at least as large as the share `q` of them: 0.5 is
   * the median, 1 the largest. Always one that was measured, never something between two.
   */
  quantile(q: number): number | null
  clear(): void
}

/** Enough that p95 rests on fifty messages, few enough to sort four times a second. */
export const KEPT = 1_000

export function createLatencies(): Latencies {
  let samples: Sample[] = []
  let sorted: number[] | null = null
  let count = 0
  let version = 0
  return {
    get version() {
      return version
    },
    get count() {
      return count
    },
    get last() {
      return samples.at(-1)?.ms ?? null
    },
    get samples() {
      return samples
    },
    add(sample) {
      samples.push(sample)
      if (samples.length > KEPT) samples.shift()
      sorted = null
      count++
      version++
    },
    quantile(q) {
      sorted ??= samples.map(({ ms }) => ms).sort((a, b) => a - b)
      return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null
    },
    clear() {
      samples = []
      sorted = null
      count = 0
      version++
    },
  }
}
