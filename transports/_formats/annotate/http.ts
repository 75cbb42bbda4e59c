/** An HTTP/1.1 message (RFC 9112), taken apart: its start line, each header with what it is for, its body. */
import { framingOf, type Head, headerValue, parseHead } from '../scan/head.ts'
import { type Annotation, latin1, note, plural, textOf, visible } from './annotation.ts'
import { unchunk } from './chunks.ts'
import { purposeOf, SECRET_HEADERS } from './header-purposes.ts'
import { annotateJson, cut } from './json.ts'

/** @returns null when the bytes do not begin with a head */
export function annotateMessage(bytes: Uint8Array): Annotation[] | null {
  const text = latin1(bytes)
  const end = /\r?\n\r?\n/.exec(text)
  const headLength = end ? end.index + end[0].length : bytes.length
  const headText = text.slice(0, headLength)
  const head = parseHead(headText.replace(/^(?:\r?\n)+/, ''))
  if (!head) return null
  const lines = annotateLines(headText, head)
  if (headLength === bytes.length) return lines
  return [...lines, ...annotateBody(bytes, headLength, head)]
}

function annotateLines(text: string, head: Head): Annotation[] {
  const notes: Annotation[] = []
  let at = 0
  let isFirst = true
  for (const line of text.split(/(?<=\n)/)) {
    const to = at + line.length
    if (/^\r?\n$/.test(line))
      notes.push(
        note(
          'empty line',
          at,
          to,
          visible(line),
          isFirst ? 'Passed over (RFC 9112 §2.2)' : 'The head is over',
        ),
      )
    else if (isFirst) {
      notes.push(head.kind === 'request' ? requestLine(line, at) : statusLine(line, at))
      isFirst = false
    } else notes.push(headerLine(line, at))
    at = to
  }
  return notes
}

function requestLine(line: string, at: number): Annotation {
  const [method = '', target = '', version = ''] = line.trimEnd().split(' ')
  const targetAt = at + method.length + 1
  const versionAt = targetAt + target.length + 1
  return note(
    'request line',
    at,
    at + line.length,
    line.trimEnd(),
    `What is wanted: ${plural(line.length, 'byte')}`,
    {
      children: [
        note('method', at, targetAt - 1, method, METHODS[method] ?? 'What is to be done'),
        ...targetParts(target, targetAt),
        note('version', versionAt, versionAt + version.length, version, 'Of HTTP'),
        lineEndAt(line, at),
      ],
    },
  )
}

const METHODS: Readonly<Record<string, string>> = {
  GET: 'Read it: asking twice does no harm',
  POST: 'Take this: asking twice may do it twice, unless the server knows the draft again',
  OPTIONS: 'May I? A browser asks before a request to another origin that is not simple (Fetch §4.8)',
  HEAD: 'The head alone, without the body',
  DELETE: 'Take it away',
  PUT: 'Put this in its place',
  PATCH: 'Change it in part',
}

function targetParts(target: string, at: number): Annotation[] {
  const question = target.indexOf('?')
  if (question < 0) return [note('target', at, at + target.length, target, 'The path: what it is about')]
  const query = target.slice(question)
  return [
    note('path', at, at + question, target.slice(0, question), 'What it is about'),
    note(
      'query',
      at + question,
      at + target.length,
      query,
      'Parameters: here, the cursor (what the client has already) and its own id',
    ),
  ]
}

function statusLine(line: string, at: number): Annotation {
  const [version = '', status = '', ...reason] = line.trimEnd().split(' ')
  const statusAt = at + version.length + 1
  const words = reason.join(' ')
  const reasonAt = statusAt + status.length + 1
  return note(
    'status line',
    at,
    at + line.length,
    line.trimEnd(),
    `How it went: ${plural(line.length, 'byte')}`,
    {
      children: [
        note('version', at, statusAt - 1, version, 'Of HTTP'),
        note(
          'status',
          statusAt,
          statusAt + status.length,
          status,
          STATUS_CLASSES[status[0] ?? ''] ?? 'Of no class that is known',
        ),
        ...(words
          ? [
              note(
                'reason',
                reasonAt,
                reasonAt + words.length,
                words,
                'For people; programs read the number, and HTTP/2 has left it out',
              ),
            ]
          : []),
        lineEndAt(line, at),
      ],
    },
  )
}

const STATUS_CLASSES: Readonly<Record<string, string>> = {
  1: 'Go on: the answer is not there yet, or the protocol changes',
  2: 'It was done',
  3: 'It is elsewhere, or has not changed',
  4: 'The request was wrong, or is not allowed',
  5: 'The server could not do it',
}

function headerLine(line: string, at: number): Annotation {
  const colon = line.indexOf(':')
  const to = at + line.length
  if (colon < 0)
    return note('header', at, to, visible(line), 'Not a header', {
      problem: 'A header has a colon after its name (RFC 9112 §5)',
    })
  const name = line.slice(0, colon)
  const key = name.toLowerCase()
  const value = line.slice(colon + 1).trim()
  const valueAt = at + colon + 1 + (/^[ \t]*/.exec(line.slice(colon + 1))?.[0].length ?? 0)
  const isSecret = SECRET_HEADERS.has(key)
  const children = [
    note('name', at, at + colon, name, 'Upper and lower case are the same'),
    ...(key === 'cookie'
      ? cookies(value, valueAt)
      : [note('value', valueAt, valueAt + value.length, value, purposeOf(key), { isSecret })]),
    lineEndAt(line, at),
  ]
  return note(name, at, to, value, `${purposeOf(key)}. ${plural(line.length, 'byte')}`, { children })
}

/** Each cookie by itself: its name is no secret, its value is. */
function cookies(header: string, at: number): Annotation[] {
  let start = at
  return header.split(/(?<=;)/).map((piece) => {
    const from = start + (/^\s*/.exec(piece)?.[0].length ?? 0)
    start += piece.length
    const pair = piece.trim().replace(/;$/, '')
    const equals = pair.indexOf('=')
    const valueFrom = from + equals + 1
    const value = note(
      'value',
      valueFrom,
      from + pair.length,
      pair.slice(equals + 1),
      'Proves who is asking',
      { isSecret: true },
    )
    return note(
      `cookie ${pair.slice(0, Math.max(0, equals))}`,
      from,
      from + pair.length,
      pair,
      plural(piece.length, 'byte'),
      {
        children: [value],
      },
    )
  })
}

function lineEndAt(line: string, at: number): Annotation {
  const length = /\r?\n$/.exec(line)?.[0].length ?? 0
  return note(
    'line end',
    at + line.length - length,
    at + line.length,
    visible(line.slice(line.length - length)),
    'CR and LF',
  )
}

function annotateBody(bytes: Uint8Array, from: number, head: Head): Annotation[] {
  const { framing, content, place } = unchunk(bytes, from, framingOf(head).kind === 'chunked' ? 0 : null)
  if (content.length === 0) return [...framing]
  const media = headerValue(head.headers, 'content-type') ?? ''
  const coding = headerValue(head.headers, 'content-encoding')
  const body =
    coding === undefined && /json/.test(media)
      ? annotateJson(content, 0, content.length, place, 'body')
      : note(
          'body',
          place(0),
          place(content.length - 1) + 1,
          coding ? '' : cut(textOf(content)),
          `${plural(content.length, 'byte')} of ${media || 'no media type'}${coding ? `, compressed by ${coding}` : ''}`,
          { role: 'payload' },
        )
  return inOrder([body, ...framing])
}

/** Annotations by where they begin; an enclosing one before what it encloses. */
export const inOrder = (annotations: readonly Annotation[]): Annotation[] =>
  annotations.toSorted((a, b) => a.from - b.from || b.to - a.to)
