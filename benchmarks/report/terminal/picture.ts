/**
 * One picture: of latencies, as bars whose height is the share of messages; of the first other figure where no
 * latencies were measured, as bars whose length is the figure.
 */
import type { RunFile } from '../../run-file.ts'
import { latencyBars } from '../latency-lines.ts'
import { brief, type Row } from './rows.ts'

/** The wider it is, the more a difference shows; wider than this is no easier to read. */
const MOST_COLUMNS = 60
const LABEL = 'publish to receive'

/** No lines where there is nothing to draw. */
export function pictureOf(run: RunFile, rows: readonly Row[], width: number): readonly string[] {
  const { lines, axis } = latencyBars(run, Math.min(MOST_COLUMNS, width - LABEL.length - 2))
  if (lines.length > 0) {
    const label = Math.max(LABEL.length, ...lines.map(({ name }) => name.length))
    return [
      `${LABEL.padEnd(label)}  ${axis}`.trimEnd(),
      ...lines.map(({ name, bars }) => `${name.padEnd(label)}  ${bars}`.trimEnd()),
    ]
  }
  return barsOf(run, rows, width)
}

function barsOf(run: RunFile, rows: readonly Row[], width: number): readonly string[] {
  const row = rows[0]
  const most = Math.max(0, ...[...(row?.cells.values() ?? [])].map(({ median }) => median))
  if (!row || most === 0) return []
  const names = run.subjects.map(({ name }) => name).filter((name) => row.cells.has(name))
  const label = Math.max(row.label.length, ...names.map((name) => name.length))
  const columns = Math.min(MOST_COLUMNS, width - label - 2 - 8)
  return [
    row.label,
    ...names.map((name) => {
      const { median } = row.cells.get(name)!
      const bar = '█'.repeat(Math.max(1, Math.round((columns * median) / most)))
      return `${name.padEnd(label)}  ${bar} ${brief(median)}`
    }),
  ]
}
