/**
 * A copy of a store as it travels: lines of JSON, the same whichever kind of store they come from and go to.
 *
 * The first says the format, the log and the place in it. The epochs of rooms are made of the log's name, and a draft is known by
 * its message, so neither has a line of its own. Then come records, and messages with their files in base64. What was erased is not in a store
 * any more, and of secrets a store has hashes only: so neither is in a copy.
 */
import { createHash } from 'node:crypto'
import type { ChatMessage } from '../wire/message.ts'
import { ENTRY_BYTES } from './engine/engine.ts'
import type { RecordChange } from './records.ts'
import type { CopyPart, LogPlace } from './store.ts'

/** A server that gives another must not be guessed at. */
export const COPY_FORMAT = 1

/** Most bytes of a piece, without its head. */
export const PIECE_BYTES = ENTRY_BYTES - 256
/** A line longer than this is of no lab: a file is 1.4 MB in base64. */
const MAX_LINE_BYTES = 16 * 1024 * 1024

interface Head extends LogPlace {
  readonly format: number
}
type Line =
  | { readonly records: readonly RecordChange[] }
  | {
      readonly room: string
      readonly messages: readonly ChatMessage[]
      readonly files?: Readonly<Record<string, string>>
    }

const utf8 = new TextEncoder()
const text = new TextDecoder('utf-8', { fatal: true })
const lineOf = (said: Head | Line) => utf8.encode(`${JSON.stringify(said)}\n`)

export interface Piece {
  readonly bytes: Uint8Array
  /** Of the bytes of all, behind the last piece. */
  readonly digest?: string
}

/** Cuts it into pieces. Each is made when it is asked for, of as many parts as it takes. @param most bytes of one */
export function* piecesOf(
  place: LogPlace,
  parts: Iterator<CopyPart>,
  most: number = PIECE_BYTES,
): Generator<Piece> {
  const hash = createHash('sha256')
  let due: Uint8Array[] = [lineOf({ format: COPY_FORMAT, ...place })]
  let length = due[0]!.length
  for (let isOver = false; !isOver; ) {
    while (length < most && !isOver) {
      const { done, value } = parts.next()
      isOver = done === true
      if (done) break
      const line = lineOf(lineFrom(value))
      due.push(line)
      length += line.length
    }
    const all = Buffer.concat(due)
    let at = 0
    for (; all.length - at > most; at += most) yield given(all.subarray(at, at + most))
    due = [all.subarray(at)]
    length = due[0]!.length
  }
  const last = given(due[0]!)
  yield { ...last, digest: hash.digest('hex') }

  function given(bytes: Uint8Array): Piece {
    hash.update(bytes)
    return { bytes }
  }
}

function lineFrom(part: CopyPart): Line {
  if (part.kind === 'records') return { records: part.records }
  const { room, messages, files } = part.append
  const inBase64 = [...files].map(([id, bytes]) => [id, Buffer.from(bytes).toString('base64')] as const)
  return { room, messages, ...(inBase64.length > 0 && { files: Object.fromEntries(inBase64) }) }
}

export interface CopyReader {
  /** Null until the first line has come. */
  readonly place: LogPlace | null
  /** What more bytes bring. @throws Error with a line that says why this is no copy that this server can take */
  read(bytes: Uint8Array): CopyPart[]
  /** @param digest what the giver has said of all bytes. @throws Error when the copy is not whole */
  end(digest: string): void
}

export function createCopyReader(): CopyReader {
  const hash = createHash('sha256')
  let rest: Uint8Array = new Uint8Array()
  let place: LogPlace | null = null
  return {
    get place() {
      return place
    },
    read(bytes) {
      hash.update(bytes)
      const all = Buffer.concat([rest, bytes])
      const parts: CopyPart[] = []
      let at = 0
      for (let end = all.indexOf(0x0a); end >= 0; end = all.indexOf(0x0a, at)) {
        const line = JSON.parse(text.decode(all.subarray(at, end))) as Head | Line
        at = end + 1
        if (place) parts.push(partFrom(line as Line))
        else place = placeIn(line as Head)
      }
      rest = all.subarray(at)
      if (rest.length > MAX_LINE_BYTES) throw new Error('a line of the copy is too long')
      return parts
    },
    end(digest) {
      if (hash.digest('hex') !== digest || rest.length > 0)
        throw new Error('the copy is not what the other server has sent')
    },
  }
}

function placeIn({ format, log, applied, followAfter }: Head): LogPlace {
  if (format !== COPY_FORMAT)
    throw new Error(
      `the copy is in the format ${format}, and this server reads ${COPY_FORMAT}; run the same version everywhere`,
    )
  return { log, applied, followAfter }
}

function partFrom(line: Line): CopyPart {
  if ('records' in line) return { kind: 'records', records: line.records }
  const { room, messages, files = {} } = line
  const bytes = Object.entries(files).map(
    ([id, base64]) => [id, Uint8Array.from(Buffer.from(base64, 'base64'))] as const,
  )
  return { kind: 'messages', append: { room, messages, files: new Map(bytes) } }
}
