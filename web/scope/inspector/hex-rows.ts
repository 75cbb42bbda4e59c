/**
 * Bytes in rows of sixteen, in hexadecimal and as text, each cell linked to the annotation that it belongs to.
 *
 * A run of bytes of the same annotation in a row is one element: a frame of 100 KiB has some thousands of them and not
 * a hundred thousand.
 */
import type { Annotation, Role } from '../../../transports/_formats/annotate/annotation.ts'

export const PER_ROW = 16
/** Rows that are shown; of a longer message, its beginning. */
export const MAX_ROWS = 512

export interface Run {
  readonly from: number
  readonly to: number
  readonly hex: string
  readonly text: string
  readonly role: Role
  readonly isSecret: boolean
  /** The innermost annotation: its place in the list that {@link flat} makes; −1 for none. */
  readonly owner: number
}

export interface HexRow {
  readonly offset: number
  readonly runs: readonly Run[]
}

/** An annotation and how deep it lies. */
export interface Flat {
  readonly annotation: Annotation
  readonly depth: number
}

/** The tree as a list, each before what it encloses. */
export const flat = (annotations: readonly Annotation[], depth = 0): Flat[] =>
  annotations.flatMap((annotation) => [{ annotation, depth }, ...flat(annotation.children, depth + 1)])

/** For each byte the place in `list` of the innermost annotation that is whole bytes; −1 for none. */
export function ownersOf(list: readonly Flat[], length: number): Int32Array {
  const owners = new Int32Array(length).fill(-1)
  for (const [index, { annotation }] of list.entries()) owners.fill(index, annotation.from, annotation.to)
  return owners
}

export function hexRows(
  bytes: Uint8Array,
  list: readonly Flat[],
  roles: Uint8Array,
  isSecret: (index: number) => boolean,
  perRow = PER_ROW,
): HexRow[] {
  const owners = ownersOf(list, bytes.length)
  const rows: HexRow[] = []
  const length = Math.min(bytes.length, PER_ROW * MAX_ROWS)
  for (let offset = 0; offset < length; offset += perRow) {
    const runs: Run[] = []
    const end = Math.min(length, offset + perRow)
    for (let at = offset; at < end; ) {
      const [owner, role, secret] = [owners[at]!, roles[at]!, isSecret(at)]
      let to = at + 1
      while (to < end && owners[to] === owner && roles[to] === role && isSecret(to) === secret) to++
      const run = bytes.subarray(at, to)
      runs.push({
        ...{ from: at, to, owner, isSecret: secret, role: role === 1 ? 'payload' : 'overhead' },
        hex: Array.from(run, (byte) => (secret ? '··' : byte.toString(16).padStart(2, '0'))).join(' '),
        text: Array.from(run, (byte) => (secret ? '·' : printable(byte))).join(''),
      })
      at = to
    }
    rows.push({ offset, runs })
  }
  return rows
}

const printable = (byte: number): string => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')

/** As a terminal's hexdump: for the clipboard. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let offset = 0; offset < bytes.length; offset += PER_ROW) {
    const row = bytes.subarray(offset, offset + PER_ROW)
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ')
    lines.push(
      `${offset.toString(16).padStart(8, '0')}  ${hex.padEnd(PER_ROW * 3 - 1)}  ${Array.from(row, printable).join('')}`,
    )
  }
  return lines.join('\n')
}
