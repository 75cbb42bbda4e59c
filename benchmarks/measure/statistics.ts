/** What may be said of a few repetitions: the median, how far they spread, and whether two differ at all. */
import type { Figure, Ratio } from '../run-file.ts'

export function median(values: readonly number[]): number {
  if (values.length === 0) return Number.NaN
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Smallest and largest. With three to five repetitions there is no honest standard deviation. */
export function spread(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

export const width = ([low, high]: readonly [number, number]): number => high - low

/**
 * One subject against another, repetition by repetition: what slowed the machine down slowed both
 * of a pair, and so it cancels. Null where the two have nothing to be paired, or the divisor is zero.
 *
 * The verdict is "no difference" when the spread of the ratios contains 1, and when the median is
 * nearer to 1 than the ratios are to each other. Near and far are meant as factors: ratios of 60 to 300 are
 * far from each other, and yet farther from 1.
 */
export function ratioOf(
  samples: readonly number[],
  floor: readonly number[],
  better: Figure['better'],
): Ratio | null {
  const pairs = Math.min(samples.length, floor.length)
  const ratios = samples.slice(0, pairs).map((sample, i) => sample / floor[i]!)
  if (pairs === 0 || !ratios.every(Number.isFinite)) return null

  const middle = median(ratios)
  const range = spread(ratios)
  const same = (range[0] <= 1 && 1 <= range[1]) || Math.abs(Math.log(middle)) < Math.log(range[1] / range[0])
  const lower = middle < 1
  const verdict = same ? 'no difference' : lower === (better === 'lower') ? 'better' : 'worse'
  return { median: middle, spread: range, verdict }
}
