/** The server side of the chat, whole: rooms by name. It knows nothing of HTTP. */

import type { Engine, EngineError } from '../store/engine/engine.ts'
import type { Requests } from '../store/engine/requests/requests.ts'
import { epochOf } from '../store/epoch.ts'
import type { Store } from '../store/store.ts'
import { base36 } from '../wire/base36.ts'
import { isPrivate, isTransient, parseRoomName } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import { PAGE_BYTES } from '../wire/limits.ts'
import { createGroupCommit } from './group-commit.ts'
import { type DurableLog, Room, type RoomOptions } from './room.ts'
import type { RecordsApplier } from './shared/applier.ts'
import { checkBelongs } from './shared/belongs.ts'
import type { PeerEvent, PeerSettings } from './shared/copy/peers.ts'
import type { OfRecords, Outcome } from './shared/rule.ts'
import {
  type Brought,
  type DraftMeter,
  type LogCounts,
  type Readiness,
  SharedLog,
} from './shared/shared-log.ts'

interface AllOptions extends RoomOptions {
  /** Most bytes of files in one room. */
  readonly maxFileBytes: number
  /** Most bytes of files in all rooms together. */
  readonly maxAllFileBytes: number
  /** Most rooms in memory. */
  readonly maxRooms: number
  /** Most rooms in the store. */
  readonly maxKeptRooms: number
  /** Most rooms that are in memory only, beside the others. */
  readonly maxTransientRooms: number
  /** Calls `act` once, so many milliseconds later; the returned function cancels it. */
  readonly after: (ms: number, act: () => void) => () => void
  /** Where the rooms are kept; null keeps nothing. The hub closes it. */
  readonly store: Store | null
  /**
   * A log that several servers share: then the rooms are what it has made of the drafts of all of them, and the store has
   * them for this server. It goes with a store, and the hub closes it. Null for a server that has its rooms alone.
   */
  readonly engine: Engine | null
  /** The way to the other servers of that log; null where the engine has none. */
  readonly requests: Requests | null
  /** How copies are taken and the log is trimmed. */
  readonly peers: Partial<PeerSettings>
  readonly onPeerEvent: (event: PeerEvent) => void
  /** Takes from that log what is not the rooms': people, sessions, memberships. Null where only rooms are shared. */
  readonly records: RecordsApplier | null
  /** Told of what people say by way of that log; null for none. */
  readonly meter: DraftMeter | null
  /** Told, once, that the engine's log cannot be followed any further. */
  readonly onLogEnd: (why: EngineError) => void
  /** Told, for each entry of this server, how many milliseconds it was underway until it was back, stored and shown. */
  readonly onRoundTrip: (durationMs: number) => void
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
  // A visitor with a page has one: some classes at once. Each is small, so all of them take 64 MiB at most.
  maxTransientRooms: 256,
  after(ms, act) {
    const timer = setTimeout(act, ms).unref() // a room that is nearly gone keeps no process
    return () => clearTimeout(timer)
  },
  // Some forty files of the largest, and in all no more than a small disk can spare.
  maxFileBytes: 32 * 1024 * 1024,
  maxAllFileBytes: 1024 * 1024 * 1024,
  store: null,
  ...{ engine: null, records: null, meter: null, requests: null, peers: {} },
  onPeerEvent: () => {},
  onLogEnd: () => {},
  onRoundTrip: () => {},
  onCommit: () => {},
  onTrouble: () => {},
}

/** Without a store, files are in memory, beside everything else. */
const IN_MEMORY = { maxFileBytes: 8 * 1024 * 1024, maxAllFileBytes: 64 * 1024 * 1024 }

/**
 * A room that is in memory only holds what a demonstration needs, and lasts so long after its last use: a page that is
 * loaded again, or has lost its connections, finds it as it was.
 */
const TRANSIENT = { maxMessages: 500, maxLength: 128 * 1024 }
export const TRANSIENT_LASTS_MS = 60_000
/** A reader that has left is noticed by the next look. */
const LOOK_MS = TRANSIENT_LASTS_MS / 2

interface TransientRoom {
  readonly room: Room
  /** By the hub's `now`. */
  usedAt: number
}

export class Hub {
  readonly #options: AllOptions
  readonly #durable: DurableLog | null
  readonly #rooms = new Map<string, Room>()
  /** Those in memory only. They are bounded apart: a visitor with such a room takes no place from one that is kept. */
  readonly #transient = new Map<string, TransientRoom>()
  readonly #shared: SharedLog | null
  #callOffLook: (() => void) | null = null
  #publishedInForgotten = 0

  /** @throws StoreError when the store belongs to another log than the engine's, or to none and has a conversation */
  constructor(options: HubOptions = {}) {
    const admitFile = (added: number, inRoom: number) => this.#admitFile(added, inRoom)
    this.#options = { ...DEFAULTS, ...(options.store ? {} : IN_MEMORY), admitFile, ...options }
    const { store, engine, defer, onCommit, onTrouble } = this.#options
    if (store) checkBelongs(store, engine?.log ?? null)
    this.#shared = engine && this.#share(engine, store)
    if (!store) this.#durable = null
    else if (this.#shared) this.#durable = { store, commits: null, shared: this.#shared }
    else
      this.#durable = {
        ...{ store, shared: null },
        commits: createGroupCommit({ store, defer, onCommit, onTrouble }),
      }
  }

  #share(engine: Engine, store: Store | null): SharedLog {
    if (!store) throw new TypeError('a hub with an engine needs a store')
    const { maxKeptRooms: maxRooms, maxFileBytes, maxAllFileBytes } = this.#options
    return new SharedLog({
      ...this.#options,
      ...{ engine, store, onEnd: this.#options.onLogEnd },
      limits: { maxRooms, maxFileBytes, maxAllFileBytes },
      show: (brought) => this.#show(brought),
      onReplaced: () => this.#reload(),
    })
  }

  /** As {@link Hub.#show}, for all rooms. One that has less than its readers have seen was forgotten meanwhile. */
  #reload(): void {
    for (const room of [...this.#rooms.values()]) {
      if (this.#durable!.store.open(room.name).newest < room.lastSeq) this.#drop(room.name)
      else room.reload()
    }
    for (const room of [...this.#rooms.values()]) room.notifyFollowers()
  }

  /** All rooms have it before a reader of one is notified, who may ask for another. */
  #show({ messages, forgotten }: Brought): void {
    for (const name of forgotten) this.#drop(name)
    const rooms = [...messages].flatMap(([name, brought]) => {
      const room = this.#rooms.get(name)
      room?.take(brought)
      return room ?? []
    })
    for (const room of rooms) room.notifyFollowers()
  }

  #drop(name: string): void {
    this.#publishedInForgotten += this.#rooms.get(name)?.published ?? 0
    this.#rooms.delete(name)
  }

  /** How this server stands in the log that it shares; null when it shares none. */
  get readiness(): Readiness | null {
    return this.#shared?.readiness ?? null
  }

  /** What is counted of that log; null when there is none. */
  get logCounts(): LogCounts | null {
    return this.#shared?.counts ?? null
  }

  /**
   * Appends a change of records to the shared log.
   *
   * @returns what has become of it, when it has come back and is kept here
   * @throws ChatError `not-stored` by the promise
   */
  change(change: OfRecords): Promise<Outcome> {
    if (!this.#shared) throw new TypeError('this hub shares no log')
    return this.#shared.submit(change)
  }

  /** Resolves when this server has all that the shared log has now; at once when it shares none. */
  caughtUp(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#shared) this.#shared.whenCaughtUp(resolve)
      else resolve()
    })
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
    if (isTransient(name)) return this.#transientRoom(name)
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

  #transientRoom(name: string): Room {
    const { maxTransientRooms, now, after } = this.#options
    const known = this.#transient.get(name)
    if (known) {
      known.usedAt = now()
      return known.room
    }
    if (this.#transient.size >= maxTransientRooms) {
      throw new ChatError(
        'too-many-rooms',
        `there are already ${maxTransientRooms} rooms in use that are not kept`,
      )
    }
    const admitFile = (added: number, inRoom: number) => this.#admitTransientFile(added, inRoom)
    const room = new Room(name, randomEpoch(), { ...this.#options, ...TRANSIENT, admitFile })
    this.#transient.set(name, { room, usedAt: now() })
    this.#callOffLook ??= after(LOOK_MS, () => this.#forgetTransientRooms())
    return room
  }

  /** Of a room with no reader and no recent use, nothing stays. */
  #forgetTransientRooms(): void {
    const { now, after } = this.#options
    for (const one of this.#transient.values()) {
      if (one.room.followers > 0) one.usedAt = now()
      if (now() - one.usedAt >= TRANSIENT_LASTS_MS) this.#dropTransient(one.room)
    }
    this.#callOffLook = this.#transient.size > 0 ? after(LOOK_MS, () => this.#forgetTransientRooms()) : null
  }

  #dropTransient({ name, published }: Room): void {
    this.#publishedInForgotten += published
    this.#transient.delete(name)
  }

  /** The room as it was left, or a new one if there is still a place for it. */
  #open(name: string, durable: DurableLog): Room {
    // Which rooms there may be is for the log to say; its name makes the epoch the same at each server.
    if (durable.shared) return new Room(name, epochOf(this.#shared!.name, name), this.#options, durable)
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

  /**
   * Removes a room and all its messages. It must have no reader any more.
   *
   * @returns when that is done: at once where this server has the room alone
   * @throws ChatError `not-stored` by the promise, when the shared log does not take it
   */
  forget(name: string): Promise<unknown> {
    if (this.#shared) {
      const forgetting = this.#shared.submit({ kind: 'forget', room: name })
      forgetting.catch(() => {}) // a caller that does not wait has chosen not to know
      return forgetting
    }
    this.#durable?.commits?.flush()
    this.#rooms.delete(name)
    this.#durable?.store.forget(name)
    return Promise.resolve()
  }

  #admitFile(added: number, inRoom: number): void {
    const { maxFileBytes, maxAllFileBytes } = this.#options
    if (inRoom + added > maxFileBytes) throw tooLarge(maxFileBytes)
    if (this.#fileBytes() + added > maxAllFileBytes) throw noPlace()
  }

  /** Files of these are in memory, whatever store there is. */
  #admitTransientFile(added: number, inRoom: number): void {
    const { maxFileBytes, maxAllFileBytes } = IN_MEMORY
    if (inRoom + added > maxFileBytes) throw tooLarge(maxFileBytes)
    let sum = added
    for (const { room } of this.#transient.values()) sum += room.fileBytes
    if (sum > maxAllFileBytes) throw noPlace()
  }

  /** Bytes of files in all rooms. */
  #fileBytes(): number {
    if (this.#durable) return this.#durable.store.fileBytes()
    let sum = 0
    for (const room of this.#rooms.values()) sum += room.fileBytes
    return sum
  }

  /**
   * Stores what is still to be stored, and closes the store.
   *
   * @returns when the shared log has what was due, and its engine is closed; at once where there is none
   */
  async close(): Promise<void> {
    this.#callOffLook?.()
    this.#durable?.commits?.flush()
    const closing = this.#shared?.close()
    this.#durable?.store.close()
    await closing
    await this.#options.engine?.close()
  }

  /** Readers that wait to be notified, in all rooms: zero when none is connected. */
  get followers(): number {
    let count = 0
    for (const room of this.#all()) count += room.followers
    return count
  }

  /** Rooms in memory. */
  get roomsInUse(): number {
    return this.#rooms.size + this.#transient.size
  }

  /** Messages that have been published since this hub was made. */
  get published(): number {
    let count = this.#publishedInForgotten
    for (const room of this.#all()) count += room.published
    return count
  }

  *#all(): Generator<Room> {
    yield* this.#rooms.values()
    for (const { room } of this.#transient.values()) yield room
  }

  #forgetUnusedRooms(): void {
    for (const [name, room] of this.#rooms) {
      if (room.isUnused) this.#drop(name)
    }
  }
}

const tooLarge = (most: number): ChatError =>
  new ChatError('too-large', `the files of a room may take ${most} bytes; remove some that are there first`)
const noPlace = (): ChatError =>
  new ChatError('not-stored', 'there is no place for more files; try again later')

/** Ten random characters: no two logs share them, in whatever process or room. */
const randomEpoch = (): string => base36(crypto.getRandomValues(new Uint8Array(10)))
