/**
 * Tickets: what goes into an address, where no header can be set. A browser's `EventSource` and `WebSocket`
 * take an address and nothing else, and addresses are written into logs; so what stands there is good once,
 * for half a minute, and only for reading a room, or for ending the session that it was given to.
 */
import { randomSecret } from './ids.ts'
import type { Kept } from './keep.ts'
import type { OpenSession } from './sessions.ts'

/** Long enough to open a connection with, over a slow line too; in seconds. */
export const TICKET_S = 30
/** Tickets of one session that have not been used yet. Beyond it, its oldest is void. */
export const MAX_UNUSED = 20

export interface Tickets<Later extends boolean = false> {
  give(session: OpenSession): Kept<Later, string>
  /** The session that it was given to; null when it is none, or too old, or was used. It is used now. */
  take(ticket: string): Kept<Later, OpenSession | null>
}

/**
 * Those of a server that is alone: they are not kept.
 *
 * @param now milliseconds that never go backwards
 */
export function createTickets(now: () => number): Tickets {
  /** In the order in which they were given, which is that in which they end. */
  const unused = new Map<string, { readonly session: OpenSession; readonly endsAt: number }>()

  function forgetTheOld(): void {
    for (const [ticket, { session, endsAt }] of unused) {
      if (endsAt > now() && !session.isOver) return
      unused.delete(ticket)
    }
  }

  return {
    give(session) {
      forgetTheOld()
      const own = [...unused].filter((one) => one[1].session === session)
      if (own.length >= MAX_UNUSED) unused.delete(own[0]![0])
      const ticket = randomSecret()
      unused.set(ticket, { session, endsAt: now() + TICKET_S * 1_000 })
      return ticket
    },
    take(ticket) {
      const found = unused.get(ticket)
      unused.delete(ticket)
      return found && found.endsAt > now() && !found.session.isOver ? found.session : null
    },
  }
}
