/**
 * What one turn of a server's event loop brings, as entries of the shared log and back.
 *
 * An entry is a line of JSON that says what follows, and bytes. Most turns are one entry. One that is longer becomes
 * several; a single change that is longer than an entry (a text of control characters, a file) is cut into pieces,
 * and takes effect at the place of the last. Entries of other servers may lie between, so a piece names its change.
 */
import { ENTRY_BYTES, type Entry, type Position } from './engine.ts'

/** What the lines of JSON say; a server that reads another number must not guess. */
export const FORMAT = 1

/** At the head of an entry: its format, and for a piece of a change of which, and which of how many. */
interface Head {
  readonly v: number
  readonly piece?: { readonly of: string; readonly index: number; readonly count: number }
}

/** More than the longest head: 64 characters of id, numbers, and the names. */
const HEAD_BYTES = 256
const MOST = ENTRY_BYTES - HEAD_BYTES

/** Most pieces of one change: 4 MiB, so that the largest file in base64 (1.4 MB) has room to spare. */
const MAX_PIECES = 16

/**
 * Pieces whose last did not come within so many places are forgotten: their writer has died. It is a distance in the
 * log and not a time, since every server must forget the same.
 */
export const PIECES_LAST = 10_000

const utf8 = new TextEncoder()
const text = new TextDecoder('utf-8', { fatal: true })

/**
 * @param changes each of which JSON can say, in the order in which they take effect
 * @param id of the turn, at most 56 characters; the entries' ids are made of it, so the same turn gives the same ids
 */
export function entriesOf(changes: readonly unknown[], id: string): Entry[] {
  const entries: Entry[] = []
  const add = (head: Omit<Head, 'v'>, body: Uint8Array) => {
    const line = utf8.encode(`${JSON.stringify({ v: FORMAT, ...head })}\n`)
    entries.push({ id: `${id}-${entries.length}`, body: Buffer.concat([line, body]) })
  }
  let due: string[] = []
  let length = 0
  const flush = () => {
    if (due.length > 0) add({}, utf8.encode(`[${due.join(',')}]`))
    due = []
    length = 0
  }
  for (const change of changes) {
    const json = JSON.stringify(change)
    const bytes = utf8.encode(json)
    if (length + bytes.length + 2 > MOST) flush()
    if (bytes.length + 2 > MOST) {
      const count = Math.ceil(bytes.length / MOST)
      if (count > MAX_PIECES)
        throw new RangeError(`a change of ${bytes.length} bytes is too long for the log`)
      const of = `${id}-${entries.length}`
      for (let index = 0; index < count; index++)
        add({ piece: { of, index, count } }, bytes.subarray(index * MOST, (index + 1) * MOST))
      continue
    }
    due.push(json)
    length += bytes.length + 1
  }
  flush()
  return entries
}

export interface TurnReader {
  /**
   * What an entry brings, in order; nothing, when it is a piece and not the last.
   *
   * @throws Error for what no lab of this version has written
   */
  read(position: Position, body: Uint8Array): unknown[]
  /**
   * The place after which a server must follow to read what is still unfinished: its own place, or one before the oldest
   * piece that waits. Applying an entry again does no harm.
   */
  restartAfter(): Position
}

interface Pieces {
  /** The place of the first of them. */
  readonly begun: Position
  readonly got: Uint8Array[]
}

export function createTurnReader(): TurnReader {
  const waiting = new Map<string, Pieces>()
  let at: Position = 0

  function join({ of, index, count }: NonNullable<Head['piece']>, body: Uint8Array): unknown[] {
    const pieces = waiting.get(of) ?? (index === 0 ? { begun: at, got: [] } : null)
    // A piece that comes a second time, or whose beginning is forgotten.
    if (pieces?.got.length !== index) return []
    pieces.got.push(body)
    waiting.set(of, pieces)
    if (pieces.got.length < count) return []
    waiting.delete(of)
    return [JSON.parse(text.decode(Buffer.concat(pieces.got)))]
  }

  return {
    read(position, body) {
      at = position
      for (const [of, { begun }] of waiting) if (position - begun > PIECES_LAST) waiting.delete(of)
      const end = body.indexOf(0x0a)
      const head = headOf(body.subarray(0, Math.max(0, end)), position)
      const rest = body.subarray(end + 1)
      return head.piece ? join(head.piece, rest) : (JSON.parse(text.decode(rest)) as unknown[])
    },
    restartAfter: () => Math.min(at, ...Array.from(waiting.values(), ({ begun }) => begun - 1)),
  }
}

function headOf(line: Uint8Array, position: Position): Head {
  let head: Partial<Head> | null = null
  try {
    head = JSON.parse(text.decode(line)) as Partial<Head> | null
  } catch {
    // What is said below fits this too.
  }
  if (typeof head?.v !== 'number') throw new Error(`entry ${position} of the log was not written by a lab`)
  if (head.v !== FORMAT) {
    throw new Error(
      `entry ${position} of the log has format ${head.v}, and this lab reads ${FORMAT}; run the same version everywhere`,
    )
  }
  return head as Head
}
