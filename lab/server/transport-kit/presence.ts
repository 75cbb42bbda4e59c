/**
 * How presence (lab/hub/presence.ts) is opened to peers. The gateway has checked by then that the peer may read
 * the room; so a peer that may not read a room does not learn who is in it either.
 *
 * A reader opts in by its client id (`?tab=ID` on the wire). Without one, none of this is touched.
 */
import { keyOf } from '../../hub/presence.ts'
import type { Presences } from '../../hub/presences.ts'
import type { Person } from '../../people/caller.ts'
import type { PresenceUpdate } from '../../wire/presence.ts'
import { subnetOf } from '../limits/addresses.ts'
import type { Peer } from './peer.ts'
import type { CountedLease, WatchAccess } from './reader.ts'

export interface PresenceDesk {
  /**
   * The peer counts as here from now on.
   *
   * @param quietMs how long it may rightly give no sign of life
   * @param watchAccess ends the lease, also between two polls, when the peer may read no more; null for a peer
   *   that has not signed in
   * @returns its lease, new or renewed; null for a peer without a client id, or when there is no place
   */
  arrive(peer: Peer, room: string, quietMs: number, watchAccess: WatchAccess | null): CountedLease | null
  /** For a peer that reads, and otherwise without effect: only readers are here. */
  update(peer: Peer, room: string, update: PresenceUpdate): void
  /** What this person was typing has been published. */
  stopTyping(room: string, person: Person): void
}

/** Where no reader is counted. */
export const NO_PRESENCE: PresenceDesk = { arrive: () => null, update() {}, stopTyping() {} }

const watchNothing: WatchAccess = () => () => {}

export function createPresenceDesk(presences: Presences): PresenceDesk {
  return {
    arrive({ address, credentials: { person }, clientId }, room, quietMs, watchAccess) {
      if (clientId === null) return null
      const presence = presences.of(room)
      const isNew = presence.find(person, clientId) === undefined
      const lease = presence.arrive({
        ...{ clientId, person, quietMs },
        // An address has a dot or a colon, so it is no person's id.
        owner: person?.id ?? subnetOf(address),
        watch: watchAccess ?? watchNothing,
      })
      return lease && { presence, lease, isNew }
    },
    update({ credentials: { person }, clientId }, room, update) {
      if (clientId === null) return
      // A peer that has signed in since may still read as the visitor that it was.
      presences.update(room, [keyOf(person, clientId), keyOf(null, clientId)], update)
    },
    stopTyping: (room, person) => presences.find(room)?.stopTyping(person),
  }
}
