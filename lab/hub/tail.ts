/** The recent end of a room's log, in memory: bounded, and with a way to find a draft again. */
import type { ChatMessage, Draft } from '../wire/message.ts'

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
  #length = 0

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** How many messages are remembered. */
  get size(): number {
    return this.#messages.length
  }

  push(message: ChatMessage, key: string): void {
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

  #forgetTheOldest(): void {
    const { maxMessages, maxLength } = this.#options
    while (this.#messages.length > maxMessages || (this.#length > maxLength && this.#messages.length > 1)) {
      const oldest = this.#messages.shift()!
      this.#length -= oldest.text.length
      this.#byDraft.delete(draftKey(oldest))
    }
  }
}

/** What a draft is known by. Names hold no control characters (see codec.ts), so NUL keeps the two apart. */
export const draftKey = ({ author, draftId }: Pick<Draft, 'author' | 'draftId'>) => `${author}\0${draftId}`
