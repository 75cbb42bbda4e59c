/**
 * A baseline: an earlier run to compare with.
 *
 * A figure is worse when its median is worse by more than both spreads are wide, and by more than
 * five percent (measure/changes.ts): what two runs of the same code differ by is no regression. On another machine only ratios
 * to raw TCP mean anything, so only they are compared, and a note says so.
 */
import { readFile } from 'node:fs/promises'
import { keyOf } from '../collect.ts'
import { UsageError } from '../errors.ts'
import { changeOf, otherMachine } from '../measure/changes.ts'
import { metricOf } from '../metrics.ts'
import { digits, inWords, loadInWords } from '../report/units.ts'
import { type Figure, RUN_FORMAT, type RunFile } from '../run-file.ts'

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
  const regressions = pairs.flatMap(({ figure, before }) => worse(figure, before, foreign !== null))
  return { regressions, notes }
}

function worse(now: Figure, before: Figure, ratios: boolean): string[] {
  const change = changeOf(now, before, ratios)
  if (change?.verdict !== 'worse') return []
  const inItsUnit = (value: number) => (ratios ? `${digits(value)} × raw TCP` : inWords(value, now.unit))
  return [`${titleOf(now)}: ${inItsUnit(change.now)}, was ${inItsUnit(change.before)}`]
}

const nameOf = ({ subject, scenario, metric, at }: Figure) => [subject, scenario, metric, keyOf(at)].join(' ')

const titleOf = ({ subject, scenario, metric, at }: Figure) =>
  [`${subject} ${scenario} ${metric}`, loadInWords(at)].filter((words) => words !== '').join(', ')
