/**
 * All that has been seen on the wires of this viewer, as a model: records in, marks out, bytes kept for the inspector.
 *
 * It knows no worker, no fetch and no clock: times come with the records. When reading is begun again, the server
 * repeats what it still keeps, and a server that was restarted counts its connections from one again. So a connection
 * is known by its number and the time at which it was opened, and bytes that were seen are passed over.
 */
import type { Tile } from '../../../transports/_formats/scan/tiles.ts'
import { type ByteLog, createByteLog } from './byte-log.ts'
import { type Connection, createConnection, type FoundMark } from './connection.ts'
import { createFaults } from './faults.ts'
import type { ConnectionNews, Exchange, Fault, Mark } from './marks.ts'
import type { Direction, WireRecord } from './records.ts'

/** What has come since it was last asked for; an exchange, a connection or a fault only in its last state. */
export interface News {
  readonly now: number
  readonly marks: readonly Mark[]
  readonly exchanges: readonly Exchange[]
  readonly connections: readonly ConnectionNews[]
  readonly faults: readonly Fault[]
}

/** Where a mark's bytes are, and what is needed to read them again. */
export interface Place {
  readonly mark: Mark
  readonly kind: Tile['kind']
  /** See BodyState in tiles.ts. */
  readonly chunkLeft: number | null
  readonly from: number
  readonly to: number
}

export interface Capture {
  /** The records are read from their beginning again. */
  restart(): void
  take(record: WireRecord): void
  /** Empties itself: the same is not told twice. */
  news(): News
  /** Null when it is no longer kept. */
  placeOf(mark: number): Place | null
  marksOf(connection: number): readonly Place[]
  /** Oldest first. */
  places(): Iterable<Place>
  readonly connections: ReadonlyMap<number, ConnectionNews>
  readonly bytes: ByteLog
}

/** Marks whose places are kept: more than a timeline shows. */
export const MAX_MARKS = 60_000
/** A failed request is not looked for after this many others of its lane. */
const MAX_FAILED = 50
/** Connections that are told of, open or closed. */
const MAX_CONNECTIONS = 4_000

interface Known {
  readonly connection: Connection
  readonly seen: Record<Direction, number>
}

export function createCapture({
  maxBytes,
  maxMarks = MAX_MARKS,
}: {
  maxBytes?: number
  maxMarks?: number
} = {}): Capture {
  const bytes = createByteLog(maxBytes)
  const connections = new Map<number, ConnectionNews>()
  const faults = createFaults()
  const places = new Map<number, Place>()
  const byConnection = new Map<number, Place[]>()
  /** Those that are open, by what tells them apart; `current` has them by the server's number, as it counts now. */
  const known = new Map<string, Known>()
  let current = new Map<number, Known>()
  /** Open when reading began again, and not heard of since. They are over when the server has repeated all. */
  let unheard = new Set<Known>()
  let repeatsUntil: number | null = null
  const failed = new Map<string, string[]>()
  let lastId = 0
  let lastConnection = 0
  /** The server's clock, which the page shows; and the time of the record that is being taken, which may be repeated. */
  let now = 0
  let moment = 0
  let marks: Mark[] = []
  let exchanges = new Map<number, Exchange>()
  let changed = new Set<number>()

  function openConnection({ connection: number, lane, at, alpn }: WireRecord & { kind: 'open' }): void {
    const key = `${number} ${lane} ${at}`
    const before = known.get(key)
    if (before) {
      unheard.delete(before)
      current.set(number, before)
      return
    }
    const id = ++lastConnection
    const timeAt = (direction: Direction, offset: number) => bytes.timeAt(id, direction, offset) ?? moment
    const connection = createConnection(
      { id, lane, opened: at, isHttp2: alpn === 'h2' },
      {
        onMark: (found) => addMark(id, lane, found, timeAt(found.direction, found.from)),
        onExchange(exchange) {
          exchanges.set(exchange.id, exchange)
          const isRefused = exchange.state === 'done' && (exchange.status ?? 0) >= 500
          if (exchange.state === 'cut' || isRefused) fail(exchange)
        },
        nextId: () => ++lastId,
        timeAt,
        isRetry: (method, target) => removeFrom(failed.get(lane) ?? [], keyOf(method, target)),
      },
    )
    const one: Known = { connection, seen: { toServer: 0, toClient: 0 } }
    known.set(key, one)
    current.set(number, one)
    tell({ id, lane, opened: at, closed: null, by: null })
  }

  function closeConnection(one: Known, at: number, by: string): void {
    const { connection } = one
    if (connections.get(connection.id)?.closed != null) return // told before
    connection.close(at)
    const { id, lane, opened } = connection
    tell({ id, lane, opened, closed: at, by })
  }

  function tell(news: ConnectionNews): void {
    connections.set(news.id, news)
    changed.add(news.id)
    if (connections.size > MAX_CONNECTIONS) forgetClosed()
  }

  function forgetClosed(): void {
    for (const [key, { connection }] of known) {
      if (connections.get(connection.id)?.closed == null) continue
      known.delete(key)
      connections.delete(connection.id)
      return
    }
  }

  function takeBytes({
    connection,
    direction,
    offset,
    at,
    bytes: all,
  }: WireRecord & { kind: 'bytes' }): void {
    const one = current.get(connection)
    // Its opening is not known: without its lane there is no row for it.
    if (!one || connections.get(one.connection.id)?.closed != null) return
    const seen = one.seen[direction]
    const fresh = offset < seen ? all.subarray(seen - offset) : all
    if (fresh.length === 0) return
    const start = offset + all.length - fresh.length
    one.seen[direction] = start + fresh.length
    bytes.add({ connection: one.connection.id, direction, offset: start, at, bytes: fresh })
    one.connection.take(direction, fresh, start, at)
  }

  function addMark(connection: number, lane: string, found: FoundMark, at: number): number {
    const { direction, tile, from, to, description } = found
    const { kind, label, ids, text, problem } = description
    const id = ++lastId
    const mark: Mark = {
      ...{ id, connection, lane, direction, kind, at, until: Math.max(at, moment), label },
      ...{ size: to - from, messages: ids, text, problem },
    }
    marks.push(mark)
    const chunkLeft = 'body' in tile && tile.kind !== 'message' ? tile.body.chunkLeft : null
    keep({ mark, kind: tile.kind, chunkLeft, from, to })
    return id
  }

  function keep(place: Place): void {
    const { id, connection } = place.mark
    places.set(id, place)
    const others = byConnection.get(connection)
    if (others) others.push(place)
    else byConnection.set(connection, [place])
    if (places.size <= maxMarks) return
    const [[oldest, { mark }] = [0, place]] = places
    places.delete(oldest)
    // It is the oldest of its connection, too.
    const rest = byConnection.get(mark.connection)
    rest?.shift()
    if (rest?.length === 0) byConnection.delete(mark.connection)
  }

  function fail({ lane, method, target }: Exchange): void {
    failed.set(lane, [...(failed.get(lane) ?? []), keyOf(method, target)].slice(-MAX_FAILED))
  }

  function afterRepeating(): void {
    repeatsUntil = null
    moment = now
    for (const one of unheard) closeConnection(one, now, 'server')
    unheard = new Set()
  }

  return {
    bytes,
    connections,
    restart() {
      current = new Map()
      unheard = new Set(
        [...known.values()].filter(({ connection }) => connections.get(connection.id)?.closed === null),
      )
      faults.end(now)
      repeatsUntil = Number.POSITIVE_INFINITY
    },
    take(record) {
      if (record.kind === 'now' && repeatsUntil === Number.POSITIVE_INFINITY) repeatsUntil = record.at
      else if (repeatsUntil !== null && record.at > repeatsUntil) afterRepeating()
      moment = record.at
      now = Math.max(now, moment)
      if (record.kind === 'open') openConnection(record)
      else if (record.kind === 'bytes') takeBytes(record)
      else if (record.kind === 'fault') faults.take(record)
      else if (record.kind === 'close' || record.kind === 'hidden') {
        const one = current.get(record.connection)
        if (one) closeConnection(one, record.at, record.kind === 'close' ? record.by : 'another visitor')
      }
    },
    news() {
      const told: News = {
        ...{ now, marks, exchanges: [...exchanges.values()] },
        connections: [...changed].flatMap((id) => connections.get(id) ?? []),
        faults: faults.news(),
      }
      marks = []
      exchanges = new Map()
      changed = new Set()
      return told
    },
    placeOf: (mark) => places.get(mark) ?? null,
    places: () => places.values(),
    marksOf: (connection) => byConnection.get(connection) ?? [],
  }
}

/** Without the query: a reader that comes back asks from another cursor. */
const keyOf = (method: string, target: string): string => `${method} ${target.split('?')[0]}`

function removeFrom(list: string[], key: string): boolean {
  const at = list.indexOf(key)
  if (at >= 0) list.splice(at, 1)
  return at >= 0
}
