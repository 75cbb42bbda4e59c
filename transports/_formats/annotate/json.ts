/** JSON of the chat: which of its bytes are what a user wrote. The rest is still payload, and says what it is about. */
import { type Annotation, latin1, note, plural, textOf } from './annotation.ts'

/** A field whose value is a text of a message, in compact JSON. In a text, quotation marks are escaped. */
const TEXT = /"text":"((?:[^"\\]|\\.)*)"/g
/** Longest value that is shown in a tree. */
const MAX_SHOWN = 400

/**
 * @param bytes decoded, without framing
 * @param place where in the stretch each of them stands
 */
export function annotateJson(
  bytes: Uint8Array,
  from: number,
  to: number,
  place: (index: number) => number,
  name = 'content',
): Annotation {
  const text = latin1(bytes, from, to)
  const children = [...text.matchAll(TEXT)].map(({ index, 0: field, 1: value = '' }) => {
    const end = from + index + field.length - 1
    const start = end - value.length
    return note(
      'what was written',
      place(start),
      place(end - 1) + 1,
      cut(textOf(bytes, start, end)),
      plural(value.length, 'byte'),
      {
        role: 'payload',
      },
    )
  })
  const written = children.filter(({ from, to }) => to > from)
  const meaning = `${plural(to - from, 'byte')} of JSON${kindOf(text)}`
  return note(
    name,
    place(from),
    to > from ? place(to - 1) + 1 : place(from),
    cut(textOf(bytes, from, to)),
    meaning,
    {
      role: 'payload',
      children: written,
    },
  )
}

function kindOf(text: string): string {
  if (text.startsWith('{"messages":[]')) return ': a page without a message'
  if (text.startsWith('{"messages":')) return ': a page of messages, and the cursor after them'
  const [, type] = /^\{"type":"([a-z]+)"/.exec(text) ?? []
  return type === undefined ? '' : `: a frame of type “${type}”`
}

export const cut = (text: string): string => (text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text)
