/** Long polling: ask, and let the server take its time. */
import { postDraft, postPresence, request, urlSince } from '../../lab/client/http.ts'
import type { OpenOptions, Settings, Transport } from '../../lab/client/transport.ts'
import { parseJson, parsePage } from '../../lab/wire/codec.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'

/** How long the server may keep a question. Each hold that ends in nothing costs one request. */
export const HOLD_MS = 25_000

/** @param settings `holdMs` is read again before each poll, so a slider takes effect with the next one */
export default function longPolling(settings: Settings = {}): Transport {
  return {
    async open(options) {
      const first = await poll(options, options.since, 0) // at once: is anybody there?
      return {
        send: (draft, signal) => postDraft(options, draft, signal),
        renewPresence: (update) => void postPresence(options, update),

        // One poll at a time: two of them would compete for the same messages.
        async *[Symbol.asyncIterator]() {
          for (let page = first; ; page = await poll(options, page.cursor, settings.holdMs ?? HOLD_MS)) {
            yield page
          }
        },
      }
    },
  }
}

async function poll(options: OpenOptions, since: Cursor | null, holdMs: number): Promise<Page> {
  const url = urlSince('messages', options, since)
  url.searchParams.set('wait', String(holdMs / 1_000))
  options.onActivity(holdMs)
  const response = await request(options, url, { signal: options.signal })
  return parsePage(parseJson(await response.text(), 'bad-answer'))
}
