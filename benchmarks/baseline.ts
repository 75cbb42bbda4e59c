/**
 * A baseline: an earlier run to compare with.
 *
 * A figure is worse when its median is worse by more than both spreads are wide, and by more than
 * {@link LEAST}: what two runs of the same code differ by is no regression. On another machine only ratios
 * to raw TCP mean anything, so only they are compared, and a note says so.
 */
import { readFile } from 'node:fs/promises'
import { keyOf } from './collect.ts'
import { UsageError } from './errors.ts'
import { width } from './measure/statistics.ts'
import { metricOf } from './metrics.ts'
import { digits, inWords, loadInWords } from './report/units.ts'
import { type Figure, RUN_FORMAT, type RunFile } from './run-file.ts'

/** Figures of a single repetition have no spread; five percent is less than anybody should act on. */
const LEAST = 0.05

export interface Comparison {
  /** One line for each figure that has become worse. */
  readonly regressions: readonly string[]
  readonly notes: readonly string[]
}

/** @throws UsageError when it cannot be read, or is no run of this format */
export async function readRun(file: string): Promise<RunFile> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`)
  }
  let run: Partial<RunFile>
  try {
    run = JSON.parse(text) as Partial<RunFile>
  } catch {
    throw new UsageError(`${file} is not JSON`)
  }
  if (run?.format !== RUN_FORMAT || !Array.isArray(run.figures) || !run.machine) {
    throw new UsageError(`${file} is not a run of this benchmark (its format is not ${RUN_FORMAT})`)
  }
  return run as RunFile
}

export function compare(run: RunFile, baseline: RunFile): Comparison {
  const foreign = otherMachine(run, baseline)
  const notes: string[] = []
  if (foreign) {
    notes.push(
      `the baseline was measured on another machine (${foreign}): only ratios to raw TCP are compared`,
    )
  }
  const earlier = new Map(baseline.figures.map((figure) => [nameOf(figure), figure]))
  const pairs = run.figures.flatMap((figure) => {
    const before = earlier.get(nameOf(figure))
    return before && metricOf(figure.scenario, figure.metric)?.judged ? [{ figure, before }] : []
  })
  if (pairs.length === 0)
    notes.push('the baseline has no figure in common with this run: nothing is compared')
  const regressions = pairs.flatMap(({ figure, before }) =>
    foreign ? worseRatio(figure, before) : worseValue(figure, before),
  )
  return { regressions, notes }
}

interface Spread {
  readonly median: number
  readonly spread: readonly [number, number]
}

function isWorse(now: Spread, before: Spread, better: Figure['better']): boolean {
  const by = better === 'lower' ? now.median - before.median : before.median - now.median
  return by > Math.max(width(now.spread), width(before.spread), LEAST * Math.abs(before.median))
}

function worseValue(now: Figure, before: Figure): string[] {
  if (!isWorse(now, before, now.better)) return []
  return [`${titleOf(now)}: ${inWords(now.median, now.unit)}, was ${inWords(before.median, now.unit)}`]
}

function worseRatio(now: Figure, before: Figure): string[] {
  if (!now.ratio || !before.ratio || !isWorse(now.ratio, before.ratio, now.better)) return []
  return [`${titleOf(now)}: ${digits(now.ratio.median)} × raw TCP, was ${digits(before.ratio.median)} ×`]
}

/** What tells the two machines apart, or null when they are the same as far as can be seen. */
function otherMachine(run: RunFile, baseline: RunFile): string | null {
  const { cpu, cores } = baseline.machine
  return cpu === run.machine.cpu && cores === run.machine.cores ? null : `${cores} × ${cpu}`
}

const nameOf = ({ subject, scenario, metric, at }: Figure) => [subject, scenario, metric, keyOf(at)].join(' ')

const titleOf = ({ subject, scenario, metric, at }: Figure) =>
  [`${subject} ${scenario} ${metric}`, loadInWords(at)].filter((words) => words !== '').join(', ')
