/**
 * How large a page is as it is sent: bytes of JSON in UTF-8, and not characters.
 *
 * The difference matters: `茶` is one code unit and three bytes, and a control character is one and six
 * (`\u0001`). Clients stop at round numbers of bytes, so a page has to be bounded in the same unit.
 */
import type { ChatMessage } from '../wire/message.ts'

/** Gathers the messages of one page until it is full. */
export interface PageFill {
  readonly messages: ChatMessage[]
  /** False, and nothing is added, when the page would be too large. The first message always fits. */
  add(message: ChatMessage): boolean
}

/** @param limit bytes of all messages together, as JSON in UTF-8 */
export function fillPage(limit: number): PageFill {
  const messages: ChatMessage[] = []
  let atMost = 0
  /** Null for as long as the estimate is good enough. */
  let counted: number | null = null
  return {
    messages,
    add(message) {
      atMost += mostBytesOf(message)
      if (atMost > limit && messages.length > 0) {
        counted ??= messages.reduce((sum, one) => sum + bytesOf(one), 0)
        counted += bytesOf(message)
        if (counted > limit) return false
      }
      messages.push(message)
      return true
    },
  }
}

/** Whether a page of this one message is full already. */
export const isFull = (message: ChatMessage, limit: number): boolean =>
  mostBytesOf(message) > limit && bytesOf(message) > limit

/** Most bytes that JSON makes of a UTF-16 code unit: an escape, as in `\u0001`. */
const BYTES_PER_UNIT = 6
/** The names of the fields, two numbers and an id, and what is around them: some 150 bytes. */
const AROUND = 200

/** Never too small, and costs nothing: a page of a few ordinary messages is known to fit without counting. */
function mostBytesOf({ text, author, draftId, note }: ChatMessage): number {
  const units = text.length + author.length + draftId.length + (note ? JSON.stringify(note).length : 0)
  return AROUND + BYTES_PER_UNIT * units
}

/** Each message is counted once, however many pages it is on. */
const sizes = new WeakMap<ChatMessage, number>()

function bytesOf(message: ChatMessage): number {
  let size = sizes.get(message)
  if (size === undefined) {
    size = Buffer.byteLength(JSON.stringify(message)) + 1 // and a comma
    sizes.set(message, size)
  }
  return size
}
