/** A block of a streamed body, taken apart: the fields of an event (WHATWG HTML §9.2.6), or a line of JSON. */
import { type Annotation, latin1, note, plural, textOf, visible } from './annotation.ts'
import { unchunk } from './chunks.ts'
import { inOrder } from './http.ts'
import { annotateJson } from './json.ts'

const FIELDS: Readonly<Record<string, string>> = {
  id: 'The place to go on from: a browser sends the last one back as Last-Event-ID when it reconnects',
  data: 'What the event says; several of them are joined by line feeds',
  event: 'The kind of event: “message” unless given',
  retry: 'After so many milliseconds a browser’s EventSource connects again',
  '': 'A comment, which browsers pass over: it shows proxies and clients that the stream is alive',
}

/** @param chunkLeft see BodyState in scan/tiles.ts */
export function annotateEvent(bytes: Uint8Array, chunkLeft: number | null): Annotation[] {
  const { framing, content, place } = unchunk(bytes, 0, chunkLeft)
  const notes: Annotation[] = []
  let at = 0
  for (const line of latin1(content).split(/(?<=\r\n|\n|\r(?!\n))/)) {
    if (line !== '') notes.push(field(content, line, at, place))
    at += line.length
  }
  return inOrder([...notes, ...framing])
}

function field(content: Uint8Array, line: string, at: number, place: (index: number) => number): Annotation {
  const text = line.replace(/[\r\n]+$/, '')
  const [start, end] = [place(at), place(at + line.length - 1) + 1]
  if (text === '')
    return note('empty line', start, end, visible(line), 'The event is over, and is handed to the page')
  const colon = text.indexOf(':')
  const name = colon < 0 ? text : text.slice(0, colon)
  const valueAt = colon < 0 ? at + text.length : at + colon + (text[colon + 1] === ' ' ? 2 : 1)
  const value = textOf(content, valueAt, at + text.length)
  const meaning = FIELDS[name] ?? 'A field without a meaning: it is passed over'
  const key =
    colon < 0
      ? []
      : [
          note(
            'field name',
            start,
            place(valueAt - 1) + 1,
            latin1(content, at, valueAt),
            'Name, colon, and a space that does not count',
          ),
        ]
  const lineEnd = note(
    'line end',
    place(at + text.length),
    end,
    visible(line.slice(text.length)),
    'CR, LF, or both',
  )
  const inner =
    valueAt >= at + text.length
      ? []
      : name === 'data'
        ? [annotateJson(content, valueAt, at + text.length, place, 'value')]
        : [
            note(
              'value',
              place(valueAt),
              place(at + text.length - 1) + 1,
              value,
              plural(at + text.length - valueAt, 'byte'),
            ),
          ]
  return note(
    name === '' ? 'comment' : name,
    start,
    end,
    value,
    `${meaning}. ${plural(line.length, 'byte')}`,
    {
      children: [...key, ...inner, lineEnd],
    },
  )
}

export function annotateLine(bytes: Uint8Array, chunkLeft: number | null): Annotation[] {
  const { framing, content, place } = unchunk(bytes, 0, chunkLeft)
  if (content.length === 0) return [...framing]
  const end =
    content.length - (latin1(content, Math.max(0, content.length - 2)).match(/\r?\n$/)?.[0].length ?? 0)
  const lineEnd =
    end === content.length
      ? []
      : [
          note(
            'line end',
            place(end),
            place(content.length - 1) + 1,
            visible(textOf(content, end)),
            end === 0
              ? 'An empty line: nothing but a sign of life'
              : 'The JSON text is over: it holds no line end itself (RFC 8259 §7)',
          ),
        ]
  const json = end > 0 ? [annotateJson(content, 0, end, place, 'line')] : []
  return inOrder([...json, ...lineEnd, ...framing])
}
