/**
 * What was said before a lane began to look: read backwards from the server, a page at a time, when
 * the reader scrolls up. It has nothing to do with the lane's transport, so no figure counts its requests.
 */
import { request } from '../../lab/client/http.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { parseJson, parsePage } from '../../lab/wire/codec.ts'
import type { ChatMessage, Cursor } from '../../lab/wire/message.ts'

/** `ended`: there is no more to be had. */
export type EarlierState = 'idle' | 'loading' | 'failed' | 'ended'

export interface Earlier {
  /** In the order in which they were said. */
  readonly messages: readonly ChatMessage[]
  readonly state: EarlierState
  /**
   * Puts a page more in front.
   *
   * @param from a place at or after `before`, where to look from the first time
   * @param before the number of the first message that is there already
   */
  load(from: Cursor | null, before: number): Promise<void>
  /** Starts again, with nothing. */
  forget(): void
}

export interface EarlierOptions {
  /** Of the room's messages: `…/rooms/ROOM/messages`. */
  readonly url: URL
  readonly platform: Pick<Platform, 'fetch'>
  /** Something to be drawn has changed. */
  readonly onChange: () => void
}

export function createEarlier({ url, platform, onChange }: EarlierOptions): Earlier {
  let messages: readonly ChatMessage[] = []
  let cursor: Cursor | null = null
  let state: EarlierState = 'idle'
  /** An answer that comes when all was forgotten meanwhile belongs to nothing any more. */
  let round = 0

  async function pageBefore(place: Cursor | null) {
    const asked = new URL(url)
    if (place !== null) asked.searchParams.set('before', place)
    const response = await request({ platform }, asked, {})
    return parsePage(parseJson(await response.text(), 'bad-answer'))
  }

  /** A cursor is opaque, so we begin at one that we have and pass over what is shown already. */
  async function search(from: Cursor | null, before: number) {
    for (let place = from; ; ) {
      const page = await pageBefore(place)
      // Another log, or one that has moved on: what comes before our first message is gone.
      if (page.gap) return { found: [], cursor: page.cursor, more: false }
      const found = page.messages.filter(({ seq }) => seq < before)
      if (found.length > 0 || !page.more) return { found, cursor: page.cursor, more: page.more }
      place = page.cursor
    }
  }

  return {
    get messages() {
      return messages
    },
    get state() {
      return state
    },
    async load(from, before) {
      if (state === 'loading' || state === 'ended') return
      const mine = ++round
      state = 'loading'
      onChange()
      try {
        const result = await search(cursor ?? from, messages[0]?.seq ?? before)
        if (mine !== round) return
        messages = [...result.found, ...messages]
        cursor = result.cursor
        state = result.more ? 'idle' : 'ended'
      } catch {
        if (mine !== round) return
        state = 'failed'
      }
      onChange()
    },
    forget() {
      round++
      messages = []
      cursor = null
      state = 'idle'
    },
  }
}
