/** Messages as a person sees them on a terminal. */
import type { ChatMessage } from '../../lab/wire/message.ts'

/**
 * Control and format characters, line and paragraph separators, halves of characters. To a terminal these are orders
 * (ECMA-48), or look like another writer's line: what people write must not come to one as it is.
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** The same text as one line that can do nothing to a terminal. */
export const visible = (text: string): string =>
  text.replace(UNSEEN, (one) => SHORT[one] ?? `\\u${one.codePointAt(0)!.toString(16).padStart(4, '0')}`)

/** A message as one line, without its line feed: time, author, and what was said or done. */
export function asText({ seq, publishedAt, author, text, note }: ChatMessage): string {
  const time = new Date(publishedAt).toISOString().slice(11, 16)
  const said = visible(text)
  switch (note?.kind) {
    case 'edited':
      return `${time} ${visible(author)} changed message ${note.seq}: ${said}`
    case 'removed':
      return `${time} ${visible(author)} removed message ${note.seq}`
    case 'file':
      return `${time} ${visible(author)} posted the file ${visible(note.file.name)} (${note.file.size} bytes)`
    case 'joined':
    case 'left':
      return `${time} ${visible(note.person)} has ${note.kind}`
    default:
      return said === '' ? `${time} message ${seq} was removed` : `${time} ${visible(author)}: ${said}`
  }
}
