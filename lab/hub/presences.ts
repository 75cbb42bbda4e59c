/** Presence in all rooms: one look at the leases for all of them, and one count of whose they are. */
import type { Clock } from '../wire/clock.ts'
import { epochNow, systemClock } from '../wire/clock.ts'
import { LOOK_MS, type PresenceUpdate } from '../wire/presence.ts'
import { clientIdIn, Presence, type Quota, type RoomLink } from './presence.ts'
import {
  createPresenceLink,
  type LinkedRooms,
  type PresenceBus,
  type PresenceLink,
} from './shared/presence-link.ts'

/**
 * Most leases of one person, or of the visitors at one address, over all rooms: a class of a hundred
 * behind one address, each with a page of eight lanes. A client beyond that reads all the same, and is not counted.
 */
export const MAX_LEASES_PER_OWNER = 800

export interface PresencesOptions {
  readonly clock?: Clock
  /** From 0 up to 1. */
  readonly random?: () => number
  /** To other servers, whose readers are counted too; none unless given. */
  readonly bus?: PresenceBus | undefined
  /** Milliseconds since the Unix epoch; by it, servers agree on who came first. */
  readonly now?: () => number
}

export class Presences {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #rooms = new Map<string, Presence>()
  readonly #quota = createQuota(MAX_LEASES_PER_OWNER)
  readonly #link: PresenceLink | null
  readonly #now: () => number
  #callOffLook: (() => void) | null = null

  constructor({ clock = systemClock, random = Math.random, bus, now = epochNow }: PresencesOptions = {}) {
    this.#clock = clock
    this.#random = random
    this.#now = now
    const self = crypto.randomUUID()
    const rooms = {
      setElsewhere: (room, server, seats) => {
        if (seats.length > 0 || this.find(room)) this.of(room).setElsewhere(server, seats)
      },
      letGo: (room, key, isEarlier) => this.find(room)?.letGo(key, isEarlier),
      leave: (room, key) => this.find(room)?.leave(key),
      stopTyping: (room, personId) => this.find(room)?.typingIsOver(personId),
      update: (room, keys, update) => this.#updateOf(room, keys, update),
    } satisfies LinkedRooms
    this.#link = bus ? createPresenceLink(bus, self, clock, rooms) : null
  }

  /** The presence of that room; call it only for a room that exists, and for a caller who may read it. */
  of(room: string): Presence {
    const known = this.#rooms.get(room)
    if (known) return known
    const firstVersion = Math.floor(this.#random() * 2 ** 32)
    const presence = new Presence(this.#clock, this.#quota, firstVersion, this.#linkOf(room))
    this.#rooms.set(room, presence)
    this.#callOffLook ??= this.#clock.after(LOOK_MS, () => this.#look())
    return presence
  }

  /** The same, if anybody is or was just there. */
  find(room: string): Presence | undefined {
    return this.#rooms.get(room)
  }

  /**
   * Those of these tabs whose lease is at this server, and when each came here, among all arrivals at all servers (0 where
   * presence is not shared). It walks past all leases: for a person who looks.
   */
  tabsHere(clientIds: readonly string[]): { tab: string; order: number }[] {
    const asked = new Set(clientIds)
    return [...this.#rooms.values()].flatMap((presence) =>
      [...presence.leases].flatMap(({ key, order, state }) => {
        const tab = clientIdIn(key)
        return state !== 'left' && asked.has(tab) ? { tab, order } : []
      }),
    )
  }

  /** A sign of life of one of these tabs, by {@link keyOf}, at whichever server it reads. */
  update(room: string, keys: readonly string[], update: PresenceUpdate): void {
    if (this.#updateOf(room, keys, update)) return
    const presence = this.find(room)
    if (keys.some((key) => presence?.isElsewhere(key))) this.#link?.forward(room, keys, update)
  }

  /** Leaves nothing running. */
  close(): void {
    this.#link?.close()
    this.#callOffLook?.()
    this.#callOffLook = null
    for (const presence of this.#rooms.values()) presence.close()
    this.#rooms.clear()
  }

  /** @returns whether one of them is here */
  #updateOf(room: string, keys: readonly string[], update: PresenceUpdate): boolean {
    const presence = this.find(room)
    const [lease] = keys.flatMap((key) => presence?.byKey(key) ?? [])
    if (presence && lease) presence.update(lease, update)
    return lease !== undefined
  }

  #linkOf(room: string): RoomLink | null {
    const link = this.#link
    return (
      link && {
        tell: (seats) => link.tell(room, seats),
        arrived: (seat) => link.arrived(room, seat),
        left: (key) => link.left(room, key),
        stopTyping: (personId) => link.stopTyping(room, personId),
        now: this.#now,
      }
    )
  }

  #look(): void {
    for (const [room, presence] of this.#rooms) {
      presence.look()
      if (presence.isUnused) {
        presence.close()
        this.#rooms.delete(room)
      }
    }
    this.#callOffLook = this.#rooms.size > 0 ? this.#clock.after(LOOK_MS, () => this.#look()) : null
  }
}

function createQuota(most: number): Quota {
  const counts = new Map<string, number>()
  return {
    take(owner) {
      const count = counts.get(owner) ?? 0
      if (count >= most) return false
      counts.set(owner, count + 1)
      return true
    },
    giveBack(owner) {
      const count = (counts.get(owner) ?? 0) - 1
      if (count > 0) counts.set(owner, count)
      else counts.delete(owner)
    },
  }
}
