/** The figures as CSV (RFC 4180), one line each: for a spreadsheet. */
import type { RunFile } from '../run-file.ts'

const COLUMNS = [
  'subject',
  'scenario',
  'metric',
  'at',
  'unit',
  'better',
  'median',
  'lowest',
  'highest',
  'ratio',
  'verdict',
  'samples',
]

export function csvOf(run: RunFile): string {
  const lines = run.figures.map(
    ({ subject, scenario, metric, at, unit, better, median, spread, ratio, samples }) => [
      subject,
      scenario,
      metric,
      Object.entries(at)
        .map(([name, value]) => `${name}=${value}`)
        .join(' '),
      unit,
      better,
      median,
      spread[0],
      spread[1],
      ratio?.median ?? '',
      ratio?.verdict ?? '',
      samples.length,
    ],
  )
  return [COLUMNS, ...lines].map((line) => `${line.map(field).join(',')}\r\n`).join('')
}

function field(value: string | number): string {
  const text = String(value)
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
