/**
 * A room: an append-only log, and a bell that rings when the log has grown.
 *
 * A room keeps no queue for any reader. A reader is a place in the log, so a slow
 * one costs nothing but the distance it has fallen behind, and every transport is
 * the same small program: read what is new, or wait for the bell and read again.
 *
 * The recent end of the log is in memory. With a store, all of it is kept there too (lab/log), and
 * what is said in a turn of the event loop can be seen only when it has been stored, at the turn's end.
 */
import type { Store } from '../log/store.ts'
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Note, Page, SignedDraft } from '../wire/message.ts'
import type { GroupCommit, Keeper } from './group-commit.ts'
import { type File, Log, type LogOptions } from './log.ts'
import { checkNote, isSameDraft } from './notes.ts'
import { draftKey } from './tail.ts'

/**
 * What a room has in memory is `maxMessages` and `maxLength`. Without a store that is all there is,
 * and also the window in which a repeated draft is recognised.
 */
export interface RoomOptions extends LogOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Runs `ring` soon, once. The default waits for the end of the event loop's turn; see {@link Room.publish}. */
  readonly defer: (ring: () => void) => void
  /** Whether a room with files of `inRoom` bytes may have `added` more. @throws ChatError when not */
  readonly admitFile: (added: number, inRoom: number) => void
}

/** Where a room keeps its log. */
export interface Shelf {
  readonly store: Store
  readonly commits: GroupCommit
}

export class Room {
  readonly name: string
  /** Tells this log from every other that had or will have this name, and from all other rooms. */
  readonly epoch: string
  readonly #options: RoomOptions
  readonly #shelf: Shelf | null
  readonly #log: Log
  readonly #followers = new Set<Follower>()
  /** Pages already made, by where they start; valid until the log changes. See {@link Room.pageAfter}. */
  readonly #pages = new Map<number, Page>()
  /** Published and not yet stored, by draft, in order: nobody has seen these. Empty without a store. */
  readonly #pending = new Map<string, ChatMessage>()
  /** The bytes of the files that those announce, by the file's id. */
  readonly #pendingFiles = new Map<string, Uint8Array>()
  readonly #keeper: Keeper
  /** The newest number that was there before this room was opened. */
  readonly #openedAt: number
  #bellIsDue = false

  /**
   * @param epoch 1 to 32 of a-z and 0-9
   * @param shelf where the log is kept, and what was kept before is found again; null to keep nothing
   */
  constructor(name: string, epoch: string, options: RoomOptions, shelf: Shelf | null = null) {
    this.name = name
    this.epoch = epoch
    this.#options = options
    this.#shelf = shelf
    this.#log = new Log(name, options, shelf?.store ?? null)
    this.#openedAt = this.#log.newest
    this.#keeper = {
      pending: () => ({ room: name, messages: [...this.#pending.values()], files: this.#pendingFiles }),
      show: () => this.#showPending(),
      takeBack: () => this.#dropPending(),
    }
  }

  /**
   * Appends a draft to the log. Publishing the same draft again returns the same message.
   *
   * The bell rings once per turn of the event loop, not once per message: what was
   * published in one turn reaches each reader as one page, and so in one write.
   *
   * With a store, the message is not in the log yet: ask {@link Room.kept} before you tell anybody.
   *
   * A message that removes another also takes that one's text out of the log: who reads later does not
   * get it, and who has it is told.
   *
   * @param bytes of the file that the draft announces
   * @throws ChatError `draft-conflict` when the author used this draftId for another text; `not-found` when
   *   the draft edits or removes a message that is not there; `too-large` or `not-stored` when there is no
   *   place for the file
   */
  publish(draft: SignedDraft, bytes?: Uint8Array): ChatMessage {
    const key = draftKey(draft)
    const known = this.#pending.get(key) ?? this.#log.find(draft, key)
    if (known) {
      if (isSameDraft(known, draft.text, draft.note)) return known
      throw new ChatError('draft-conflict', 'this draftId was already used for another text')
    }

    const { draftId, author, text, authorId, note } = draft
    if (note) checkNote(note, this.about(note), this.#pending.values())
    if (bytes) this.#options.admitFile(bytes.length, this.fileBytes)
    const seq = this.lastSeq + this.#pending.size + 1
    const message: ChatMessage = {
      ...{ seq, publishedAt: this.#options.now(), draftId, author, text },
      ...(authorId !== undefined && { authorId }),
      ...(note && { note }),
    }
    if (this.#shelf) {
      this.#pending.set(key, message)
      if (bytes && note?.kind === 'file') this.#pendingFiles.set(note.file.id, bytes)
      this.#shelf.commits.add(this.#keeper)
      return message
    }
    this.#show(message, key, bytes)
    if (!this.#bellIsDue) {
      this.#bellIsDue = true
      this.#options.defer(() => this.#ring())
    }
    return message
  }

  /**
   * Whether what {@link Room.publish} returned is in the log, and may be acknowledged. Ask in the same
   * turn. Null: it is, as always without a store. Otherwise wait; all who published in this turn wait together.
   *
   * @throws ChatError `not-stored`, by the promise: then it is as if it had never been published
   */
  kept({ seq }: ChatMessage): Promise<void> | null {
    return this.#shelf && seq > this.lastSeq ? this.#shelf.commits.settled() : null
  }

  /** What comes after `cursor`, a page at most; null means from the oldest message in memory. */
  read(cursor: Cursor | null): Page {
    return this.pageAfter(this.#placeOf(cursor))
  }

  /** Whether {@link Room.read} can be done, for who will do it later. @throws ChatError `bad-cursor`, and what the store throws */
  check(cursor: Cursor | null): void {
    this.read(cursor)
  }

  /**
   * What comes before `cursor`, a page at most, in the usual order; null means the newest page.
   *
   * The page's cursor is the place before it, with which to ask for the one before; `more` tells whether
   * there is one; and `gap`, that the place is not, or no longer, of this log.
   */
  readBack(cursor: Cursor | null): Page {
    const place = cursor === null ? this.lastSeq : this.#placeOf(cursor)
    const last = place === NOWHERE ? this.lastSeq : place
    const messages = this.#log.pageUpTo(last)
    const first = last - messages.length + 1
    const { oldest } = this.#log
    const gap = place === NOWHERE || place + 1 < oldest
    return { messages, cursor: this.#cursorAt(first - 1), gap, more: first > oldest }
  }

  /**
   * Starts following the log from `cursor`; `ring` is called whenever it has grown.
   *
   * The bell is in place before the first read, so a message is either in what is
   * read or rings: it cannot slip in between.
   */
  follow(cursor: Cursor | null, ring: () => void): Follower {
    const follower = new Follower(this, this.#placeOf(cursor), ring)
    this.#followers.add(follower)
    return follower
  }

  /** Takes a follower's bell off; see {@link Follower.stop}. */
  dismiss(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /** The number of the newest message; 0 before the first. */
  get lastSeq(): number {
    return this.#log.newest
  }

  /** Messages that have come into the log since the room was opened. */
  get published(): number {
    return this.lastSeq - this.#openedAt
  }

  /** Readers that are waiting for the bell. */
  get followers(): number {
    return this.#followers.size
  }

  /** Whether forgetting this room would lose nothing: it is empty, or it is kept elsewhere. */
  get isUnused(): boolean {
    const isKept = this.#shelf !== null || this.lastSeq === 0
    return isKept && this.#pending.size === 0 && this.#followers.size === 0
  }

  /** The message that a note is about; null when it is about none, or one that is not kept. */
  about(note: Note): ChatMessage | null {
    return 'seq' in note ? this.#log.at(note.seq) : null
  }

  /** A file that was posted here, as long as its message is kept and has not been removed. */
  file(id: string): File | null {
    return this.#log.file(id)
  }

  /** Bytes of the files that were posted here. */
  get fileBytes(): number {
    let pending = 0
    for (const { length } of this.#pendingFiles.values()) pending += length
    return this.#log.fileBytes + pending
  }

  #show(message: ChatMessage, key: string, bytes?: Uint8Array): void {
    this.#log.push(message, key, bytes)
    this.#pages.clear()
  }

  #showPending(): void {
    for (const [key, message] of this.#pending) this.#show(message, key)
    this.#dropPending()
    this.#ring()
  }

  #dropPending(): void {
    this.#pending.clear()
    this.#pendingFiles.clear()
  }

  #ring(): void {
    this.#bellIsDue = false
    // A set is walked to its end even while it grows: who hangs a new bell on hearing the old one
    // (a long poll that asks again) must not be rung again in the same round, or it never ends.
    let left = this.#followers.size
    for (const follower of this.#followers) {
      if (left-- === 0) break
      follower.ring()
    }
  }

  /**
   * The page after `place`. All readers at one place are given the identical object, so that a
   * transport can encode it once for all of them (see lab/server/encode.ts).
   */
  pageAfter(place: number): Page {
    const known = this.#pages.get(place)
    if (known) return known

    // Nobody has to look into the store for who stands in memory's reach, or has no place in this log.
    const { inMemory } = this.#log
    const isOld = place >= 0 && place + 1 < inMemory
    const oldest = isOld ? this.#log.oldest : inMemory
    const from = Math.max(place + 1, oldest)
    const messages = this.#log.pageFrom(from)
    const last = from + messages.length - 1
    const gap = place === NOWHERE || (place !== BEGINNING && place + 1 < oldest)
    const page = { messages, cursor: this.#cursorAt(last), gap, more: last < this.lastSeq }
    this.#pages.set(place, page)
    if (this.#pages.size > MAX_KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!)
    return page
  }

  #cursorAt(seq: number): Cursor {
    return `${this.epoch}:${seq}` as Cursor
  }

  /**
   * The sequence number after which a reader with this cursor goes on. A cursor of another epoch,
   * or one ahead of the log, is a place that this log never had. What follows a dot says of whom the
   * reader knows that they are here, and how its rooms stand (lab/server/attendance.ts). It is no part of the place.
   */
  #placeOf(cursor: Cursor | null): number {
    if (cursor === null) return BEGINNING
    const match = /^([a-z0-9]{1,32}):(0|[1-9][0-9]{0,14})(?:\.[0-9]{1,15}(?:-[0-9]{1,15})?)?$/.exec(cursor)
    if (!match) throw new ChatError('bad-cursor', 'this is not a cursor; leave it out to read from the start')
    const seq = Number(match[2])
    return match[1] === this.epoch && seq <= this.lastSeq ? seq : NOWHERE
  }
}

/** A reader at its place in the log, with a bell. */
export class Follower {
  /** Called when the log has grown. */
  readonly ring: () => void
  readonly #room: Room
  #place: number

  /** Made by {@link Room.follow}. */
  constructor(room: Room, place: number, ring: () => void) {
    this.#room = room
    this.#place = place
    this.ring = ring
  }

  /** What is new since the last call, a page at a time; null when caught up, and then the bell will ring. */
  next(): Page | null {
    if (this.#place === this.#room.lastSeq) return null
    const page = this.#room.pageAfter(this.#place)
    this.#place = page.messages.at(-1)?.seq ?? this.#room.lastSeq
    return page
  }

  /** Takes the bell off. A follower that is not stopped stays in the room for ever. */
  stop(): void {
    this.#room.dismiss(this)
  }
}

/**
 * Pages that are kept at once. Readers who are up to date stand at one place or two. Without a bound,
 * somebody who asks for the history from each of its places makes us keep all of those pages, and with
 * each what the transports have made of it: seen, 260 MiB for 60 places.
 */
const MAX_KEPT_PAGES = 4

/** The place of a reader who has read nothing and asks for whatever there is. */
const BEGINNING = -1
/** The place of a reader whose cursor is not of this log: it gets `gap` and starts at the oldest. */
const NOWHERE = -2
