/** The readers of one room that are at other servers, and what they and those at this one come to together. */
import type { Lease } from '../lease.ts'
import type { Seat } from './presence-link.ts'

export interface Elsewhere {
  readonly isEmpty: boolean
  /** All that are at that server. */
  set(server: string, seats: readonly Seat[]): void
  find(key: string): Seat | undefined
  isTyping(personId: string): boolean
  /** Each tab once, in the order in which they came: the same at every server that has heard the same. */
  with(leases: Iterable<Lease>, typing: ReadonlySet<Lease>): Seat[]
}

export function createElsewhere(): Elsewhere {
  const servers = new Map<string, ReadonlyMap<string, Seat>>()
  const all = () => [...servers.values()].flatMap((seats) => [...seats.values()])
  return {
    get isEmpty() {
      return servers.size === 0
    },
    set(server, seats) {
      if (seats.length === 0) servers.delete(server)
      else servers.set(server, new Map(seats.map((seat) => [seat.key, seat])))
    },
    find(key) {
      for (const seats of servers.values()) {
        const seat = seats.get(key)
        if (seat) return seat
      }
      return undefined
    },
    isTyping: (personId) => all().some(({ person, isTyping }) => isTyping && person?.id === personId),
    with(leases, typing) {
      const seats = new Map(all().map((seat) => [seat.key, seat]))
      // A tab that has left here is left everywhere, in a moment.
      for (const lease of leases) {
        const seat = seatOf(lease, typing)
        if (seat) seats.set(lease.key, seat)
        else seats.delete(lease.key)
      }
      return [...seats.values()].sort((a, b) => a.since - b.since || (a.key < b.key ? -1 : 1))
    },
  }
}

/** Null for a tab that has left. */
export function seatOf(lease: Lease, typing: ReadonlySet<Lease>): Seat | null {
  const { key, person, state, since } = lease
  if (state === 'left') return null
  return {
    key,
    person: person && { id: person.id, name: person.name },
    state,
    isTyping: typing.has(lease),
    since,
  }
}
