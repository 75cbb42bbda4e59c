/** The server side of the chat, whole: rooms by name. It knows nothing of HTTP. */

import type { Store } from '../store/store.ts'
import { base36 } from '../wire/base36.ts'
import { isPrivate, parseRoomName } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import { PAGE_BYTES } from '../wire/limits.ts'
import { createGroupCommit } from './group-commit.ts'
import { type DurableLog, Room, type RoomOptions } from './room.ts'

interface AllOptions extends RoomOptions {
  /** Most bytes of files in one room. */
  readonly maxFileBytes: number
  /** Most bytes of files in all rooms together. */
  readonly maxAllFileBytes: number
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

const DEFAULTS: Omit<AllOptions, 'admitFile'> = {
  maxMessages: 1_000,
  maxLength: 4 * 1024 * 1024,
  pageMessages: 100,
  pageBytes: PAGE_BYTES,
  now: Date.now,
  // After the turn's I/O: all that arrived together wakes the readers together.
  defer: (notify) => void setImmediate(notify),
  // With maxLength, the bound on what a hub can hold.
  maxRooms: 64,
  // More than anybody names by hand; a bound on what a stranger can make the disk hold.
  maxKeptRooms: 1_000,
  // Some forty files of the largest, and in all no more than a small disk can spare.
  maxFileBytes: 32 * 1024 * 1024,
  maxAllFileBytes: 1024 * 1024 * 1024,
  store: null,
  onCommit: () => {},
  onTrouble: () => {},
}

/** Without a store, files are in memory, beside everything else. */
const IN_MEMORY = { maxFileBytes: 8 * 1024 * 1024, maxAllFileBytes: 64 * 1024 * 1024 }

export class Hub {
  readonly #options: AllOptions
  readonly #durable: DurableLog | null
  readonly #rooms = new Map<string, Room>()
  #publishedInForgotten = 0

  constructor(options: HubOptions = {}) {
    const admitFile = (added: number, inRoom: number) => this.#admitFile(added, inRoom)
    this.#options = { ...DEFAULTS, ...(options.store ? {} : IN_MEMORY), admitFile, ...options }
    const { store, defer, onCommit, onTrouble } = this.#options
    this.#durable = store && { store, commits: createGroupCommit({ store, defer, onCommit, onTrouble }) }
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
    const room = this.#durable
      ? this.#open(name, this.#durable)
      : new Room(name, randomEpoch(), this.#options)
    this.#rooms.set(name, room)
    return room
  }

  /** The room as it was left, or a new one if there is still a place for it. */
  #open(name: string, durable: DurableLog): Room {
    const { epoch, newest } = durable.store.open(name)
    const { maxKeptRooms } = this.#options
    if (newest === 0 && durable.store.rooms >= maxKeptRooms) {
      throw new ChatError('too-many-rooms', `there are already ${maxKeptRooms} rooms on the disk`)
    }
    return new Room(name, epoch, this.#options, durable)
  }

  /** The public rooms in memory that are in use: those with a message or a reader. */
  get publicRooms(): string[] {
    const isInUse = (room: Room) => room.lastSeq > 0 || room.followers > 0
    return [...this.#rooms.values()].flatMap((room) =>
      isInUse(room) && !isPrivate(room.name) ? room.name : [],
    )
  }

  /** Removes a room and all its messages. It must have no reader any more. */
  forget(name: string): void {
    this.#durable?.commits.flush()
    this.#rooms.delete(name)
    this.#durable?.store.forget(name)
  }

  #admitFile(added: number, inRoom: number): void {
    const { maxFileBytes, maxAllFileBytes } = this.#options
    if (inRoom + added > maxFileBytes) {
      throw new ChatError(
        'too-large',
        `the files of a room may take ${maxFileBytes} bytes; remove some that are there first`,
      )
    }
    if (this.#fileBytes() + added > maxAllFileBytes) {
      throw new ChatError('not-stored', 'there is no place for more files; try again later')
    }
  }

  /** Bytes of files in all rooms. */
  #fileBytes(): number {
    if (this.#durable) return this.#durable.store.fileBytes()
    let sum = 0
    for (const room of this.#rooms.values()) sum += room.fileBytes
    return sum
  }

  /** Stores what is still to be stored, and closes the store. */
  close(): void {
    this.#durable?.commits.flush()
    this.#durable?.store.close()
  }

  /** Readers that wait to be notified, in all rooms: zero when none is connected. */
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
const randomEpoch = (): string => base36(crypto.getRandomValues(new Uint8Array(10)))
