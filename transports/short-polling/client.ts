/** Short polling: ask, and ask again. */
import { postDraft, postPresence, request, urlSince } from '../../lab/client/http.ts'
import type { OpenOptions, Settings, Transport } from '../../lab/client/transport.ts'
import { parseJson, parsePage } from '../../lab/wire/codec.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'

/** From one answer to the next question. On average, a message waits half of it to be noticed. */
export const INTERVAL_MS = 1_000

/** @param settings `intervalMs` is read again before each pause, so a slider takes effect at once */
export default function shortPolling(settings: Settings = {}): Transport {
  return {
    async open(options) {
      const first = await poll(options, options.since)
      return {
        send: (draft, signal) => postDraft(options, draft, signal),
        renewPresence: (update) => void postPresence(options, update),

        // The next question is put only after the last answer has been taken. Two polls on the
        // way at once could overtake each other, and the older answer would bring back the past.
        async *[Symbol.asyncIterator]() {
          for (let page = first; ; page = await poll(options, page.cursor)) {
            yield page
            if (page.more) continue
            const intervalMs = settings.intervalMs ?? INTERVAL_MS
            options.onActivity(intervalMs)
            await options.pause(intervalMs)
          }
        },
      }
    },
  }
}

async function poll(options: OpenOptions, since: Cursor | null): Promise<Page> {
  const url = urlSince('messages', options, since)
  const response = await request(options, url, { signal: options.signal })
  return parsePage(parseJson(await response.text(), 'bad-answer'))
}
