/** One run beside another: what has changed, and whether it is more than what each varies by itself. */

import type { Figure, RunFile } from '../run-file.ts'
import { width } from './statistics.ts'

export interface Change {
  /** What was compared: the value itself, or its ratio to the floor. */
  readonly of: 'value' | 'ratio'
  readonly before: number
  readonly now: number
  /** As a fraction of what it was; null where it was 0. */
  readonly by: number | null
  readonly verdict: 'no difference' | 'better' | 'worse'
}

/** Single samples have no spread, and five percent is less than anybody should act on. */
const LEAST = 0.05

/** What tells the two machines apart, in words; null when they are the same as far as can be seen. */
export function otherMachine(run: RunFile, other: RunFile): string | null {
  const { cpu, cores } = other.machine
  return cpu === run.machine.cpu && cores === run.machine.cores ? null : `${cores} × ${cpu}`
}

/** @param ratios on another machine, only ratios to the floor mean anything */
export function changeOf(now: Figure, before: Figure, ratios: boolean): Change | null {
  if (!ratios) return { of: 'value', ...judged(now, before, now.better) }
  return now.ratio && before.ratio ? { of: 'ratio', ...judged(now.ratio, before.ratio, now.better) } : null
}

interface Spread {
  readonly median: number
  readonly spread: readonly [number, number]
}

function judged(now: Spread, before: Spread, better: Figure['better']): Omit<Change, 'of'> {
  const difference = now.median - before.median
  const noise = Math.max(width(now.spread), width(before.spread), LEAST * Math.abs(before.median))
  const improved = difference < 0 === (better === 'lower')
  return {
    before: before.median,
    now: now.median,
    by: before.median === 0 ? null : difference / before.median,
    verdict: Math.abs(difference) <= noise ? 'no difference' : improved ? 'better' : 'worse',
  }
}
