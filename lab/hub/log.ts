/**
 * The log of a room as its readers see it: the recent end in memory, and with a store all that is kept.
 *
 * What is asked for is given a page at a time, and a page is bounded in messages and in bytes.
 */
import type { Store } from '../store/store.ts'
import { type ChatMessage, type Draft, draftKey, type FileRef } from '../wire/message.ts'
import { fillPage } from './page-size.ts'
import { Tail, type TailOptions } from './tail.ts'

export interface LogOptions extends TailOptions {
  /** Most messages in one page. */
  readonly pageMessages: number
  /** Most bytes of the messages of one page, as JSON in UTF-8; a page holds at least one message. */
  readonly pageBytes: number
}

/** A file that was posted to a room. */
export interface File extends FileRef {
  readonly bytes: Uint8Array
}

export class Log {
  readonly #room: string
  readonly #options: LogOptions
  readonly #store: Store | null
  readonly #tail: Tail
  #newest = 0

  /** @param store where the room is kept, and what was kept before is found again; null for none */
  constructor(room: string, options: LogOptions, store: Store | null) {
    this.#room = room
    this.#options = options
    this.#store = store
    this.#tail = new Tail(options)
    if (store) for (const message of recent(store, room, options)) this.push(message, draftKey(message))
  }

  /** The number of the newest message; 0 before the first. */
  get newest(): number {
    return this.#newest
  }

  /** The number of the oldest message in memory; when there is none, of the next one. */
  get inMemory(): number {
    return this.#newest - this.#tail.size + 1
  }

  /** The number of the oldest message that can be had at all. With a store, that is a question to it. */
  get oldest(): number {
    return this.#store ? this.#store.oldest(this.#room) : this.inMemory
  }

  /**
   * A message that removes another takes that one's text out of memory; the store has done the same by then.
   *
   * @param key of its draft
   * @param bytes of the file that it announces
   */
  push(message: ChatMessage, key: string, bytes?: Uint8Array): void {
    this.#newest = message.seq
    this.#tail.push(message, key, this.#store ? undefined : bytes)
    if (message.note?.kind === 'removed') this.#tail.erase(message.note.seq)
  }

  /** The message of that number, as long as that is kept. */
  at(seq: number): ChatMessage | null {
    return seq >= this.oldest && seq <= this.#newest ? (this.#messages(seq, 1)[0] ?? null) : null
  }

  /** A file, as long as its message is kept, which says what it is. */
  file(id: string): File | null {
    const found = this.#store ? this.#store.file(this.#room, id) : this.#tail.file(id)
    const note = found && this.at(found.seq)?.note
    return found && note?.kind === 'file' ? { ...note.file, bytes: found.bytes } : null
  }

  /** Bytes of all files of this room. */
  get fileBytes(): number {
    return this.#store ? this.#store.fileBytes(this.#room) : this.#tail.fileBytes
  }

  /** The message that a draft has become, as long as that is kept. */
  find(draft: Draft, key: string): ChatMessage | null {
    const near = this.#tail.find(key)
    if (near) return near
    // The store is asked only if it knows of more than we do.
    return this.#store && this.inMemory > 1 ? this.#store.find(this.#room, draft) : null
  }

  /** As many messages from `first` on as a page may hold. */
  pageFrom(first: number): readonly ChatMessage[] {
    const { pageMessages, pageBytes } = this.#options
    const page = fillPage(pageBytes)
    for (let seq = first; seq <= this.#newest && page.messages.length < pageMessages; seq += CHUNK) {
      for (const message of this.#messages(seq, Math.min(CHUNK, pageMessages - page.messages.length))) {
        if (!page.add(message)) return page.messages
      }
    }
    return page.messages
  }

  /** As many messages up to `last` as a page may hold, the newest of them, in the usual order. */
  pageUpTo(last: number): readonly ChatMessage[] {
    const { pageMessages, pageBytes } = this.#options
    const { oldest } = this
    const page = fillPage(pageBytes)
    for (let seq = last; seq >= oldest && page.messages.length < pageMessages; seq -= CHUNK) {
      const from = Math.max(oldest, seq - Math.min(CHUNK, pageMessages - page.messages.length) + 1)
      for (const message of this.#messages(from, seq - from + 1).toReversed()) {
        if (!page.add(message)) return page.messages.reverse()
      }
    }
    return page.messages.reverse()
  }

  /** The messages `from`, `from + 1`, …, at most `count`: from memory, or else from the store. */
  #messages(from: number, count: number): readonly ChatMessage[] {
    const index = from - this.inMemory
    if (index >= 0) return this.#tail.slice(index, count)
    return this.#store ? this.#store.read(this.#room, from, count) : []
  }
}

/** Messages are taken out of the log so many at a time: a page of long ones is full after a few. */
const CHUNK = 16

/** The end of a kept log, as much as a room has in memory. */
function recent(store: Store, room: string, { maxMessages, maxLength }: TailOptions): ChatMessage[] {
  const { oldest, newest } = store.open(room)
  const messages: ChatMessage[] = []
  let length = 0
  for (let last = newest; last >= oldest && messages.length < maxMessages && length < maxLength; ) {
    const from = Math.max(oldest, last - CHUNK + 1)
    const chunk = store.read(room, from, last - from + 1)
    messages.unshift(...chunk)
    for (const { text } of chunk) length += text.length
    last = from - 1
  }
  return messages
}
