/**
 * The server's log of a room, read by a request that belongs to no transport: the truth with which each lane is compared.
 *
 * A client that looks only at its own gaps cannot see a loss at the end, nor that what it takes for whole is not.
 */
import { request } from '../../../lab/client/http.ts'
import type { Platform } from '../../../lab/client/platform.ts'
import { TRY_MARK } from '../../../lab/defects/try-mark.ts'
import { parseJson, parsePage } from '../../../lab/wire/codec.ts'
import type { ChatMessage, Cursor } from '../../../lab/wire/message.ts'
import { createSeqSet, type SeqSet } from './seq-set.ts'

/** The most messages that are read of what was said before the page looked for the first time. */
export const MOST_READ = 5_000

export interface ServerLog {
  /** The numbers of all messages that were read from it. */
  readonly seqs: SeqSet
  /** How often a draft stands in it, by its id; those that are read. */
  timesOf(draftId: string): number
  /** When it was read last, by the page's clock; null before that, and after a look that failed. */
  readonly readAt: number | null
  /**
   * Reads what is new, and as far back as `after` the first time.
   *
   * @throws ChatError when the server does not answer
   */
  look(after: number): Promise<void>
}

export interface ServerLogOptions {
  /** Of the room's messages: `…/rooms/ROOM/messages`. */
  readonly url: URL
  readonly platform: Pick<Platform, 'fetch' | 'clock'>
}

export function createServerLog({ url, platform }: ServerLogOptions): ServerLog {
  const seqs = createSeqSet()
  const times = new Map<string, number>()
  const drafts = new Map<number, string>()
  let readAt: number | null = null
  let looking: Promise<void> | null = null

  async function pageBefore(place: Cursor | null) {
    const asked = new URL(url)
    if (place !== null) asked.searchParams.set('before', place)
    const response = await request({ platform }, asked, { cache: 'no-store' })
    return parsePage(parseJson(await response.text(), 'bad-answer'))
  }

  /** A number under which another draft stands by now is of another log: what was known of the old one says nothing. */
  const isOtherLog = (messages: readonly ChatMessage[]) =>
    messages.some(({ seq, draftId }) => (drafts.get(seq) ?? draftId) !== draftId)

  function take({ seq, draftId }: ChatMessage): void {
    if (!seqs.add(seq)) return
    drafts.set(seq, draftId)
    const [own = ''] = draftId.split(TRY_MARK) // a defect may have sent it again under another id
    times.set(own, (times.get(own) ?? 0) + 1)
  }

  async function read(after: number): Promise<void> {
    const known = seqs.max
    let found = 0
    for (let place: Cursor | null = null; ; ) {
      const page = await pageBefore(place)
      const newest = page.messages.at(-1)?.seq
      if (place === null && known !== null && (isOtherLog(page.messages) || (newest ?? 0) < known)) {
        seqs.clear()
        times.clear()
        drafts.clear()
        return read(0)
      }
      for (const message of page.messages) take(message)
      found += page.messages.length
      const oldest = page.messages[0]?.seq ?? 0
      if (!page.more || oldest <= (known ?? after) + 1 || found >= MOST_READ) break
      place = page.cursor
    }
    readAt = platform.clock.now()
  }

  return {
    seqs,
    timesOf: (draftId) => times.get(draftId) ?? 0,
    get readAt() {
      return readAt
    },
    async look(after) {
      looking ??= read(after).finally(() => (looking = null))
      await looking
    },
  }
}
