/**
 * Newline-delimited JSON: one JSON text to a line, each ended by a line feed. A JSON text that is written without
 * white space holds none, since strings must escape it (RFC 8259 §7). One chunk from the network is not one line, nor
 * even whole characters.
 */
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import { chunks } from './chunks.ts'

/**
 * Longest line that is read, in UTF-16 code units. The largest page is a single message, below MAX_DRAFT_BYTES, and a
 * later version may send more. Without a bound, a server whose line never ends would fill the memory of its readers.
 */
export const MAX_LINE_LENGTH = 10 * MAX_DRAFT_BYTES

/** A JSON text as a line. @param json without line breaks, as `JSON.stringify` makes it */
export const asLine = (json: string): string => `${json}\n`

/**
 * The lines of a body that are not empty. An empty one is a heartbeat; a last one without its end has been cut off,
 * and is dropped.
 *
 * @param onActivity called for every chunk, heartbeats included: the stream is alive
 * @param maxLength of one line, in UTF-16 code units
 * @throws ChatError `bad-answer` when a line grows longer: a far end that never ends one must not fill our memory
 */
export async function* readLines(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void = () => {},
  maxLength: number = MAX_LINE_LENGTH,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder() // keeps a character that was cut in two until its rest comes
  const pieces: string[] = [] // of the unfinished line: joined once, since adding to a string per chunk is O(n²)
  let length = 0
  for await (const bytes of chunks(body)) {
    onActivity()
    const parts = decoder.decode(bytes, { stream: true }).split('\n')
    const unfinished = parts.pop()!
    for (const part of parts) {
      if (length + part.length > maxLength) throw tooLong(maxLength)
      const line = pieces.length > 0 ? pieces.splice(0).join('') + part : part
      length = 0
      // Others' servers may write CRLF: the CR is white space to JSON, but would make a heartbeat a line.
      if (line !== '' && line !== '\r') yield line
    }
    if (unfinished === '') continue
    pieces.push(unfinished)
    length += unfinished.length
    if (length > maxLength) throw tooLong(maxLength)
  }
}

const tooLong = (maxLength: number) =>
  new ChatError('bad-answer', `a line of the stream is longer than ${maxLength} characters`)
