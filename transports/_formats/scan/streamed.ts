/**
 * A streamed body, by blocks: the events of `text/event-stream` (WHATWG HTML §9.2.6) or the lines of NDJSON.
 *
 * It sees the content without its chunks, and is told where on the wire each run of it stands. When a block ends where
 * its chunk ends, the CRLF of the chunk goes with it.
 */
import { type Head, headerValue } from './head.ts'
import { type BodyState, Kept, type OnTile, utf8 } from './tiles.ts'

export type StreamedMedia = 'text/event-stream' | 'application/x-ndjson'

const isStreamed = (media: string): media is StreamedMedia =>
  media === 'text/event-stream' || media === 'application/x-ndjson'

const CR = 13
const LF = 10

export interface StreamedBody {
  /** @param wire where it begins. @param left bytes of its chunk that follow the run; null when there are no chunks */
  take(run: Uint8Array, wire: number, left: number | null): void
  /** The offset at which the next tile begins. */
  readonly from: number
  readonly state: BodyState
}

/** The CRLF that ends a chunk (RFC 9112 §7.1). */
const CHUNK_END = 2

type Kind = 'event' | 'comment' | 'setting' | 'line' | 'empty line'

/** @param from where on the wire the body begins */
export function createStreamedBody(
  media: StreamedMedia,
  from: number,
  isChunked: boolean,
  onTile: OnTile,
): StreamedBody {
  const kept = new Kept()
  /** Of the block: whether it has fields besides comments and `retry`. */
  let hasFields = false
  const line = new Kept()
  let lineLength = 0
  let afterCr = false
  let tileFrom = from
  let state: BodyState = { chunkLeft: isChunked ? 0 : null }

  /** The block ends before `wire`, where `left` bytes of its chunk remain. */
  function close(kind: Kind, wire: number, left: number | null): void {
    const text = utf8.decode(kept.take())
    const tile =
      kind === 'comment' || kind === 'empty line' ? { kind, body: state } : { kind, text, body: state }
    const before = tileFrom
    hasFields = false
    tileFrom = left === 0 ? wire + CHUNK_END : wire
    state = { chunkLeft: left }
    onTile(tile, before, tileFrom)
  }

  function onLine(bytes: Uint8Array, length: number, wire: number, left: number | null): void {
    if (media === 'application/x-ndjson') {
      close(length === 0 || (length === 1 && bytes[0] === CR) ? 'empty line' : 'line', wire, left)
      return
    }
    if (length === 0) close(hasFields ? 'event' : 'comment', wire, left)
    else if (hasFields) return
    else if (bytes[0] === 0x3a) close('comment', wire, left)
    else if (startsWith(bytes, 'retry')) close('setting', wire, left)
    else hasFields = true
  }

  return {
    get from() {
      return tileFrom
    },
    get state() {
      return state
    },
    take(run, wire, left) {
      let start = 0
      for (let at = 0; at < run.length; at++) {
        const byte = run[at]!
        const isLf = byte === LF
        if (afterCr) {
          afterCr = false
          // The LF of a CRLF: its line has been ended by the CR already.
          if (isLf) {
            kept.add(run.subarray(start, at + 1))
            start = at + 1
            continue
          }
        }
        if (!isLf && !(byte === CR && media === 'text/event-stream')) {
          lineLength++
          continue
        }
        afterCr = byte === CR
        line.add(run.subarray(start, at))
        kept.add(run.subarray(start, at + 1))
        const length = lineLength
        lineLength = 0
        start = at + 1
        onLine(line.take(), length, wire + start, left === null ? null : left + run.length - start)
      }
      const rest = run.subarray(start)
      line.add(rest)
      kept.add(rest)
    },
  }
}

const startsWith = (bytes: Uint8Array, word: string): boolean =>
  bytes.length >= word.length && [...word].every((letter, index) => letter.charCodeAt(0) === bytes[index])

/** Only a successful response that is not compressed is read as a stream; all else is shown whole, at its end. */
export function streamedMediaOf(head: Head): StreamedMedia | null {
  if (head.kind === 'request' || head.status >= 300) return null
  if (headerValue(head.headers, 'content-encoding') !== undefined) return null
  const media = headerValue(head.headers, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? ''
  return isStreamed(media) ? media : null
}
