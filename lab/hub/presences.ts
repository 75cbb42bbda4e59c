/** Presence in all rooms: one look at the leases for all of them, and one count of whose they are. */
import type { Clock } from '../wire/clock.ts'
import { systemClock } from '../wire/clock.ts'
import { LOOK_MS } from '../wire/presence.ts'
import { Presence, type Quota } from './presence.ts'

/**
 * Most leases of one person, or of the visitors at one address, over all rooms: a class of a hundred
 * behind one address, each with a page of eight lanes. A client beyond that reads all the same, and is not counted.
 */
export const MAX_LEASES_PER_OWNER = 800

export interface PresencesOptions {
  readonly clock?: Clock
  /** From 0 up to 1. */
  readonly random?: () => number
}

export class Presences {
  readonly #clock: Clock
  readonly #random: () => number
  readonly #rooms = new Map<string, Presence>()
  readonly #quota = createQuota(MAX_LEASES_PER_OWNER)
  #callOffLook: (() => void) | null = null

  constructor({ clock = systemClock, random = Math.random }: PresencesOptions = {}) {
    this.#clock = clock
    this.#random = random
  }

  /** The presence of that room; call it only for a room that exists, and for a caller who may read it. */
  of(room: string): Presence {
    const known = this.#rooms.get(room)
    if (known) return known
    const presence = new Presence(this.#clock, this.#quota, Math.floor(this.#random() * 2 ** 32))
    this.#rooms.set(room, presence)
    this.#callOffLook ??= this.#clock.after(LOOK_MS, () => this.#look())
    return presence
  }

  /** The same, if anybody is or was just there. */
  find(room: string): Presence | undefined {
    return this.#rooms.get(room)
  }

  /** Leaves nothing running. */
  close(): void {
    this.#callOffLook?.()
    this.#callOffLook = null
    for (const presence of this.#rooms.values()) presence.close()
    this.#rooms.clear()
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
