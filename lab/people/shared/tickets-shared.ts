/**
 * Tickets of several servers: one that was given at a server is good at another, and still only once, since the first to take
 * it away has it. As everywhere, only a hash of it is kept.
 *
 * Whether it is too old goes by the clock of the server that takes it. Clocks that are half a minute apart make tickets void.
 */
import { sessionEnded } from '../ended.ts'
import { hashOf, randomSecret } from '../ids.ts'
import type { Transactor } from '../keep.ts'
import type { OpenSession, Sessions } from '../sessions.ts'
import { MAX_UNUSED, TICKET_S, type Tickets } from '../tickets.ts'
import type { Kind } from './tables.ts'

/** As it is kept, by the ticket's hash. */
interface TicketRecord {
  readonly session: string
  /** Milliseconds since the Unix epoch. */
  readonly endsAt: number
}

export const TICKETS: Kind<TicketRecord> = { kind: 'ticket', keys: { session: ({ session }) => [session] } }

/** Old tickets that go with one that is given: more than come, so they do not pile up. */
const SWEPT_AT_ONCE = 5

/** @param now milliseconds since the Unix epoch */
export function createSharedTickets(
  transactor: Transactor<true>,
  sessions: Pick<Sessions, 'byId'>,
  now: () => number,
): Tickets<true> {
  const { tables } = transactor
  const gone = (id: string) => ({ kind: TICKETS.kind, id, value: null })

  /** Too old, the oldest first: tickets end in the order in which they were given, as near as clocks agree. */
  function old(): string[] {
    const ids: string[] = []
    for (const [id, { endsAt }] of tables.all(TICKETS)) {
      if (endsAt > now() || ids.length === SWEPT_AT_ONCE) break
      ids.push(id)
    }
    return ids
  }

  return {
    give: (session) =>
      transactor.change(() => {
        if (session.isOver) throw sessionEnded()
        const ticket = randomSecret()
        const own = tables.idsUnder(TICKETS, 'session', session.id)
        const beyond = own.slice(0, Math.max(0, own.length - MAX_UNUSED + 1))
        const value: TicketRecord = { session: session.id, endsAt: now() + TICKET_S * 1_000 }
        const ending = [...new Set([...beyond, ...old()])].map(gone)
        return {
          changes: [...ending, { kind: TICKETS.kind, id: hashOf(ticket), value }],
          result: () => ticket,
        }
      }),
    take: (ticket) =>
      transactor.change<OpenSession | null>(() => {
        const id = hashOf(ticket)
        const kept = tables.find(TICKETS, id)
        if (!kept) return { changes: [], result: () => null }
        const isGood = kept.endsAt > now()
        return { changes: [gone(id)], result: () => (isGood ? sessions.byId(kept.session) : null) }
      }),
  }
}
