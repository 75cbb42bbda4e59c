/** The server side of the chat, whole: rooms by name. It knows nothing of HTTP. */

import type { Store } from '../log/store.ts'
import { parseRoomName } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import { createGroupCommit } from './group-commit.ts'
import { Room, type RoomOptions, type Shelf } from './room.ts'

interface AllOptions extends RoomOptions {
  /** Most rooms in memory. */
  readonly maxRooms: number
  /** Most rooms in the store. */
  readonly maxKeptRooms: number
  /** Where the rooms are kept; null keeps nothing. The hub closes it. */
  readonly store: Store | null
  /** Told of each commit to the store, and how many milliseconds it took. */
  readonly onCommit: (durationMs: number) => void
  /** Told when storing begins to fail, and with null when it works again. */
  readonly onTrouble: (cause: Error | null) => void
}

export type HubOptions = Partial<AllOptions>

const DEFAULTS: AllOptions = {
  maxMessages: 1_000,
  maxLength: 4 * 1024 * 1024,
  pageMessages: 100,
  pageLength: 64 * 1024,
  now: Date.now,
  // After the turn's I/O: all that arrived together wakes the readers together.
  defer: (ring) => void setImmediate(ring),
  // With maxLength, the bound on what a hub can hold.
  maxRooms: 64,
  // More than anybody names by hand; a bound on what a stranger can make the disk hold.
  maxKeptRooms: 1_000,
  store: null,
  onCommit: () => {},
  onTrouble: () => {},
}

export class Hub {
  readonly #options: AllOptions
  readonly #shelf: Shelf | null
  readonly #rooms = new Map<string, Room>()
  #publishedInForgotten = 0

  constructor(options: HubOptions = {}) {
    this.#options = { ...DEFAULTS, ...options }
    const { store, defer, onCommit, onTrouble } = this.#options
    this.#shelf = store && { store, commits: createGroupCommit({ store, defer, onCommit, onTrouble }) }
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
    const room = this.#shelf ? this.#open(name, this.#shelf) : new Room(name, randomEpoch(), this.#options)
    this.#rooms.set(name, room)
    return room
  }

  /** The room as it was left, or a new one if there is still a place for it. */
  #open(name: string, shelf: Shelf): Room {
    const { epoch, newest } = shelf.store.open(name)
    const { maxKeptRooms } = this.#options
    if (newest === 0 && shelf.store.rooms >= maxKeptRooms) {
      throw new ChatError('too-many-rooms', `there are already ${maxKeptRooms} rooms on the disk`)
    }
    return new Room(name, epoch, this.#options, shelf)
  }

  /** Stores what is still to be stored, and closes the store. */
  close(): void {
    this.#shelf?.commits.flush()
    this.#shelf?.store.close()
  }

  /** Readers waiting for a bell, in all rooms: zero when nobody is connected. */
  get followers(): number {
    let count = 0
    for (const room of this.#rooms.values()) count += room.followers
    return count
  }

  /** Rooms in memory. */
  get roomsInUse(): number {
    return this.#rooms.size
  }

  /** Messages that have been published since this hub was made. */
  get published(): number {
    let count = this.#publishedInForgotten
    for (const room of this.#rooms.values()) count += room.published
    return count
  }

  #forgetUnusedRooms(): void {
    for (const [name, room] of this.#rooms) {
      if (!room.isUnused) continue
      this.#publishedInForgotten += room.published
      this.#rooms.delete(name)
    }
  }
}

/** Ten random characters: no two logs share them, in whatever process or room. */
function randomEpoch(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(10))
  return Array.from(bytes, (byte) => (byte % 36).toString(36)).join('')
}
