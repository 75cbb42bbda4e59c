/**
 * A room: an append-only log, and a bell that rings when the log has grown.
 *
 * A room keeps no queue for any reader. A reader is a place in the log, so a slow
 * one costs nothing but the distance it has fallen behind, and every transport is
 * the same small program: read what is new, or wait for the bell and read again.
 */
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Draft, Page } from '../wire/message.ts'

export interface RoomOptions {
  /** Most messages that the room remembers. Also the window in which a repeated draft is recognised. */
  readonly maxMessages: number
  /** Most text that the room remembers, in UTF-16 code units; the newest message always stays. */
  readonly maxLength: number
  /** Most messages in one page. */
  readonly pageMessages: number
  /** Most text in one page, in UTF-16 code units; a page holds at least one message. */
  readonly pageLength: number
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
  /** Runs `ring` soon, once. The default waits for the end of the event loop's turn; see {@link Room.publish}. */
  readonly defer: (ring: () => void) => void
}

export class Room {
  readonly name: string
  /** Tells this log from every other that had or will have this name, and from all other rooms. */
  readonly epoch: string
  readonly #options: RoomOptions
  readonly #log: ChatMessage[] = []
  readonly #byDraft = new Map<string, ChatMessage>()
  readonly #followers = new Set<Follower>()
  /** Pages already made, by where they start; valid until the log changes. See {@link Room.pageAfter}. */
  readonly #pages = new Map<number, Page>()
  #lastSeq = 0
  #length = 0
  #bellIsDue = false

  /** @param epoch 1 to 32 of a-z and 0-9 */
  constructor(name: string, epoch: string, options: RoomOptions) {
    this.name = name
    this.epoch = epoch
    this.#options = options
  }

  /**
   * Appends a draft to the log. Publishing the same draft again returns the same message.
   *
   * The bell rings once per turn of the event loop, not once per message: what was
   * published in one turn reaches each reader as one page, and so in one write.
   *
   * @throws ChatError `draft-conflict` when the author used this draftId for another text
   */
  publish(draft: Draft): ChatMessage {
    const key = draftKey(draft)
    const known = this.#byDraft.get(key)
    if (known) {
      if (known.text === draft.text) return known
      throw new ChatError('draft-conflict', 'this draftId was already used for another text')
    }

    const { draftId, author, text } = draft
    const message = { seq: ++this.#lastSeq, publishedAt: this.#options.now(), draftId, author, text }
    this.#log.push(message)
    this.#length += text.length
    this.#byDraft.set(key, message)
    this.#forgetTheOldest()
    this.#pages.clear()

    if (!this.#bellIsDue) {
      this.#bellIsDue = true
      this.#options.defer(() => this.#ring())
    }
    return message
  }

  /** What comes after `cursor`, a page at most; null means from the oldest message kept. */
  read(cursor: Cursor | null): Page {
    return this.pageAfter(this.#placeOf(cursor))
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
    return this.#lastSeq
  }

  /** Readers that are waiting for the bell. */
  get followers(): number {
    return this.#followers.size
  }

  /** Whether forgetting this room would lose nothing. */
  get isUnused(): boolean {
    return this.#lastSeq === 0 && this.#followers.size === 0
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

  #forgetTheOldest(): void {
    const { maxMessages, maxLength } = this.#options
    while (this.#log.length > maxMessages || (this.#length > maxLength && this.#log.length > 1)) {
      const oldest = this.#log.shift()!
      this.#length -= oldest.text.length
      this.#byDraft.delete(draftKey(oldest))
    }
  }

  /**
   * The page after `place`. All readers at one place are given the identical object, so that a
   * transport can encode it once for all of them (see lab/server/encode.ts).
   */
  pageAfter(place: number): Page {
    const known = this.#pages.get(place)
    if (known) return known

    const oldest = this.#lastSeq - this.#log.length
    const from = Math.max(place, oldest)
    const messages = this.#take(from - oldest)
    const last = from + messages.length
    const gap = place === NOWHERE || (place !== BEGINNING && place < oldest)
    const page = { messages, cursor: this.#cursorAt(last), gap, more: last < this.#lastSeq }
    this.#pages.set(place, page)
    if (this.#pages.size > MAX_KEPT_PAGES) this.#pages.delete(this.#pages.keys().next().value!)
    return page
  }

  /** As many messages from `index` on as a page may hold. */
  #take(index: number): readonly ChatMessage[] {
    const { pageMessages, pageLength } = this.#options
    let end = index
    for (let length = 0; end < this.#log.length && end - index < pageMessages; end++) {
      length += this.#log[end]!.text.length
      if (length > pageLength && end > index) break
    }
    return this.#log.slice(index, end)
  }

  #cursorAt(seq: number): Cursor {
    return `${this.epoch}:${seq}` as Cursor
  }

  /**
   * The sequence number after which a reader with this cursor goes on. A cursor of another epoch,
   * or one ahead of the log, is a place that this log never had.
   */
  #placeOf(cursor: Cursor | null): number {
    if (cursor === null) return BEGINNING
    const match = /^([a-z0-9]{1,32}):(0|[1-9][0-9]{0,14})$/.exec(cursor)
    if (!match) throw new ChatError('bad-cursor', 'this is not a cursor; leave it out to read from the start')
    const seq = Number(match[2])
    return match[1] === this.epoch && seq <= this.#lastSeq ? seq : NOWHERE
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

/** Names hold no control characters (see codec.ts), so NUL keeps the two apart. */
const draftKey = ({ author, draftId }: Draft) => `${author}\0${draftId}`
