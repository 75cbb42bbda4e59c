/** Two recordings as one picture: time goes down, and what happened at about the same time stands on one line. */
import type { Entry, Recording } from './recording.ts'

export interface Column {
  readonly title: string
  readonly entries: Recording
}

/** Narrower than this, two columns hold too few words: one stands below the other. */
const LEAST_COLUMNS = 76
const TIME_WIDTH = 7
const GAP = '  '
/** Entries that are nearer to each other than this part of the whole time share their line. */
const STEPS = 60
/** Within this, a busy machine decides what comes a millisecond later; only the order on each side means something. */
const LEAST_STEP_MS = 20

/** @param columns how wide the picture may be */
export function sideBySide(left: Column, right: Column, columns: number): string[] {
  if (columns < LEAST_COLUMNS) {
    const width = columns - TIME_WIDTH
    return [left, right].flatMap((column) => ['', ...alone(column, width)])
  }
  const width = Math.floor((columns - TIME_WIDTH - 2 * GAP.length) / 2)
  const end = Math.max(0, ...[...left.entries, ...right.entries].map(({ at }) => at))
  const step = Math.max(LEAST_STEP_MS, end / STEPS)
  const [lefts, rights] = [bySteps(left.entries, step), bySteps(right.entries, step)]
  const steps = [...new Set([...lefts.keys(), ...rights.keys()])].sort((a, b) => a - b)
  return [
    row('ms', left.title, right.title, width),
    row('', '-'.repeat(width), '-'.repeat(width), width),
    ...steps.flatMap((number) => {
      const entries = { left: lefts.get(number) ?? [], right: rights.get(number) ?? [] }
      const at = Math.min(...[...entries.left, ...entries.right].map((one) => one.at))
      const [a, b] = [linesOf(entries.left, width), linesOf(entries.right, width)]
      return Array.from({ length: Math.max(a.length, b.length) }, (_, index) =>
        row(index === 0 ? String(Math.round(at)) : '', a[index] ?? '', b[index] ?? '', width),
      )
    }),
  ]
}

const row = (time: string, left: string, right: string, width: number) =>
  `${time.padStart(TIME_WIDTH - GAP.length)}${GAP}${left.padEnd(width)}${GAP}${right}`.trimEnd()

function alone({ title, entries }: Column, width: number): string[] {
  const lines = entries.flatMap((entry) =>
    linesOf([entry], width).map((line, index) => ({
      time: index === 0 ? String(Math.round(entry.at)) : '',
      line,
    })),
  )
  return [row('ms', title, '', width), ...lines.map(({ time, line }) => row(time, line, '', width))]
}

function bySteps(entries: Recording, step: number): Map<number, Entry[]> {
  const steps = new Map<number, Entry[]>()
  for (const entry of entries) {
    const number = Math.floor(entry.at / step)
    steps.set(number, [...(steps.get(number) ?? []), entry])
  }
  return steps
}

/** Broken at spaces, so that no line is wider; what follows stands a little to the right. */
function linesOf(entries: Recording, width: number): string[] {
  return entries.flatMap(({ who, what }) => {
    const lines: string[] = []
    let line = ''
    for (const word of `${who} ${what}`.trimStart().split(/(?<=\S)(?= )/)) {
      if (line !== '' && line.length + word.length > width) {
        lines.push(line)
        line = ` ${word}`
      } else line += word
    }
    return [...lines, line].map((text) => text.slice(0, width))
  })
}
