/** HTTP streaming: ask once, and read a page from each line of the answer. */
import { postDraft, postPresence, renewLease, request, urlSince } from '../../lab/client/http.ts'
import type { Transport } from '../../lab/client/transport.ts'
import { parseJson, parsePage } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { readLines } from '../_formats/ndjson.ts'

export default function httpStreaming(): Transport {
  return {
    async open(options) {
      const response = await request(options, urlSince('stream', options, options.since), {
        headers: { accept: 'application/x-ndjson' },
        signal: options.signal,
      })
      const body = response.body
      if (!body) throw new ChatError('bad-answer', 'the stream has no body')
      const type = response.headers.get('content-type') ?? 'nothing'
      // Otherwise the page of a portal, which ends, would be a stream that was open.
      if (!/^application\/x-ndjson\b/i.test(type))
        throw new ChatError('bad-answer', `asked for lines of JSON, got ${type}`)
      const renew = renewLease(options) // on a stream of one direction, the server cannot hear that we are still there
      function onActivity(): void {
        options.onActivity()
        renew()
      }
      return {
        send: (draft, signal) => postDraft(options, draft, signal),
        renewPresence: (update) => void postPresence(options, update),

        async *[Symbol.asyncIterator]() {
          for await (const line of readLines(body, onActivity)) {
            yield parsePage(parseJson(line, 'bad-answer'))
          }
        },
      }
    },
  }
}
