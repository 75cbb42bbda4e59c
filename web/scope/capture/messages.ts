/** Which messages of the chat stand in some bytes: the id of its draft is the same on every transport, both ways. */

export interface FoundMessages {
  readonly ids: readonly string[]
  /** What the first says, cut to {@link MAX_TEXT} code units. */
  readonly text: string
  /** A page without a message. */
  readonly isEmpty: boolean
}

/** Long enough to know a message again. */
const MAX_TEXT = 60

/**
 * By pattern and not by parsing, since it also has to work on a part of a page, as in a frame of HTTP/2. Within a
 * text, JSON escapes the quotation marks, so what a user writes cannot look like a field.
 */
const ID = /"draftId":"((?:[^"\\]|\\.)*)"/g
const TEXT = /"text":"((?:[^"\\]|\\.)*)"/

export function messagesIn(text: string): FoundMessages {
  const ids = new Set<string>()
  for (const [, id] of text.matchAll(ID)) ids.add(id!)
  if (ids.size === 0) return { ids: [], text: '', isEmpty: text.includes('"messages":[]') }
  return { ids: [...ids], text: unescaped(TEXT.exec(text)?.[1] ?? ''), isEmpty: false }
}

function unescaped(inner: string): string {
  try {
    return (JSON.parse(`"${inner}"`) as string).slice(0, MAX_TEXT)
  } catch {
    return ''
  }
}
