/** What the command says, in plain words: one block for each case that failed, and the counts. */
import { showProgress, terminal } from '../command/terminal.ts'
import type { Case } from './case.ts'
import { Broken } from './checks.ts'
import type { Outcome } from './run.ts'

const WIDTH = 96

/** @param outcome of a case that failed */
export function explain(one: Case, { error }: Extract<Outcome, { status: 'failed' }>): string {
  const facts =
    error instanceof Broken
      ? [`expected  ${error.expected}`, `came      ${error.came}`]
      : [`thrown    ${error.name}: ${error.message}`, ...placeOf(error)]
  const why = wrap(`why       ${one.why}`, '          ')
  return [`FAILED  ${one.name}`, ...facts, ...why].join('\n  ')
}

/** The first line of the stack that is not of Node's or of a package's: where to look. */
function placeOf(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '))
  const own = lines.find((line) => !line.includes('node:') && !line.includes('node_modules'))
  return own ? [`          ${own.trim()}`] : []
}

function wrap(text: string, indent: string): string[] {
  const lines: string[] = []
  for (const word of text.split(/(?<=\s)(?=\S)/)) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + word.trimEnd().length <= WIDTH)
      lines[lines.length - 1] = last + word
    else lines.push((last === undefined ? '' : indent) + word)
  }
  return lines.map((line) => line.trimEnd())
}

export interface Tally {
  passed: number
  failed: number
  skipped: number
}

/** @param ran how long it took, in milliseconds */
export function summary({ passed, failed, skipped }: Tally, total: number, ran: number): string {
  const notRun = total - passed - failed - skipped
  const parts = [`${passed} passed`, `${failed} failed`]
  if (skipped > 0) parts.push(`${skipped} skipped`)
  if (notRun > 0) parts.push(`${notRun} not run`)
  return `${total} cases: ${parts.join(', ')}, in ${(ran / 1_000).toFixed(1)} s.`
}

/** One line that tells how far we are, on a terminal only: it is written over again and again. */
export function createProgress() {
  const write = (text: string) =>
    showProgress(`\r\x1b[K${text.slice(0, (terminal.columnsOf('stderr') ?? 80) - 1)}`)
  return {
    at: (index: number, total: number, name: string) => void write(`${index}/${total}  ${name}`),
    clear: () => void write(''),
  }
}
