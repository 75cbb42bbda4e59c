/**
 * Reading `text/event-stream` (WHATWG HTML §9.2.6): lines of `field: value`; an empty
 * line ends an event. One chunk from the network is not one event, nor even one line.
 */
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import { chunks } from '../_formats/chunks.ts'

/**
 * Longest line, and longest data of one event, in UTF-16 code units. The largest page is a single message, below
 * MAX_DRAFT_BYTES, and a later version may send more. Without a bound, a server whose line never ends would fill
 * the memory of its readers.
 */
export const MAX_EVENT_LENGTH = 10 * MAX_DRAFT_BYTES

export interface StreamEvent {
  /** The last `id` seen so far in the stream, which an event without one inherits. */
  readonly id: string
  readonly data: string
}

/**
 * @param onActivity called for every chunk, comments included: the stream is alive
 * @throws ChatError `bad-answer` when a line or an event is longer than {@link MAX_EVENT_LENGTH}
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void = () => {},
): AsyncGenerator<StreamEvent, void> {
  let id = ''
  let data: string[] = []
  let length = 0 // of the lines of `data`
  for await (const line of lines(body, onActivity)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') }
      data = []
      length = 0
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon) // a line that starts with a colon is a comment
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') {
      data.push(value)
      length += line.length + 1
      if (length > MAX_EVENT_LENGTH) throw tooLong('an event')
    } else if (field === 'id' && !value.includes('\0')) id = value
  }
}

/** The lines of a body. CR, LF and CRLF each end one; a last line without an end is not a line. */
async function* lines(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder() // strips a byte order mark, as the specification wants
  const pieces: string[] = [] // of the unfinished line: joined once, since adding to a string per chunk is O(n²)
  let length = 0 // of `pieces`
  let afterCr = false
  for await (const bytes of chunks(body)) {
    onActivity()
    let text = decoder.decode(bytes, { stream: true })
    if (text === '') continue
    // The LF of a CRLF that was cut in two: its line has been ended by the CR already.
    if (afterCr && text[0] === '\n') text = text.slice(1)
    afterCr = text.endsWith('\r')
    const parts = text.split(/\r\n|\r|\n/)
    const unfinished = parts.pop()!
    for (const part of parts) {
      length = 0
      yield pieces.length > 0 ? pieces.splice(0).join('') + part : part
    }
    if (unfinished !== '') pieces.push(unfinished)
    length += unfinished.length
    if (length > MAX_EVENT_LENGTH) throw tooLong('a line')
  }
}

const tooLong = (what: string) =>
  new ChatError('bad-answer', `the server sent ${what} longer than ${MAX_EVENT_LENGTH} characters`)
