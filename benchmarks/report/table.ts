/**
 * The table on the terminal: one line per question and load, one column per subject, so that the eye
 * compares along the line. Behind each figure its ratio to raw TCP; `≈` where the two do not differ by more than
 * the repetitions do among themselves.
 */
import { keyOf } from '../collect.ts'
import { METRICS, metricOf } from '../metrics.ts'
import type { Figure, RunFile, SubjectInfo } from '../run-file.ts'
import { SCENARIO_NAMES, type ScenarioName } from '../settings.ts'
import { inWords, loadInWords } from './units.ts'

/** Wider than this, a table is cut into several, each with the column of raw TCP. */
const WIDTH = 128
const GAP = '  '

export function tableOf(run: RunFile, width = WIDTH): string {
  const blocks = SCENARIO_NAMES.filter((name) => run.figures.some(({ scenario }) => scenario === name))
  return blocks.map((scenario) => blockOf(run, scenario, width)).join('\n')
}

function blockOf(run: RunFile, scenario: ScenarioName, width: number): string {
  const figures = run.figures.filter((figure) => figure.scenario === scenario)
  const rows = rowsOf(scenario, figures)
  const subjects = run.subjects.filter(({ name }) => figures.some(({ subject }) => subject === name))
  const cells = rows.map(({ title, of }) => [title, ...subjects.map(({ name }) => cell(of(name)))])
  const head = [scenario, ...subjects.map(({ name }) => name)]
  return split([head, ...cells], subjects, width)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
    .concat('\n')
}

interface Row {
  readonly title: string
  readonly of: (subject: string) => Figure | undefined
}

/** In the order of the metrics, and of the loads as they were measured first. */
function rowsOf(scenario: ScenarioName, figures: readonly Figure[]): Row[] {
  return Object.keys(METRICS[scenario]).flatMap((metric) => {
    const ours = figures.filter((figure) => figure.metric === metric)
    const loads = new Map(ours.map(({ at }) => [keyOf(at), at]))
    return [...loads].map(([key, at]) => ({
      title: [metricOf(scenario, metric)?.title, loadInWords(at)].filter(Boolean).join(' · '),
      of: (subject: string) => ours.find((one) => one.subject === subject && keyOf(one.at) === key),
    }))
  })
}

function cell(figure: Figure | undefined): string {
  if (!figure) return '–'
  const value = inWords(figure.median, figure.unit)
  if (!figure.ratio) return value
  const sign = figure.ratio.verdict === 'no difference' ? '≈' : '×'
  const { median } = figure.ratio
  return `${value} ${sign}${median >= 100 ? Math.round(median) : median.toFixed(median >= 10 ? 1 : 2)}`
}

/** As many columns side by side as fit; the first two come again in every part. */
function split(
  cells: readonly (readonly string[])[],
  subjects: readonly SubjectInfo[],
  width: number,
): string[][] {
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((line) => line[column]!.length)))
  const repeated = subjects[0]?.kind === 'floor' ? [0, 1] : [0]
  const parts: number[][] = []
  let part = [...repeated]
  for (let column = repeated.length; column < widths.length; column++) {
    const used = [...part, column].reduce((sum, one) => sum + widths[one]! + GAP.length, 0)
    if (used > width && part.length > repeated.length) {
      parts.push(part)
      part = [...repeated]
    }
    part.push(column)
  }
  parts.push(part)
  return parts.map((columns) =>
    cells.map((line, i) => {
      const text = columns.map((column) =>
        column === 0 ? line[column]!.padEnd(widths[column]!) : line[column]!.padStart(widths[column]!),
      )
      return i === 0 ? `\u0000${text.join(GAP)}` : text.join(GAP)
    }),
  )
}

/** Headings are marked while the table is made, and become bold, or nothing, at the end. */
export const withColour = (text: string, colour: boolean): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own mark
  text.replace(/\u0000(.*)/g, colour ? '\u001b[1m$1\u001b[0m' : '$1')
