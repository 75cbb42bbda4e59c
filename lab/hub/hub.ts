/** The server side of the chat, whole: rooms by name. It knows nothing of HTTP. */

import { parseRoomName } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import { Room, type RoomOptions } from './room.ts'

export interface HubOptions extends Partial<RoomOptions> {
  readonly maxRooms?: number
}

const DEFAULTS: RoomOptions & { readonly maxRooms: number } = {
  maxMessages: 1_000,
  maxLength: 4 * 1024 * 1024,
  pageMessages: 100,
  pageLength: 64 * 1024,
  now: Date.now,
  // After the turn's I/O: all that arrived together wakes the readers together.
  defer: (ring) => void setImmediate(ring),
  // With maxLength, the bound on what a hub can hold.
  maxRooms: 64,
}

export class Hub {
  readonly #options: typeof DEFAULTS
  readonly #rooms = new Map<string, Room>()

  constructor(options: HubOptions = {}) {
    this.#options = { ...DEFAULTS, ...options }
  }

  /**
   * The room of that name; it comes into being when it is first named.
   *
   * @throws ChatError `bad-room`, or `too-many-rooms` when all that there may be are in use
   */
  room(name: string): Room {
    const known = this.#rooms.get(name)
    if (known) return known
    parseRoomName(name)
    if (this.#rooms.size >= this.#options.maxRooms) this.#forgetUnusedRooms()
    if (this.#rooms.size >= this.#options.maxRooms) {
      throw new ChatError('too-many-rooms', `there are already ${this.#options.maxRooms} rooms in use`)
    }
    const room = new Room(name, randomEpoch(), this.#options)
    this.#rooms.set(name, room)
    return room
  }

  /** Readers waiting for a bell, in all rooms: zero when nobody is connected. */
  get followers(): number {
    let count = 0
    for (const room of this.#rooms.values()) count += room.followers
    return count
  }

  #forgetUnusedRooms(): void {
    for (const [name, room] of this.#rooms) if (room.isUnused) this.#rooms.delete(name)
  }
}

/** Ten random characters: no two logs share them, in whatever process or room. */
function randomEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}
