/**
 * Presence, as a reader sees it: who else is here, and what the others learn of us.
 *
 * Staying is the transport's business: it renews the lease by what it does anyway. Here is what a
 * transport cannot know: that the user types, and that the user leaves for good.
 */
import type { Clock } from '../wire/clock.ts'
import type { Page } from '../wire/message.ts'
import { type Here, RETYPE_MS } from '../wire/presence.ts'
import { createListeners } from './listeners.ts'
import { randomId } from './platform.ts'
import type { Connection } from './transport.ts'

export interface PresenceOptions {
  /**
   * By it, the server knows this reader from one connection to the next: 1 to 32 of a-z and 0-9. Draw
   * it at random for each client ({@link randomId} will do) and keep it secret.
   */
  readonly clientId: string
}

/** @param options null for a client that is not counted: it is told nothing either */
export function createPresence(options: PresenceOptions | null, clock: Clock) {
  const listeners = createListeners<Here>()
  const rooms = createListeners<number>()
  let roomsVersion: number | null = null
  let clientId = options?.clientId ?? null
  let here: Here | null = null
  /** Open now. */
  let line: Connection | null = null
  /** The last one of this visit, open or not. */
  let last: Connection | null = null
  let retypeAt = Number.NEGATIVE_INFINITY

  return {
    get clientId() {
      return clientId
    },
    get here() {
      return here
    },
    onHere: listeners.add,
    onRooms: rooms.add,
    take(page: Page): void {
      if (page.rooms !== undefined && page.rooms !== roomsVersion) {
        roomsVersion = page.rooms
        rooms.tell(page.rooms)
      }
      if (!page.here) return
      here = page.here
      listeners.tell(here)
    },
    /** Call it when a connection has opened; what it returns, when it is gone. */
    open(connection: Connection): () => void {
      line = last = connection
      return () => {
        if (line === connection) line = null
      }
    },
    /** Call it for every key: the server is told now and then. */
    typing(): void {
      if (!clientId || !line || clock.now() < retypeAt) return
      retypeAt = clock.now() + RETYPE_MS
      line.renewPresence({ typing: true })
    },
    /** What was typed is sent, and so the server knows that it is typed no more. */
    sent(): void {
      retypeAt = Number.NEGATIVE_INFINITY
    },
    /**
     * Tells of leaving by the connection that was hung up, or broke: a browser that leaves a page breaks its
     * requests off before it tells the page. Who comes again is another tab, since a poll of the old one may
     * still be on its way, and must not be taken for it.
     */
    leave(): void {
      if (!clientId) return
      last?.renewPresence({ leaving: true })
      line = last = null
      clientId = randomId()
    },
  }
}
