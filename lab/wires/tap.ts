/**
 * The tap: what passed on whose connections, told to the visitor whose they are and to no other.
 *
 * While a visitor reads no records, the tap counts their bytes and keeps none. From the moment at which they begin, it keeps what
 * passes, up to a bound in bytes for each visitor, so that a page that reconnects misses nothing. What is kept is a
 * log with numbers, and a reader is a place in it (as a room's is): a reader that is too slow loses the oldest records
 * and is told how many bytes they held, and costs no more memory than a fast one.
 */
import type { Direction, OpenRecord, WireRecord } from './records.ts'

/** Most that is kept of one visitor's records, in bytes: some 20 s of eight lanes at 50 messages a second. */
export const MAX_CAPTURE_BYTES = 1024 * 1024
/** Visitors whose records are kept at once: 64 MiB at most. */
export const MAX_RECORDED = 64
/** How long records are still kept when the last reader has gone, in milliseconds: a page comes back. */
export const LINGER_MS = 30_000
/** What a record costs besides its bytes, about. */
const RECORD_BYTES = 200

export interface Tap {
  /** Whether no visitor is recorded: then there is nothing to do but to count. */
  readonly isIdle: boolean
  /** Whether this visitor's records are kept now. */
  records(visitor: string): boolean
  add(visitor: string, record: WireRecord): void
  /** To all whose records are kept. */
  addForAll(record: WireRecord): void
  /**
   * Begins to read: the visitor's open connections, what is still kept, and then what comes.
   *
   * @param openOnes the records of the connections that the visitor has open
   * @returns null when too many visitors are recorded already
   */
  read(visitor: string, openOnes: () => readonly OpenRecord[]): TapReader | null
  close(): void
}

export interface TapReader {
  /** The next records; empty when there is none now. */
  next(): readonly WireRecord[]
  /** Called when there is something new after an empty `next`. */
  onNews: (() => void) | null
  stop(): void
}

/** A reader, as its capture sees it. */
interface Place extends TapReader {
  /** A record is forgotten that it may not have read. */
  lost(record: WireRecord, index: number): void
}

interface Capture {
  readonly kept: WireRecord[]
  /** Of each connection of which something may be kept: a reader must know it before it reads of it. */
  readonly opens: Map<number, OpenRecord>
  /** The number of the first that is kept. */
  first: number
  bytes: number
  readonly readers: Set<Place>
  forget: (() => void) | null
}

export interface TapOptions {
  readonly maxBytes?: number
  readonly maxRecorded?: number
  /** Calls after so many milliseconds; returns what cancels it. */
  readonly after: (ms: number, action: () => void) => () => void
  readonly now: () => number
}

export function createTap({
  maxBytes = MAX_CAPTURE_BYTES,
  maxRecorded = MAX_RECORDED,
  after,
  now,
}: TapOptions): Tap {
  const captures = new Map<string, Capture>()

  function append(capture: Capture, record: WireRecord): void {
    capture.kept.push(record)
    if (record.kind === 'open') capture.opens.set(record.connection, record)
    capture.bytes += sizeOf(record)
    while (capture.bytes > maxBytes && capture.kept.length > 1) {
      const oldest = capture.kept.shift()!
      capture.bytes -= sizeOf(oldest)
      for (const reader of capture.readers) reader.lost(oldest, capture.first)
      if (oldest.kind === 'close' || oldest.kind === 'hidden') capture.opens.delete(oldest.connection)
      capture.first++
    }
    for (const { onNews } of capture.readers) onNews?.()
  }

  function open(capture: Capture): Place {
    let at = capture.first
    const known = new Set(capture.kept.flatMap((record) => (record.kind === 'open' ? record.connection : [])))
    let ahead: WireRecord[] = [...capture.opens.values()].filter(({ connection }) => !known.has(connection))
    /** Bytes that were forgotten before they were read, by connection and direction. */
    const lost = new Map<string, number>()

    const place: Place = {
      onNews: null,
      next() {
        const records = [...ahead, ...lostRecords(lost, now()), ...capture.kept.slice(at - capture.first)]
        ahead = []
        lost.clear()
        at = capture.first + capture.kept.length
        return records
      },
      lost(record, index) {
        if (index < at) return
        at = index + 1
        if (record.kind === 'open') ahead.push(record)
        if (record.kind !== 'bytes' && record.kind !== 'dropped') return
        const key = `${record.connection} ${record.direction}`
        lost.set(key, (lost.get(key) ?? 0) + bytesIn(record))
      },
      stop() {
        capture.readers.delete(place)
      },
    }
    return place
  }

  /** Makes room: what is kept for a reader that may come back is given up for one that is there. */
  function forgetOneUnread(): boolean {
    for (const [visitor, { readers, forget }] of captures) {
      if (readers.size > 0) continue
      forget?.()
      return captures.delete(visitor)
    }
    return false
  }

  return {
    get isIdle() {
      return captures.size === 0
    },
    records: (visitor) => captures.has(visitor),
    add(visitor, record) {
      const capture = captures.get(visitor)
      if (capture) append(capture, record)
    },
    addForAll(record) {
      for (const capture of captures.values()) append(capture, record)
    },
    read(visitor, openOnes) {
      let capture = captures.get(visitor)
      if (!capture) {
        if (captures.size >= maxRecorded && !forgetOneUnread()) return null
        const opens = new Map(openOnes().map((record) => [record.connection, record]))
        capture = { kept: [], opens, first: 0, bytes: 0, readers: new Set(), forget: null }
        captures.set(visitor, capture)
      }
      const own = capture
      own.forget?.()
      own.forget = null
      const reader = open(own)
      own.readers.add(reader)
      return {
        get onNews() {
          return reader.onNews
        },
        set onNews(listener) {
          reader.onNews = listener
        },
        next: () => reader.next(),
        stop() {
          reader.stop()
          if (own.readers.size > 0 || own.forget) return
          own.forget = after(LINGER_MS, () => {
            if (captures.get(visitor) === own) captures.delete(visitor)
          })
        },
      }
    },
    close() {
      for (const { forget } of captures.values()) forget?.()
      captures.clear()
    },
  }
}

function lostRecords(lost: ReadonlyMap<string, number>, at: number): WireRecord[] {
  return [...lost].map(([key, bytes]) => {
    const [connection, direction] = key.split(' ') as [string, Direction]
    return { kind: 'dropped', connection: Number(connection), direction, bytes, at, why: 'bound' }
  })
}

const sizeOf = (record: WireRecord) => RECORD_BYTES + (record.kind === 'bytes' ? record.bytes.length : 0)

const bytesIn = (record: WireRecord) => {
  if (record.kind === 'dropped') return record.bytes
  if (record.kind !== 'bytes') return 0
  const padding = record.bytes.endsWith('==') ? 2 : record.bytes.endsWith('=') ? 1 : 0
  return (record.bytes.length / 4) * 3 - padding
}
