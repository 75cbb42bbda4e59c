/** A body in chunks (RFC 9112 §7.1), taken apart: sizes, ends, and the content between, put together. */
import { type Annotation, note, plural, textOf, visible } from './annotation.ts'

export interface Unchunked {
  /** Sizes and ends of chunks, trailers, the last chunk. */
  readonly framing: readonly Annotation[]
  readonly content: Uint8Array
  /** Where in the stretch a byte of the content stands. */
  place(index: number): number
}

const LF = 10

/**
 * @param chunkLeft bytes left of a chunk that began before `from`; 0 when a size comes next; null without chunks
 */
export function unchunk(bytes: Uint8Array, from: number, chunkLeft: number | null): Unchunked {
  if (chunkLeft === null)
    return { framing: [], content: bytes.subarray(from), place: (index) => from + index }
  const framing: Annotation[] = []
  const runs: [start: number, end: number][] = []
  let at = from
  let left = chunkLeft
  while (at < bytes.length) {
    if (left > 0) {
      const end = Math.min(bytes.length, at + left)
      runs.push([at, end])
      left -= end - at
      at = end
      if (left > 0) break
      const after = Math.min(bytes.length, at + 2)
      if (after > at)
        framing.push(
          note(
            'end of the chunk',
            at,
            after,
            visible(textOf(bytes, at, after)),
            'After its content, each chunk has a line end',
          ),
        )
      at = after
      continue
    }
    const end = lineEnd(bytes, at)
    const line = textOf(bytes, at, end)
    const [size = ''] = line.split(/[;\r\n]/)
    if (!/^[0-9a-f]+$/i.test(size)) {
      framing.push(
        note('no chunk', at, bytes.length, visible(line), 'Where the size of a chunk was due', {
          problem: 'A chunk must begin with its size in hexadecimal (RFC 9112 §7.1)',
        }),
      )
      break
    }
    left = Number.parseInt(size, 16)
    if (left > 0) {
      framing.push(
        note(
          'size of the chunk',
          at,
          end,
          visible(line),
          `Hexadecimal: ${plural(left, 'byte')} of content follow`,
        ),
      )
      at = end
      continue
    }
    framing.push(
      note(
        'last chunk',
        at,
        bytes.length,
        visible(textOf(bytes, at)),
        'A chunk of size 0, trailers if there are any, and an empty line: the body is over',
      ),
    )
    break
  }
  return { framing, ...joined(bytes, runs) }
}

function joined(
  bytes: Uint8Array,
  runs: readonly (readonly [number, number])[],
): Pick<Unchunked, 'content' | 'place'> {
  const content = new Uint8Array(runs.reduce((sum, [start, end]) => sum + end - start, 0))
  const starts: number[] = []
  let length = 0
  for (const [start, end] of runs) {
    starts.push(length)
    content.set(bytes.subarray(start, end), length)
    length += end - start
  }
  return {
    content,
    place(index) {
      let run = starts.length - 1
      while (run > 0 && starts[run]! > index) run--
      return (runs[run]?.[0] ?? 0) + index - (starts[run] ?? 0)
    },
  }
}

function lineEnd(bytes: Uint8Array, from: number): number {
  const end = bytes.indexOf(LF, from)
  return end < 0 ? bytes.length : end + 1
}
