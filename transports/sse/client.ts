/** Server-sent events: ask once, and read the answer for as long as it lasts. */
import { postDraft, postPresence, renewLease, request, urlSince } from '../../lab/client/http.ts'
import type { Transport } from '../../lab/client/transport.ts'
import { parseJson, parsePage } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { readEventStream } from './event-stream.ts'

export default function sse(): Transport {
  return {
    async open(options) {
      const response = await request(options, urlSince('events', options, options.since), {
        headers: { accept: 'text/event-stream' },
        signal: options.signal,
      })
      const body = response.body
      if (!body) throw new ChatError('bad-answer', 'the event stream has no body')
      const type = response.headers.get('content-type') ?? 'nothing'
      // As EventSource does (WHATWG HTML §9.2.3): otherwise anything that ends would be a stream that was open.
      if (!/^text\/event-stream\b/i.test(type))
        throw new ChatError('bad-answer', `asked for an event stream, got ${type}`)
      const renew = renewLease(options) // on a stream of one direction, the server does not hear that we are still there
      function onActivity(): void {
        options.onActivity()
        renew()
      }
      return {
        send: (draft, signal) => postDraft(options, draft, signal),
        renewPresence: (update) => void postPresence(options, update),

        // fetch, not EventSource: it sees the comments that keep a quiet stream alive, the status
        // of a refusal, and leaves reconnecting to the chat client, which does it for all alike.
        async *[Symbol.asyncIterator]() {
          for await (const { data } of readEventStream(body, onActivity)) {
            yield parsePage(parseJson(data, 'bad-answer'))
          }
        },
      }
    },
  }
}
