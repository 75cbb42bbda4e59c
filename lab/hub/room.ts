/**
 * A room: an append-only log, and followers that are notified when it has grown (the bell of
 * docs/decisions/001-log-with-a-bell.md).
 *
 * A room keeps no queue for any reader. A reader is a place in the log, so a slow
 * one costs nothing but the distance it has fallen behind, and every transport is
 * the same small program: read what is new, or wait to be notified and read again.
 *
 * The recent end of the log is in memory. With a store, all of it is kept there too (lab/store), and
 * what is said in a turn of the event loop can be seen only when it has been stored, at the turn's end.
 */
import type { Append, Store } from '../store/store.ts'
import { ChatError } from '../wire/errors.ts'
import {
  type ChatMessage,
  type Cursor,
  draftKey,
  type Note,
  type Page,
  type SignedDraft,
} from '../wire/message.ts'
import type { CommitParticipant, GroupCommit } from './group-commit.ts'
import { type File, Log, type LogOptions } from './log.ts'
import { checkNote, isSameDraft } from './notes.ts'
import { publishTo } from './shared/publish-to.ts'
import type { SharedLog } from './shared/shared-log.ts'

/**
 * What a room has in memory is `maxMessages` and `maxLength`. Without a store that is all there is,
 * and also the window in which a repeated draft is recognised.
 */
export interface RoomOptions extends LogOptions {
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Runs `notify` soon, once. The default waits for the end of the event loop's turn; see {@link Room.publish}. */
  readonly defer: (notify: () => void) => void
  /** Whether a room with files of `inRoom` bytes may have `added` more. @throws ChatError when not */
  readonly admitFile: (added: number, inRoom: number) => void
}

/** Where a room keeps its log: this server alone, or as one of several that share a log. */
export type DurableLog = { readonly store: Store } & (
  | { readonly commits: GroupCommit; readonly shared: null }
  | { readonly commits: null; readonly shared: Pick<SharedLog, 'submit' | 'whenCaughtUp'> }
)

export class Room {
  readonly name: string
  /** Tells this log from every other that had or will have this name, and from all other rooms. */
  readonly epoch: string
  readonly #options: RoomOptions
  readonly #durable: DurableLog | null
  #log: Log
  readonly #followers = new Set<Follower>()
  /** Pages already made, by where they start; valid until the log changes. See {@link Room.pageAfter}. */
  readonly #pages = new Map<number, Page>()
  /** Published and not yet committed, by draft, in order: these have no number and no reader. Empty without a store. */
  readonly #pending = new Map<string, Pending>()
  readonly #participant: CommitParticipant
  /** The newest number that was there before this room was opened. */
  readonly #openedAt: number
  #isNotifyDue = false

  /**
   * @param epoch 1 to 32 of a-z and 0-9
   * @param durable where the log is kept, and what was kept before is found again; null to keep nothing
   */
  constructor(name: string, epoch: string, options: RoomOptions, durable: DurableLog | null = null) {
    this.name = name
    this.epoch = epoch
    this.#options = options
    this.#durable = durable
    this.#log = new Log(name, options, durable?.store ?? null)
    this.#openedAt = this.#log.newest
    this.#participant = {
      pending: () => this.#numberPending(),
      commit: () => this.#commitPending(),
      rollback: (why) => this.#rollBackPending(why),
    }
  }

  /**
   * Appends a draft to the log. Publishing the same draft again gives the same message.
   *
   * The promise settles after the commit: the message has its number from then on, can be read, and may be
   * acknowledged. Without a store the log in memory is all there is to commit to, so that is at once. With one,
   * it is at the end of the event loop's turn, for all that the turn has brought.
   *
   * Followers are notified once per turn of the event loop, not once per message: what was
   * published in one turn reaches each reader as one page, and so in one write.
   *
   * A message that removes another also takes that one's text out of the log: a later reader does not
   * get it, and a reader that has it is told.
   *
   * Where several servers share the log, the promise settles when the draft has come back from it: the number is the log's
   * to give, and so is every refusal but that of a draft that this server knows.
   *
   * It never throws; a promise that no caller waits for may be rejected without harm.
   *
   * @param bytes of the file that the draft announces
   * @throws ChatError by the promise: `draft-conflict` when the author used this draftId for another text;
   *   `not-found` when the draft edits or removes a message that is not there; `too-large` when there is no
   *   place for the file; `not-stored` when the store fails: then it is as if it had never been published
   */
  publish(draft: SignedDraft, bytes?: Uint8Array): Promise<ChatMessage> {
    try {
      return this.#accept(draft, bytes)
    } catch (error) {
      return refusal(error as Error)
    }
  }

  /** @throws ChatError as {@link Room.publish} does by its promise, but for `not-stored` */
  #accept(draft: SignedDraft, bytes?: Uint8Array): Promise<ChatMessage> {
    const key = draftKey(draft)
    const pending = this.#pending.get(key)
    const known = pending?.unnumbered ?? this.#log.find(draft, key)
    if (known) {
      if (isSameDraft(known, draft.text, draft.note))
        return pending?.committed ?? Promise.resolve(known as ChatMessage)
      throw new ChatError('draft-conflict', 'this draftId was already used for another text')
    }

    // Nothing but the log may decide about it: this server may not have come to its end.
    if (this.#durable?.shared)
      return publishTo(this.#durable.shared, { room: this.name, draft, at: this.#options.now() }, bytes)
    const { draftId, author, text, authorId, note } = draft
    if (note) checkNote(note, this.about(note), this.#pendingNotes())
    if (bytes) this.#options.admitFile(bytes.length, this.fileBytes)
    const unnumbered: Unnumbered = {
      ...{ publishedAt: this.#options.now(), draftId, author, text },
      ...(authorId !== undefined && { authorId }),
      ...(note && { note }),
    }
    if (this.#durable) {
      const one = new Pending(unnumbered, bytes)
      this.#pending.set(key, one)
      this.#durable.commits.add(this.#participant)
      return one.committed
    }
    const message = numbered(unnumbered, this.lastSeq + 1)
    this.#append(message, key, bytes)
    if (!this.#isNotifyDue) {
      this.#isNotifyDue = true
      this.#options.defer(() => this.notifyFollowers())
    }
    return Promise.resolve(message)
  }

  /** For the shared log alone: what it has brought to this room. It is in the store by now, and followers are still to be notified. */
  take(messages: readonly ChatMessage[]): void {
    for (const message of messages) if (message.seq > this.lastSeq) this.#append(message, draftKey(message))
  }

  /** For the shared log alone: all that is kept of this room is another server's by now. Readers go on at their places. */
  reload(): void {
    this.#log = new Log(this.name, this.#options, this.#durable?.store ?? null)
    this.#pages.clear()
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
    // What lies between this server's end and a place ahead of it would be missing from the page, and not be seen to be.
    const isHere = place !== NOWHERE && place <= this.lastSeq
    const last = isHere ? place : this.lastSeq
    const messages = this.#log.pageUpTo(last)
    const first = last - messages.length + 1
    const { oldest } = this.#log
    const gap = !isHere || place + 1 < oldest
    return { messages, cursor: this.cursorAt(first - 1), gap, more: first > oldest }
  }

  /**
   * Starts following the log from `cursor`; `notify` is called whenever it has grown.
   *
   * The follower is subscribed before its first read, so a message is either in what is
   * read or notifies: it cannot slip in between.
   */
  follow(cursor: Cursor | null, notify: () => void): Follower {
    const place = this.#placeOf(cursor)
    const follower = new Follower(this, place, notify)
    this.#followers.add(follower)
    if (place > this.lastSeq)
      follower.stopWaiting = this.#durable!.shared!.whenCaughtUp(() => follower.giveUp())
    return follower
  }

  /** Whether this is a place that another server of the same log may have come to, and this one has not. @throws ChatError `bad-cursor` */
  isAhead(cursor: Cursor): boolean {
    return this.#placeOf(cursor) > this.lastSeq
  }

  /** Notifies this follower no more; see {@link Follower.stop}. */
  unsubscribe(follower: Follower): void {
    this.#followers.delete(follower)
  }

  /** Whether this follower is notified. */
  isFollowedBy(follower: Follower): boolean {
    return this.#followers.has(follower)
  }

  /** How many messages of the log a reader at `place` has yet to be given. */
  messagesAfter(place: number): number {
    const oldest = place < 0 ? this.#log.inMemory : this.#log.oldest
    return Math.max(0, this.lastSeq - Math.max(place, oldest - 1))
  }

  /** The number of the newest message; 0 before the first. */
  get lastSeq(): number {
    return this.#log.newest
  }

  /** Messages that have come into the log since the room was opened. */
  get published(): number {
    return this.lastSeq - this.#openedAt
  }

  /** Whether other servers have this room too. */
  get isShared(): boolean {
    return this.#durable !== null && this.#durable.shared !== null
  }

  /** Readers that wait to be notified. */
  get followers(): number {
    return this.#followers.size
  }

  /** Whether forgetting this room would lose nothing: it is empty, or it is kept elsewhere. */
  get isUnused(): boolean {
    const isKept = this.#durable !== null || this.lastSeq === 0
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
    for (const { bytes } of this.#pending.values()) pending += bytes?.length ?? 0
    return this.#log.fileBytes + pending
  }

  #append(message: ChatMessage, key: string, bytes?: Uint8Array): void {
    this.#log.push(message, key, bytes)
    this.#pages.clear()
  }

  *#pendingNotes(): Generator<Note> {
    for (const { unnumbered } of this.#pending.values()) if (unnumbered.note) yield unnumbered.note
  }

  /** What the store is to append: here, and nowhere earlier, the messages get their numbers. */
  #numberPending(): Append {
    const files = new Map<string, Uint8Array>()
    const messages: ChatMessage[] = []
    for (const one of this.#pending.values()) {
      const { unnumbered, bytes } = one
      one.message = numbered(unnumbered, this.lastSeq + messages.length + 1)
      messages.push(one.message)
      if (bytes && unnumbered.note?.kind === 'file') files.set(unnumbered.note.file.id, bytes)
    }
    return { room: this.name, messages, files }
  }

  #commitPending(): void {
    const committed = this.#takePending()
    for (const [key, { message }] of committed) if (message) this.#append(message, key)
    this.notifyFollowers()
    for (const [, one] of committed) one.settle(one.message!)
  }

  #rollBackPending(why: ChatError): void {
    for (const [, one] of this.#takePending()) one.refuse(why)
  }

  #takePending(): [string, Pending][] {
    const taken = [...this.#pending]
    this.#pending.clear()
    return taken
  }

  /** Calls every follower: the log has grown. */
  notifyFollowers(): void {
    this.#isNotifyDue = false
    // A set is walked to its end even while it grows: a reader that subscribes again when it is
    // notified (a long poll that asks again) must not be notified twice in one round, or it never ends.
    let left = this.#followers.size
    for (const follower of this.#followers) {
      if (left-- === 0) break
      follower.notify()
    }
  }

  /**
   * The page after `place`. All readers at one place are given the identical object, so that a
   * transport can encode it once for all of them (see lab/server/transport-kit/encode.ts).
   */
  pageAfter(place: number): Page {
    const known = this.#pages.get(place)
    if (known) return known
    if (place > this.lastSeq) return { messages: [], cursor: this.cursorAt(place), gap: false, more: false }

    // A reader whose place is within memory, or not in this log at all, needs no look into the store.
    const { inMemory } = this.#log
    const isOld = place >= 0 && place + 1 < inMemory
    const oldest = isOld ? this.#log.oldest : inMemory
    const from = Math.max(place + 1, oldest)
    const messages = this.#log.pageFrom(from)
    const last = from + messages.length - 1
    const gap = place === NOWHERE || (place !== BEGINNING && place + 1 < oldest)
    const page = { messages, cursor: this.cursorAt(last), gap, more: last < this.lastSeq }
    this.#pages.set(place, page)
    if (this.#pages.size > MAX_KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!)
    return page
  }

  /** The place behind the message of this number. */
  cursorAt(seq: number): Cursor {
    return `${this.epoch}:${seq}` as Cursor
  }

  /**
   * The sequence number after which a reader with this cursor goes on. A cursor of another epoch,
   * or one ahead of the log, is a place that this log never had. But ahead of this server may be a place that another one, which
   * shares the log, has come to: then it is given as it is. Which version of who is here a reader knows
   * stands beside it (position.ts), and is no part of it.
   */
  #placeOf(cursor: Cursor | null): number {
    if (cursor === null) return BEGINNING
    const match = /^([a-z0-9]{1,32}):(0|[1-9][0-9]{0,14})$/.exec(cursor)
    if (!match) throw new ChatError('bad-cursor', 'this is not a cursor; leave it out to read from the start')
    const seq = Number(match[2])
    const isPossible = seq <= this.lastSeq || this.isShared
    return match[1] === this.epoch && isPossible ? seq : NOWHERE
  }
}

/** A message as it is before its commit. */
type Unnumbered = Omit<ChatMessage, 'seq'>

/** `seq` first: that is the order of the fields on the wire, and in what has been stored. */
const numbered = (unnumbered: Unnumbered, seq: number): ChatMessage => ({ seq, ...unnumbered })

/** What was published and waits for the commit. */
class Pending {
  readonly unnumbered: Unnumbered
  /** Of the file that it announces. */
  readonly bytes: Uint8Array | undefined
  readonly committed: Promise<ChatMessage>
  /** Null until the commit has begun. */
  message: ChatMessage | null = null
  settle: (message: ChatMessage) => void = () => {}
  #reject: (why: ChatError) => void = () => {}

  constructor(unnumbered: Unnumbered, bytes: Uint8Array | undefined) {
    this.unnumbered = unnumbered
    this.bytes = bytes
    this.committed = new Promise((resolve, reject) => {
      this.settle = resolve
      this.#reject = reject
    })
  }

  refuse(why: ChatError): void {
    this.committed.catch(() => {}) // a caller that does not wait has chosen not to know
    this.#reject(why)
  }
}

/** A rejected promise that may be left alone: Node ends the process for a rejection that no code handles. */
function refusal(error: Error): Promise<never> {
  const refused = Promise.reject(error)
  refused.catch(() => {})
  return refused
}

/** A reader at its place in the log, subscribed to the room. */
export class Follower {
  /** Called when the log has grown. */
  readonly notify: () => void
  readonly #room: Room
  #place: number
  /** Calls off what is due if this server comes to the end of the log before it comes to this place. */
  stopWaiting = () => {}

  /** Made by {@link Room.follow}. */
  constructor(room: Room, place: number, notify: () => void) {
    this.#room = room
    this.#place = place
    this.notify = notify
  }

  /** What is new since the last call, a page at a time; null when caught up, and then `notify` will be called. */
  next(): Page | null {
    if (this.#place >= this.#room.lastSeq) return null
    const page = this.#room.pageAfter(this.#place)
    this.#place = page.messages.at(-1)?.seq ?? this.#room.lastSeq
    return page
  }

  /** How many messages of the log {@link next} has not given yet. */
  get lag(): number {
    return this.#room.messagesAfter(this.#place)
  }

  get isFollowing(): boolean {
    return this.#room.isFollowedBy(this)
  }

  /** Whether this place is of no log. */
  get isLost(): boolean {
    return this.#place === NOWHERE
  }

  /** For the room alone: the whole log is here. A place that is still ahead is none, and the reader is told of a gap. */
  giveUp(): void {
    if (this.#place <= this.#room.lastSeq) return
    this.#place = NOWHERE
    this.notify()
  }

  /** Unsubscribes. A follower that is not stopped stays in the room for ever. */
  stop(): void {
    this.stopWaiting()
    this.#room.unsubscribe(this)
  }
}

/**
 * Pages that are kept at once. Readers who are up to date stand at one place or two. Without a bound,
 * a client that asks for the history from each of its places makes us keep all of those pages, and with
 * each what the transports have made of it: seen, 260 MiB for 60 places.
 */
const MAX_KEPT_PAGES = 4

/** The place of a reader who has read nothing and asks for whatever there is. */
const BEGINNING = -1
/** The place of a reader whose cursor is not of this log: it gets `gap` and starts at the oldest. */
const NOWHERE = -2
