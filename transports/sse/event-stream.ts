/**
 * Reading `text/event-stream` (WHATWG HTML §9.2.6): lines of `field: value`; an empty
 * line ends an event. One chunk from the network is not one event, nor even one line.
 */

export interface StreamEvent {
  /** The last `id` seen so far in the stream, which an event without one inherits. */
  readonly id: string
  readonly data: string
}

/** @param onActivity called for every chunk, comments included: the stream is alive */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void = () => {},
): AsyncGenerator<StreamEvent, void> {
  let id = ''
  let data: string[] = []
  for await (const line of lines(body, onActivity)) {
    if (line === '') {
      if (data.length > 0) yield { id, data: data.join('\n') }
      data = []
      continue
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon) // a line that starts with a colon is a comment
    const value = colon < 0 ? '' : line.slice(line[colon + 1] === ' ' ? colon + 2 : colon + 1)
    if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) id = value
  }
}

/** The lines of a body. CR, LF and CRLF each end one; a last line without an end is not a line. */
async function* lines(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<string, void> {
  const decoder = new TextDecoder() // strips a byte order mark, as the specification wants
  const pieces: string[] = [] // of the unfinished line: joined once, since adding to a string per chunk is O(n²)
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
      yield pieces.length > 0 ? pieces.splice(0).join('') + part : part
    }
    if (unfinished !== '') pieces.push(unfinished)
  }
}

/** `for await` over a ReadableStream, which Safari lacks; leaving the loop cancels the stream. */
async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    // Not awaited: a stream whose far end is silent would keep us here.
    reader.cancel().catch(() => {})
  }
}
