/**
 * The bytes of all connections, as long as there is room: the oldest go first, whichever connection they are of.
 *
 * A segment is what one record brought. It is kept whole, with its time: the inspector needs the bytes, a capture for
 * Wireshark the segments too.
 */
import { joined } from '../../../transports/_formats/joined.ts'
import type { Direction } from './records.ts'

export interface Segment {
  readonly connection: number
  readonly direction: Direction
  readonly at: number
  readonly offset: number
  readonly bytes: Uint8Array
}

export interface ByteLog {
  add(segment: Segment): void
  /** What is kept of a direction's bytes from `from` to `to`; `missing` counts those at its beginning that are not. */
  read(
    connection: number,
    direction: Direction,
    from: number,
    to: number,
  ): { bytes: Uint8Array; missing: number }
  /** When the byte at `offset` passed; of one that is no longer kept, the time of the oldest that is. */
  timeAt(connection: number, direction: Direction, offset: number): number | null
  segments(connection: number): readonly Segment[]
  /** Bytes that are kept, and that were let go. */
  readonly size: number
  readonly forgotten: number
}

/** Sixteen mebibytes: some ten minutes of eight lanes at ten messages a second, and little beside a page's own memory. */
export const MAX_BYTES = 16 * 1024 * 1024

export function createByteLog(maxBytes = MAX_BYTES): ByteLog {
  const streams = new Map<string, Segment[]>()
  /** In order of coming. Those before `oldest` are gone; the array is cut when half of it is. */
  let all: Segment[] = []
  let oldest = 0
  let size = 0
  let forgotten = 0
  const keyOf = (connection: number, direction: Direction) => `${connection} ${direction}`

  function forgetOldest(): void {
    const segment = all[oldest++]!
    size -= segment.bytes.length
    forgotten += segment.bytes.length
    const key = keyOf(segment.connection, segment.direction)
    const stream = streams.get(key)!
    stream.shift()
    if (stream.length === 0) streams.delete(key)
    if (oldest > 1_024 && oldest * 2 > all.length) {
      all = all.slice(oldest)
      oldest = 0
    }
  }

  return {
    get size() {
      return size
    },
    get forgotten() {
      return forgotten
    },
    add(segment) {
      const key = keyOf(segment.connection, segment.direction)
      const stream = streams.get(key)
      if (stream) stream.push(segment)
      else streams.set(key, [segment])
      all.push(segment)
      size += segment.bytes.length
      while (size > maxBytes) forgetOldest()
    },
    read(connection, direction, from, to) {
      const stream = streams.get(keyOf(connection, direction)) ?? []
      const parts: Uint8Array[] = []
      let first = to
      let index = indexOf(stream, from)
      for (; index < stream.length && stream[index]!.offset < to; index++) {
        const { offset, bytes } = stream[index]!
        const part = bytes.subarray(Math.max(0, from - offset), to - offset)
        if (part.length === 0) continue
        if (parts.length === 0) first = Math.max(from, offset)
        parts.push(part)
      }
      return { bytes: joined(parts), missing: first - from }
    },
    timeAt(connection, direction, offset) {
      const stream = streams.get(keyOf(connection, direction))
      return stream?.[Math.min(indexOf(stream, offset), stream.length - 1)]?.at ?? null
    },
    segments: (connection) =>
      (['toServer', 'toClient'] as const)
        .flatMap((direction) => streams.get(keyOf(connection, direction)) ?? [])
        .sort((a, b) => a.at - b.at),
  }
}

/** The first segment that ends after `offset`. */
function indexOf(stream: readonly Segment[], offset: number): number {
  let low = 0
  let high = stream.length
  while (low < high) {
    const middle = (low + high) >> 1
    const { offset: start, bytes } = stream[middle]!
    if (start + bytes.length <= offset) low = middle + 1
    else high = middle
  }
  return low
}
