/**
 * Lays a table out for a width: full names if they fit; else heads of several lines and short labels; else several
 * tables one below the other, each with the row's label and the first column again.
 */

export interface Column {
  readonly name: string
  /** One per row. */
  readonly cells: readonly string[]
}

export interface Grid {
  readonly labels: readonly string[]
  readonly shortLabels: readonly string[]
  /** The one that is repeated where the table is cut, or null. */
  readonly floor: Column | null
  readonly columns: readonly Column[]
  /** Stands at the end of the first table. */
  readonly last: Column
}

/** Marks a line that is printed bold on a terminal with colours (table.ts). */
const BOLD = '\u0000'
/** A head is broken into lines of this length; a word that is longer keeps a line of its own. */
const HEAD_WIDTH = 7

export function linesOf(grid: Grid, width: number): readonly string[] {
  const fixed = grid.floor ? [grid.floor] : []
  const whole = [...fixed, ...grid.columns, grid.last]
  const attempts = [
    table(grid.labels, whole, oneLine, 2),
    table(grid.labels, whole, broken, 2),
    table(grid.shortLabels, whole, broken, 2),
    table(grid.shortLabels, whole, broken, 1),
    table(grid.shortLabels, whole, abbreviated, 1),
  ]
  const fitting = attempts.find((lines) => fits(lines, width))
  if (fitting) return fitting
  for (let parts = 2; ; parts++) {
    const size = Math.ceil(grid.columns.length / parts)
    const tables = chunks(grid.columns, size).map((some, i) =>
      table(grid.shortLabels, [...fixed, ...some, ...(i === 0 ? [grid.last] : [])], broken, 1),
    )
    if (size <= 1 || tables.every((lines) => fits(lines, width)))
      return tables.flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]))
  }
}

function table(
  labels: readonly string[],
  columns: readonly Column[],
  headOf: (name: string) => readonly string[],
  gap: number,
): string[] {
  const heads = columns.map(({ name }) => headOf(name))
  const height = Math.max(0, ...heads.map(({ length }) => length))
  const labelWidth = Math.max(0, ...labels.map(({ length }) => length))
  const widths = columns.map(({ cells }, i) =>
    Math.max(...[...heads[i]!, ...cells].map(({ length }) => length)),
  )
  const line = (label: string, of: (column: number) => string) =>
    [label.padEnd(labelWidth), ...columns.map((_, i) => ' '.repeat(gap) + of(i).padStart(widths[i]!))].join(
      '',
    )
  return [
    // The last line of each head stands above its column.
    ...Array.from(
      { length: height },
      (_, row) => BOLD + line('', (i) => heads[i]![row - height + heads[i]!.length] ?? '').trimEnd(),
    ),
    ...labels.map((label, row) => line(label, (i) => columns[i]!.cells[row]!).trimEnd()),
  ]
}

const fits = (lines: readonly string[], width: number) =>
  lines.every((line) => line.replace(BOLD, '').length <= width)

const oneLine = (name: string) => [name]

/** For eight transports on 80 columns. */
const abbreviated = (name: string) =>
  broken(name).map((line) => line.replace('polling', 'poll').replace('streaming', 'stream'))

/** At hyphens, and inside the one long word that half of the transports have in their names. */
function broken(name: string): readonly string[] {
  const words = name.replaceAll('websocket', 'web-socket').split('-')
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= HEAD_WIDTH)
      lines[lines.length - 1] = `${last}-${word}`
    else lines.push(word)
  }
  return lines
}

const chunks = <T>(items: readonly T[], size: number): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size))

/** Where a line may end: not between a number and its unit. */
const BREAK = / (?!(?<=\d )(?:µs|ms|s|B|kB|MB)\b)/

/** Breaks at spaces; the lines after the first are indented. A word that is too long keeps its line. */
export function wrapped(text: string, width: number, indent = ''): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(BREAK)) {
    const longer = line === '' ? word : `${line} ${word}`
    if (longer.length > width && line.trim() !== '') {
      lines.push(line)
      line = indent + word
    } else line = longer
  }
  return [...lines, line]
}
