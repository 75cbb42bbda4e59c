/** The recent end of a room's log, in memory: bounded, and with a way to find a draft again. */
import type { KeptFile } from '../store/store.ts'
import { type ChatMessage, draftKey, erased, goesWith } from '../wire/message.ts'

export interface TailOptions {
  /** Most messages that are remembered. */
  readonly maxMessages: number
  /** Most text that is remembered, in UTF-16 code units; the newest message always stays. */
  readonly maxLength: number
}

export class Tail {
  readonly #options: TailOptions
  readonly #messages: ChatMessage[] = []
  readonly #byDraft = new Map<string, ChatMessage>()
  /** By the file's id; empty where files are kept in a store. They go with their messages. */
  readonly #files = new Map<string, KeptFile>()
  #length = 0

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** How many messages are remembered. */
  get size(): number {
    return this.#messages.length
  }

  /**
   * @param key see {@link draftKey}
   * @param bytes of the file that the message announces, when they are to be remembered here
   */
  push(message: ChatMessage, key: string, bytes?: Uint8Array): void {
    if (bytes && message.note?.kind === 'file')
      this.#files.set(message.note.file.id, { seq: message.seq, bytes })
    this.#messages.push(message)
    this.#length += message.text.length
    this.#byDraft.set(key, message)
    this.#forgetTheOldest()
  }

  /** @param key see {@link draftKey} */
  find(key: string): ChatMessage | undefined {
    return this.#byDraft.get(key)
  }

  /** The messages from `index` on, up to `count` of them; 0 is the oldest that is remembered. */
  slice(index: number, count: number): readonly ChatMessage[] {
    return this.#messages.slice(index, index + count)
  }

  /** A file; undefined when it is not here. */
  file(id: string): KeptFile | undefined {
    return this.#files.get(id)
  }

  /** Bytes of all files that are here. */
  get fileBytes(): number {
    let sum = 0
    for (const { bytes } of this.#files.values()) sum += bytes.length
    return sum
  }

  /**
   * Takes what was said in message `seq`, and in its edits, out of memory. It looks at each message, and
   * puts others in their places: a page that is being sent to a reader stays as it was made.
   */
  erase(seq: number): void {
    for (const [index, message] of this.#messages.entries()) {
      if (!goesWith(seq, message)) continue
      const left = erased(message)
      this.#length -= message.text.length
      this.#forgetFile(message)
      this.#messages[index] = left
      this.#byDraft.set(draftKey(left), left)
    }
  }

  #forgetFile({ note }: ChatMessage): void {
    if (note?.kind === 'file') this.#files.delete(note.file.id)
  }

  #forgetTheOldest(): void {
    const { maxMessages, maxLength } = this.#options
    while (this.#messages.length > maxMessages || (this.#length > maxLength && this.#messages.length > 1)) {
      const oldest = this.#messages.shift()!
      this.#length -= oldest.text.length
      this.#byDraft.delete(draftKey(oldest))
      this.#forgetFile(oldest)
    }
  }
}
