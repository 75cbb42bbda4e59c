/**
 * What `npm run bench` ends with: the answer on one screen. Warnings first where the figures are not to be trusted,
 * then the answer in words, one table, one picture, and where the rest is kept.
 *
 * A pure function of the run and the width: no line is longer, and there are at most {@link MOST_LINES}.
 */
import type { RunFile } from '../../run-file.ts'
import { FLOOR } from '../../subjects/all.ts'
import { choosersIn } from '../choosers.ts'
import { type Column, type Grid, linesOf, wrapped } from './grid.ts'
import { longText } from './long.ts'
import { pictureOf } from './picture.ts'
import { brief, type Row, rowsOf, widestSpread } from './rows.ts'
import { settingsLine } from './settings-line.ts'
import { verdictOf } from './verdict.ts'
import { warningsOf } from './warnings.ts'

/** A terminal of an ordinary height shows it without scrolling. */
export const MOST_LINES = 40
/** Where it goes into a file or a pipe. */
export const USUAL_COLUMNS = 100
/** Longer lines of words are hard to follow. */
const MOST_COLUMNS = 120
/** Narrower than this, single words would be broken. */
const FEWEST_COLUMNS = 40

/** Marks a line that is printed bold on a terminal with colours (table.ts). */
const BOLD = '\u0000'

/** @param about what else the user must know before believing it, from outside the run: of the baseline */
export function summaryOf(
  run: RunFile,
  files: readonly string[],
  { columns = USUAL_COLUMNS, about = [] }: { columns?: number | undefined; about?: readonly string[] } = {},
): string {
  const width = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, columns))
  const rows = rowsOf(run)
  // Nothing that decides was asked for: what was asked for is the answer.
  if (rows.length === 0) return longText(run, files, columns)
  const warnings = warningsOf(run, rows)
  const words = (text: string, indent = '  ') => wrapped(text, width, indent)

  const trust =
    warnings.length === 0
      ? []
      : [
          `${BOLD}These figures are not to be trusted:`,
          ...warnings.flatMap((one) => words(`- ${one}`)),
          ...words('Measure again on a quiet machine; --wait-quiet SECONDS waits for it.', ''),
        ]
  const sentences = verdictOf(run, rows)
  const verdict = (most: number) => {
    const text = sentences.slice(0, most).join(' ')
    return text === '' ? [] : words(warnings.length > 0 ? `As far as they go: ${text}` : text, '')
  }
  const table = [...linesOf(gridOf(run, rows), width), ...words(legend(run, rows))]
  const settings = words(settingsLine(run, rows))
  const picture = pictureOf(run, rows, width)
  const ways = [...files.flatMap((file) => words(file)), ...words(rest(run, warnings.length + about.length))]

  const all: Blocks = [
    [...trust, ...about.flatMap((one) => words(`Note: ${one}`))],
    verdict(sentences.length),
    table,
    settings,
    picture,
    ways,
  ]
  const [first, , ...others] = all
  return textOf(
    [
      all,
      all.filter((block) => block !== picture),
      // So many subjects that their table was cut in two on a narrow terminal.
      [first!, verdict(1), ...others.filter((block) => block !== picture)],
      [first!, verdict(1), table, ways],
    ].find((blocks) => lengthOf(blocks) <= MOST_LINES) ?? [first!, table, ways],
  )
}

type Blocks = readonly (readonly string[])[]

const filled = (blocks: Blocks) => blocks.filter(({ length }) => length > 0)
const textOf = (blocks: Blocks) =>
  filled(blocks)
    .map((lines) => `${lines.join('\n')}\n`)
    .join('\n')
const lengthOf = (blocks: Blocks) =>
  filled(blocks).reduce((sum, { length }) => sum + length, filled(blocks).length - 1)

function gridOf(run: RunFile, rows: readonly Row[]): Grid {
  const columnOf = (subject: string, name = subject): Column[] =>
    rows.some(({ cells }) => cells.has(subject))
      ? [{ name, cells: rows.map((row) => cellIn(row, subject)) }]
      : []
  // Behind the transports and before other people's libraries.
  const choosers = choosersIn(run).flatMap(({ name, first }) => columnOf(first, name))
  const isPeer = (name: string) => run.subjects.some((one) => one.name === name && one.kind === 'peer')
  const measured = run.subjects.flatMap(({ name }) => columnOf(name))
  const columns = [
    ...measured.filter(({ name }) => !isPeer(name)),
    ...choosers,
    ...measured.filter(({ name }) => isPeer(name)),
  ]
  return {
    labels: rows.map(({ label }) => label),
    shortLabels: rows.map(({ short }) => short),
    floor: columns.find(({ name }) => name === FLOOR) ?? null,
    columns: columns.filter(({ name }) => name !== FLOOR),
    last: {
      name: 'spread',
      cells: rows.map((row) => `±${Math.round(100 * widestSpread(row))}%`),
    },
  }
}

/** Stands where nothing was sent while the window was open. */
const NOTHING_SEEN = '·'

function cellIn({ cells }: Row, subject: string): string {
  const cell = cells.get(subject)
  if (!cell) return NOTHING_SEEN
  return `${cell.isSame ? '≈' : ''}${brief(cell.median)}`
}

/** Of the signs that are used in this table, and no others. */
function legend(run: RunFile, rows: readonly Row[]): string {
  const all = rows.flatMap(({ cells }) => [...cells.values()])
  const isIncomplete = rows.some(({ cells }) =>
    run.subjects.some(({ name }) => !cells.has(name) && rows.some((row) => row.cells.has(name))),
  )
  return [
    all.some(({ isSame }) => isSame) ? '≈ no different from raw TCP' : '',
    '± how far the rounds of a row lie from their median, at most',
    isIncomplete ? `${NOTHING_SEEN} not measured, or nothing sent in that time` : '',
  ]
    .filter((sign) => sign !== '')
    .join('; ')
}

function rest(run: RunFile, told: number): string {
  const notes = run.notes.length - told
  const more = notes > 0 ? ` and ${notes} more ${notes === 1 ? 'note' : 'notes'}` : ''
  return `--verbose shows every figure${more}.`
}
