/** What the gateway gives to a peer that may read a room: the room, and who is in it. */
import type { Lease } from '../../hub/lease.ts'
import type { File } from '../../hub/log.ts'
import { cursorFor, type Position, positionOf } from '../../hub/position.ts'
import type { Presence } from '../../hub/presence.ts'
import type { Follower, Room } from '../../hub/room.ts'
import { reach } from '../../hub/shared/reach.ts'
import type { RoomsOfPerson } from '../../people/membership/access.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Cursor, Page } from '../../wire/message.ts'
import type { PresenceUpdate } from '../../wire/presence.ts'
import type { ReaderOnWire } from '../../wires/view/readers-on-wire.ts'

/**
 * A room, as far as its readers see it. One with a client id counts as present from its first `read` or `follow` on that
 * throws nothing. So a transport does first what can refuse it, and is let in by the one of the two that it needs.
 */
export interface Reader {
  /** Throws what `read` would throw for this cursor, while there still is a status to refuse it with. */
  check(cursor: Cursor | null): void
  /**
   * What comes after `cursor`, a page at most; see {@link Room.read}. A place that only another server of the same log has come to
   * is given back, without messages; see {@link reach}.
   */
  read(cursor: Cursor | null): Page
  /**
   * Waits, for some seconds at most, for a place that only another server of the same log has come to.
   *
   * @param signal ends the wait
   * @returns null when there is nothing to wait for; otherwise the cursor from which to read then, at a reader that is opened again
   */
  reach(cursor: Cursor | null, signal: AbortSignal): Promise<Cursor> | null
  /** Backwards; see {@link Room.readBack}. */
  readBack(cursor: Cursor | null): Page
  /** A file that was posted here, as long as its message is kept. */
  file(id: string): File | null
  /**
   * Follows the room; see {@link Room.follow}.
   *
   * @param onEnd called, at most once, when the reader may not read on: signed out, no member any more, or
   *   silent for too long, if it is counted as present
   */
  follow(cursor: Cursor | null, notify: () => void, onEnd?: (why: ChatError) => void): Place
  /**
   * Takes a sign of life that came on the connection on which the reader follows, and what it says. Does
   * nothing for a reader without a client id, nor for one whose lease another connection has taken.
   */
  onActivity(update: PresenceUpdate): void
}

/** A reader's place in the log; see Follower in lab/hub/room.ts. */
export interface Place {
  next(): Page | null
  stop(): void
}

/** Calls `onEnd` when the peer may read no more. @returns stops watching */
export type WatchAccess = (onEnd: (why: ChatError) => void) => () => void

/** By which a reader counts as present. */
export interface CountedLease {
  readonly presence: Presence
  readonly lease: Lease
  /** Whether the reader was not counted here before. */
  readonly isNew: boolean
}

/**
 * The one reader that there is.
 *
 * Methods, not closures: there is one of these for each connection, and ten thousand of them are held at once.
 */
export class RoomReader implements Reader, ReaderOnWire {
  readonly #room: Room
  readonly #watchAccess: WatchAccess | null
  /** Takes the reader's lease; null for a reader without a client id. */
  readonly #arrive: (() => CountedLease | null) | null
  /** Undefined until the reader has been let in; null for one that is not counted. */
  #counted: CountedLease | null | undefined
  /** Word of the person's own rooms; null for a reader that is no person, or is not counted. */
  readonly #rooms: RoomsOfPerson | null
  /** Hands the lease on; null while this connection does not hold it, and so has no say about it. */
  #handOn: (() => void) | null = null
  /** The newest message that it was given: by the follower, or else by `read`, as the number of one. Null before both. */
  #at: Follower | number | null = null

  /**
   * @param watchAccess null for a peer that has not signed in: it is in no room that it could be turned out of
   * @param arrive called once, when nothing can refuse the reader any more: a request that is refused is not present
   * @param rooms the person's own, of which it is told on its pages too, if it is counted
   */
  constructor(
    room: Room,
    watchAccess: WatchAccess | null,
    arrive: (() => CountedLease | null) | null,
    rooms: RoomsOfPerson | null = null,
  ) {
    this.#room = room
    this.#watchAccess = watchAccess
    this.#arrive = arrive
    this.#rooms = rooms
  }

  check(text: Cursor | null): void {
    this.#room.check(positionOf(text).cursor)
  }

  read(text: Cursor | null): Page {
    const position = positionOf(text)
    const page = this.logPage(position.cursor)
    this.#letIn()
    if (this.#at === null || typeof this.#at === 'number')
      this.#at = page.messages.at(-1)?.seq ?? this.#room.lastSeq
    return this.show(page, this.#asTold(position))
  }

  reach(text: Cursor | null, signal: AbortSignal): Promise<Cursor> | null {
    if (!this.#room.isShared) return null
    const position = positionOf(text)
    const reached = reach(this.#room, position.cursor, signal)
    return reached?.then((cursor) => cursorFor({ ...position, cursor })) ?? null
  }

  readBack(text: Cursor | null): Page {
    return this.#room.readBack(positionOf(text).cursor)
  }

  file(id: string): File | null {
    return this.#room.file(id)
  }

  follow(text: Cursor | null, notify: () => void, onEnd: (why: ChatError) => void = ignore): Place {
    const position = positionOf(text)
    const follower = this.#room.follow(position.cursor, notify)
    this.#at = follower
    const counted = this.#letIn()
    const stopWatching = this.#watchAccess?.(onEnd)
    if (!counted) return stopWatching ? new WatchedPlace(follower, stopWatching) : follower
    const { presence, lease } = counted
    const unsubscribe = presence.subscribe(notify)
    const unsubscribeRooms = this.#rooms?.onChange(notify)
    const handOn = presence.hold(lease, (why) => {
      if (this.#handOn === handOn) this.#handOn = null
      onEnd(why)
    })
    this.#handOn = handOn
    return new CountedPlace(this, this.#asTold(position), follower, () => {
      stopWatching?.()
      unsubscribe()
      unsubscribeRooms?.()
      if (this.#handOn !== handOn) return
      handOn()
      this.#handOn = null
    })
  }

  onActivity(update: PresenceUpdate): void {
    if (!this.#counted || !this.#handOn) return
    const { presence, lease } = this.#counted
    if (!update.leaving) {
      presence.update(lease, update)
      return
    }
    // A connection delivers in order, so no late request can follow this `leaving`: drop the lease at once.
    this.#handOn()
    this.#handOn = null
    presence.end(lease, new ChatError('closed', 'the reader has left'))
  }

  get lag(): number | null {
    if (this.#at === null) return null
    return typeof this.#at === 'number' ? this.#room.messagesAfter(this.#at) : this.#at.lag
  }

  get isFollowing(): boolean {
    return this.#at !== null && typeof this.#at !== 'number' && this.#at.isFollowing
  }

  /** Nothing can refuse this reader any more: it counts as present from here on. */
  #letIn(): CountedLease | null {
    if (this.#counted === undefined) this.#counted = this.#arrive?.() ?? null
    return this.#counted
  }

  /**
   * Each server counts its own readers. A reader that is counted here already, and comes with the version of another server, is told
   * at the next change: else a poll that goes from server to server would be answered at once each time, with nothing new.
   */
  #asTold(position: Position): Position {
    if (!this.#room.isShared || !this.#counted || position.presence === null) return position
    const { presence, isNew } = this.#counted
    if (isNew || presence.gave(position.presence)) return position
    return { ...position, presence: presence.version, rooms: this.#rooms?.version() ?? null }
  }

  /** What comes after a place of the log alone. */
  logPage(cursor: Cursor | null): Page {
    return this.#room.read(cursor)
  }

  /** The log's page as this reader is given it: with who is here, and how its rooms stand, unless it knows that. */
  show(page: Page, told: Position): Page {
    if (!this.#counted) return page
    const shown = this.#counted.presence.page(page, told.presence)
    // A page that is full has no place for who is here, and none for this either.
    const isFull = positionOf(shown.cursor).presence === null
    return this.#rooms && !isFull ? withRooms(shown, told.rooms, this.#rooms.version()) : shown
  }

  /** Whether the reader was told of all that there is beside the log. */
  isTold({ presence, rooms }: Position): boolean {
    if (this.#counted && presence !== this.#counted.presence.version) return false
    return !this.#counted || !this.#rooms || rooms === this.#rooms.version()
  }
}

/** A place of a peer that has signed in, and may be signed out. */
class WatchedPlace implements Place {
  readonly #follower: Place
  readonly #stopWatching: () => void

  constructor(follower: Place, stopWatching: () => void) {
    this.#follower = follower
    this.#stopWatching = stopWatching
  }

  next(): Page | null {
    return this.#follower.next()
  }

  stop(): void {
    this.#follower.stop()
    this.#stopWatching()
  }
}

/** A place in the log, and beside it in the versions of who is here and of the reader's own rooms. */
class CountedPlace implements Place {
  readonly #reader: RoomReader
  readonly #follower: Place
  readonly #release: () => void
  #position: Position

  constructor(reader: RoomReader, position: Position, follower: Place, release: () => void) {
    this.#reader = reader
    this.#follower = follower
    this.#release = release
    this.#position = position
  }

  /**
   * The newest state goes with the next page of the log that has a place for it; or else by itself, on a page
   * without messages. What the reader knows by then, the page's own cursor says.
   */
  next(): Page | null {
    const reader = this.#reader
    const before = this.#position
    const page = this.#follower.next() ?? (reader.isTold(before) ? null : reader.logPage(before.cursor))
    if (!page) return null
    const shown = reader.show(page, before)
    this.#position = positionOf(shown.cursor)
    return shown
  }

  stop(): void {
    this.#follower.stop()
    this.#release()
  }
}

/** Pages that say how rooms stand, by the page without: by version, and by whether the reader knows it. */
const pagesWithRooms = new WeakMap<Page, Map<string, Page>>()

/**
 * A person with as many changes as another gets the identical page, and most people have had none since the server
 * was started: so it is encoded once for all of those (docs/decisions/009-made-beforehand.md).
 */
function withRooms(page: Page, told: number | null, version: number): Page {
  const isTold = told === version
  const key = `${version} ${isTold}`
  const pages = pagesWithRooms.get(page) ?? new Map<string, Page>()
  pagesWithRooms.set(page, pages)
  const known = pages.get(key)
  if (known) return known
  const cursor = cursorFor({
    ...positionOf(page.cursor),
    cursor: positionOf(page.cursor).cursor!,
    rooms: version,
  })
  const made = { ...page, cursor, ...(!isTold && { rooms: version }) }
  pages.set(key, made)
  return made
}

const ignore = () => {}
