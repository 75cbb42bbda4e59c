/**
 * Latencies, in µs, three significant digits, from 1 µs to an hour.
 *
 * Histograms of repetitions and of processes are added up before a percentile is read from
 * them. Averaging percentiles is arithmetic on the wrong thing: the mean of two p99 is the p99 of neither.
 */
import {
  build,
  decodeFromCompressedBase64,
  encodeIntoCompressedBase64,
  type Histogram,
} from 'hdr-histogram-js'
import type { Distribution } from '../run-file.ts'

export type { Histogram }

const HOUR_US = 3_600_000_000

export function createHistogram(): Histogram {
  return build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: HOUR_US,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
  })
}

/** A latency below 1 µs, or below nothing by the clock's last digit, is recorded as 0. */
export function recordUs(histogram: Histogram, us: number): void {
  histogram.recordValue(Math.min(HOUR_US, Math.max(0, Math.round(us))))
}

/** For the way between two processes. */
export const packHistogram = (histogram: Histogram): string => encodeIntoCompressedBase64(histogram)

export const unpackHistogram = (packed: string): Histogram => decodeFromCompressedBase64(packed)

export function mergeHistograms(histograms: readonly Histogram[]): Histogram {
  const merged = createHistogram()
  for (const histogram of histograms) merged.add(histogram)
  return merged
}

/** The value in µs that `percent` (0 to 100) of all samples did not exceed; NaN when there is none. */
export function percentileUs(histogram: Histogram, percent: number): number {
  if (histogram.totalCount === 0) return Number.NaN
  return percent >= 100 ? histogram.maxValue : histogram.getValueAtPercentile(percent)
}

/** Enough steps to draw the curve on a log axis down to one in a hundred thousand. */
const STEPS: readonly number[] = [
  ...Array.from({ length: 50 }, (_, i) => i * 2), // 0, 2, … 98 percent
  ...[99, 99.2, 99.4, 99.6, 99.8, 99.9, 99.95, 99.98, 99.99, 99.995, 99.999, 100],
]

export function stepsOf(histogram: Histogram): Distribution['steps'] {
  if (histogram.totalCount === 0) return []
  // A step finer than one sample would repeat the largest.
  const finest = 100 - 100 / histogram.totalCount
  return STEPS.filter((percent) => percent <= finest || percent === 100).map((percent) => ({
    p: percent / 100,
    value: percentileUs(histogram, percent),
  }))
}
