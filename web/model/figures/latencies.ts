/** The latencies of one lane, publish → shown, and what they come to. */

export interface Sample {
  /** When the message was published, in milliseconds of the page's clock. */
  readonly startedAt: number
  /** How long after that it was on the screen, in milliseconds. */
  readonly ms: number
  /** How much of that was this page's own: from receipt to the screen, in milliseconds. */
  readonly pageMs: number
  /** It has waited for this page: it took long from receipt to the screen, or the page was too busy to receive it. */
  readonly isPages: boolean
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
  /** The same of {@link Sample.pageMs}. */
  pageQuantile(q: number): number | null
  /**
   * Whether a figure holds this page's own queue: `last`, when that message has waited for the page; a quantile, when it
   * would be another without those that have.
   */
  holdsQueue(figure: 'last' | number): boolean
  clear(): void
}

/** A figure is the same when it differs by less than a tenth, or by less than half a frame. */
const SAME = { share: 0.1, ms: 8 } as const

/** Enough that p95 rests on fifty messages, few enough to sort four times a second. */
export const KEPT = 1_000

export function createLatencies(): Latencies {
  let samples: Sample[] = []
  let sorted: Sorted | null = null
  let sortedPage: readonly number[] | null = null
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
      sorted = sortedPage = null
      count++
      version++
    },
    quantile(q) {
      sorted ??= sort(samples)
      return at(sorted.all, q)
    },
    pageQuantile(q) {
      sortedPage ??= ascending(samples.map(({ pageMs }) => pageMs))
      return at(sortedPage, q)
    },
    holdsQueue(figure) {
      if (figure === 'last') return samples.at(-1)?.isPages === true
      sorted ??= sort(samples)
      const [all, others] = [at(sorted.all, figure), at(sorted.others, figure)]
      if (all === null || others === null) return all !== null
      return Math.abs(all - others) > Math.max(SAME.share * others, SAME.ms)
    },
    clear() {
      samples = []
      sorted = sortedPage = null
      count = 0
      version++
    },
  }
}

interface Sorted {
  readonly all: readonly number[]
  /** Of those that have not waited for the page. */
  readonly others: readonly number[]
}

function sort(samples: readonly Sample[]): Sorted {
  const all = ascending(samples.map(({ ms }) => ms))
  const haveSome = samples.some(({ isPages }) => isPages)
  return {
    all,
    others: haveSome ? ascending(samples.flatMap(({ ms, isPages }) => (isPages ? [] : ms))) : all,
  }
}

const ascending = (values: number[]): readonly number[] => values.sort((a, b) => a - b)

const at = (sorted: readonly number[], q: number): number | null =>
  sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? null
