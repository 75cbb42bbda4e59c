/** What a room's leases come to, for people to look at. */
import { type Here, MAX_LISTED, MAX_TYPING, type PersonHere } from '../wire/presence.ts'
import type { Lease } from './lease.ts'

/** What is counted: a lease, or one of another server. */
type Counted = Pick<Lease, 'person' | 'state'>

/** @param typing those of the leases whose readers type */
export function hereOf(leases: Iterable<Counted>, typing: Iterable<Counted>): Here {
  const people = new Map<string, PersonHere>()
  let visitors = 0
  for (const { person, state } of leases) {
    if (state === 'left') continue
    if (!person) visitors++
    // A person who shows life in one tab is here, however many of their other tabs have fallen silent.
    else if (state === 'here' || !people.has(person.id)) {
      people.set(person.id, { id: person.id, name: person.name, state })
    }
  }
  const names = new Set<string>()
  for (const { person } of typing) if (person) names.add(person.name)
  return {
    people: [...people.values()].slice(0, MAX_LISTED),
    unlisted: Math.max(0, people.size - MAX_LISTED),
    visitors,
    typing: [...names].slice(0, MAX_TYPING),
  }
}
