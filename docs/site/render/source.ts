/**
 * Finding a piece of source by its name, so that a document can quote it and a test can tell when
 * the two have drifted apart.
 *
 *     room.ts#Room.publish     a method of a class
 *     server.ts#serveSocket.onHeartbeat  a function in a function
 *     errors.ts                the whole file
 *     room.ts#Room.publish from "const key" to "const known"   lines of it: from the one that has these words to
 *                                                              the next one that has those
 *
 * Names need no marks in the source: it stays as it is, and a renamed function is an error and
 * not a wrong quotation. The formatter makes this safe: a declaration ends where a line closes
 * at the depth at which it began.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

export const root = resolve(import.meta.dirname, '../../..')

export interface Quotation {
  readonly text: string
  /** First and last line in the file, counted from 1. */
  readonly from: number
  readonly to: number
}

/** @throws Error whose message says what is missing: the file, or the name in it */
export function quote(reference: string): Quotation {
  const [, place = reference, first, last] = PART.exec(reference) ?? []
  const [file, name] = place.split('#') as [string, string?]
  let text: string
  try {
    text = readFileSync(join(root, file), 'utf8')
  } catch {
    throw new Error(`there is no file ${file}`)
  }
  const whole = quoteFrom(text, name, file)
  return first === undefined ? whole : partOf(whole, first, last!, place)
}

/** A place, and the words by which its first and its last line are known. */
const PART = /^(\S+) from "([^"]+)" to "([^"]+)"$/

/** @throws Error when no line has the words, or when more than one could be the first */
function partOf({ text, from }: Quotation, first: string, last: string, place: string): Quotation {
  const lines = text.split('\n')
  const starts = lines.flatMap((line, index) => (line.includes(first) ? [index] : []))
  if (starts.length !== 1)
    throw new Error(`${place} has ${starts.length} lines with ${JSON.stringify(first)}`)
  const start = starts[0]!
  const rest = lines.slice(start)
  const whole = rest.findIndex((line) => line.trim() === last) // a line of these words alone comes first
  const length = whole < 0 ? rest.findIndex((line) => line.includes(last)) : whole
  if (length < 0) throw new Error(`${place} has no line with ${JSON.stringify(last)} after that`)
  let end = start + length
  const depth = Math.min(
    ...lines.slice(start, end + 1).flatMap((line) => (line.trim() === '' ? [] : indentOf(line))),
  )
  // What was opened within it is closed within it.
  while (/^\s*[)}\]]+,?$/.test(lines[end + 1] ?? '') && indentOf(lines[end + 1]!) >= depth) end++
  const part = lines.slice(start, end + 1).map((line) => line.slice(depth))
  return { text: part.join('\n'), from: from + start, to: from + end }
}

export function quoteFrom(source: string, name: string | undefined, file = 'the file'): Quotation {
  const lines = source.trimEnd().split('\n')
  let range = { from: 0, to: lines.length - 1 }
  for (const part of name?.split('.') ?? []) {
    const start = startOf(lines, range, part)
    if (start < 0) throw new Error(`${file} declares no ${name}`)
    range = { from: start, to: endOf(lines, start) }
  }
  const from = name === undefined ? 0 : withComment(lines, range.from)
  const depth = indentOf(lines[from]!)
  const text = lines.slice(from, range.to + 1).map((line) => line.slice(depth))
  return { text: text.join('\n'), from: from + 1, to: range.to + 1 }
}

const KEYWORDS =
  /^(?:export |default |declare |async |static |readonly |override |abstract |function\*? |const |let |class |interface |type |get |set )*/

/** The line on which `name` is declared, or -1. A keyword decides; without one, it may be a method. */
function startOf(lines: readonly string[], { from, to }: { from: number; to: number }, name: string): number {
  const candidates = lines.flatMap((line, index) => {
    const code = line.trimStart()
    const head = KEYWORDS.exec(code)![0]
    const rest = code.slice(head.length).replace(/^[*#]/, '')
    const isNamed = rest.startsWith(name) && !/^[\w$]/.test(rest.slice(name.length))
    return isNamed && index >= from && index <= to ? [{ index, head, tail: rest.slice(name.length) }] : []
  })
  const declared = candidates.find(({ head }) =>
    /(function\*?|const|let|class|interface|type|get|set) $/.test(head),
  )
  return (declared ?? candidates.find(({ index, tail }) => isMethod(lines, index, tail)))?.index ?? -1
}

/** `name(…) {`, on one line or on several. A call looks alike, but what it opens is an arrow function. */
function isMethod(lines: readonly string[], index: number, tail: string): boolean {
  if (/^[(<].*\{$/.test(tail)) return !tail.endsWith('=> {')
  if (tail !== '(') return false
  const depth = indentOf(lines[index]!)
  const close = lines.slice(index + 1).find((line) => line.trim() !== '' && indentOf(line) <= depth)
  return close !== undefined && /^\).*\{$/.test(close.trimStart())
}

/** The last line of what begins at `start`: deeper lines belong to it, and so does what closes at its depth. */
function endOf(lines: readonly string[], start: number): number {
  const depth = indentOf(lines[start]!)
  let end = start
  for (let index = start + 1; index < lines.length; index++) {
    const line = lines[index]!
    if (line.trim() === '') continue
    const isDeeper = indentOf(line) > depth
    if (!isDeeper && !(indentOf(line) === depth && /^[)}\]]/.test(line.trimStart()))) break
    end = index
  }
  return end
}

/** The line on which the comment right above begins: it gives the reasons, so it belongs to the quotation. */
function withComment(lines: readonly string[], start: number): number {
  let from = start
  while (from > 0 && /^\s*(\/\*\*|\*|\/\/)/.test(lines[from - 1]!)) from--
  return from
}

const indentOf = (line: string) => line.length - line.trimStart().length
