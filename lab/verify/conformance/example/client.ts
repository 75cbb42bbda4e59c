/** Lines of JSON: ask once, and read a page from each line of the answer. */
import { postDraft, postPresence, renewLease, request, urlSince } from '../../../client/http.ts'
import type { TransportFactory } from '../../../client/transport.ts'
import { parseJson, parsePage } from '../../../wire/codec.ts'

type Chunks = AsyncIterable<Uint8Array>

/**
 * `restMs` is read again after each page, so a slider takes effect with the next one.
 *
 * @param read takes a stream apart into lines; a planted defect may do it wrongly
 */
export function lineClient(read: (chunks: Chunks) => AsyncIterable<string> = lines): TransportFactory {
  return (settings = {}) => ({
    async open(options) {
      const url = urlSince('lines', options, options.since)
      const { body } = await request(options, url, { signal: options.signal })
      void renewLease(options)
      return {
        send: (draft, signal) => postDraft(options, draft, signal),
        renewPresence: (update) => void postPresence(options, update),
        async *[Symbol.asyncIterator]() {
          for await (const line of read(chunks(body!, options.onActivity))) {
            if (line === '') continue // a heartbeat
            yield parsePage(parseJson(line, 'bad-answer'))
            // What comes meanwhile waits on the way, in the buffers of both ends, and then on the server.
            if (settings.restMs) await options.pause(settings.restMs)
          }
        },
      }
    },
  })
}

export default lineClient()

/** One chunk is not one line, nor even whole characters. */
async function* lines(chunks: Chunks): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of chunks) {
    const parts = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = parts.pop()!
    yield* parts
  }
}

async function* chunks(
  body: ReadableStream<Uint8Array>,
  onActivity: () => void,
): AsyncGenerator<Uint8Array, void> {
  const reader = body.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      onActivity()
      yield value
    }
  } finally {
    reader.cancel().catch(() => {})
  }
}
