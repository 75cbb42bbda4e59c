/**
 * What the timeline draws from: marks and exchanges by lane, in order of time, as many as are worth drawing.
 *
 * Each connection has a place in its lane while it is open, the lowest that is free: so what overlaps in time is drawn
 * one below the other, and a lane that asks over one connection again and again stays one row.
 */
import type { News } from '../capture/capture.ts'
import type { ConnectionNews, Exchange, Fault, Mark } from '../capture/marks.ts'

export interface LaneRows {
  readonly name: string
  readonly marks: readonly Mark[]
  readonly exchanges: readonly Exchange[]
  /** Places that were taken at once, at most. */
  readonly depth: number
}

export interface Store {
  add(news: News): void
  readonly lanes: readonly LaneRows[]
  readonly faults: readonly Fault[]
  /** Where a connection is drawn in its lane, from 0. */
  placeOf(connection: number): number
  connections(): Iterable<ConnectionNews>
  mark(id: number): Mark | undefined
  exchange(id: number): Exchange | undefined
  /** Messages that stand in a mark or in the marks of an exchange. */
  messagesOf(exchange: Exchange): readonly string[]
  clear(): void
}

/** Marks of one lane that are kept: half a minute at two hundred a second. */
export const MAX_PER_LANE = 6_000
/** Connections that are remembered, open or closed. */
const MAX_CONNECTIONS = 4_000
/** Of a list that is too long, so much more is let go at once: taking one away each time would move it each time. */
const SPARE = 1_000

interface Rows {
  readonly name: string
  marks: Mark[]
  exchanges: Exchange[]
  depth: number
  readonly taken: (number | null)[]
}

export function createStore(order: readonly string[] = []): Store {
  let rows = new Map<string, Rows>()
  const marks = new Map<number, Mark>()
  const exchanges = new Map<number, Exchange>()
  const connections = new Map<number, ConnectionNews>()
  const places = new Map<number, number>()
  const faults = new Map<number, Fault>()
  let list: readonly LaneRows[] = []

  function rowsOf(name: string): Rows {
    const known = rows.get(name)
    if (known) return known
    const made: Rows = { name, marks: [], exchanges: [], depth: 1, taken: [] }
    rows.set(name, made)
    const place = (one: string) => (order.includes(one) ? order.indexOf(one) : order.length)
    list = [...rows.values()].sort((a, b) => place(a.name) - place(b.name))
    return made
  }

  function addConnection(connection: ConnectionNews): void {
    connections.set(connection.id, connection)
    const lane = rowsOf(connection.lane)
    const { taken } = lane
    if (!places.has(connection.id)) {
      const free = taken.indexOf(null)
      const place = free < 0 ? taken.length : free
      taken[place] = connection.id
      places.set(connection.id, place)
      lane.depth = Math.max(lane.depth, place + 1)
    }
    const place = places.get(connection.id)!
    if (connection.closed !== null && taken[place] === connection.id) taken[place] = null
    if (connections.size > MAX_CONNECTIONS) forgetClosed()
  }

  function forgetClosed(): void {
    for (const [id, { closed }] of connections) {
      if (closed === null) continue
      connections.delete(id)
      places.delete(id)
      return
    }
  }

  function addMark(mark: Mark): void {
    const lane = rowsOf(mark.lane)
    marks.set(mark.id, mark)
    insert(lane.marks, mark, (one) => one.until)
    if (lane.marks.length > MAX_PER_LANE + SPARE)
      for (const old of lane.marks.splice(0, lane.marks.length - MAX_PER_LANE)) marks.delete(old.id)
  }

  function addExchange(exchange: Exchange): void {
    const lane = rowsOf(exchange.lane)
    const known = exchanges.get(exchange.id)
    exchanges.set(exchange.id, exchange)
    if (known) lane.exchanges[lane.exchanges.lastIndexOf(known)] = exchange
    else insert(lane.exchanges, exchange, (one) => one.sent)
    if (lane.exchanges.length <= MAX_PER_LANE + SPARE) return
    // One that is open is still drawn, however long ago it began.
    const old = lane.exchanges.slice(0, SPARE).filter(({ state }) => state !== 'open')
    for (const one of old) exchanges.delete(one.id)
    lane.exchanges = lane.exchanges.filter(({ id }) => exchanges.has(id))
  }

  return {
    get lanes() {
      return list
    },
    get faults() {
      return [...faults.values()]
    },
    add(news) {
      for (const one of news.connections) addConnection(one)
      for (const one of news.exchanges) addExchange(one)
      for (const one of news.marks) addMark(one)
      for (const one of news.faults) faults.set(one.id, one)
    },
    placeOf: (connection) => places.get(connection) ?? 0,
    connections: () => connections.values(),
    mark: (id) => marks.get(id),
    exchange: (id) => exchanges.get(id),
    messagesOf: ({ request, response }) => [
      ...(marks.get(request)?.messages ?? []),
      ...(response === null ? [] : (marks.get(response)?.messages ?? [])),
    ],
    clear() {
      rows = new Map()
      list = []
      for (const all of [marks, exchanges, connections, places, faults]) all.clear()
    },
  }
}

/** Almost all come in order, so their place is looked for from the end. */
function insert<T>(list: T[], item: T, timeOf: (item: T) => number): void {
  let at = list.length
  while (at > 0 && timeOf(list[at - 1]!) > timeOf(item)) at--
  if (at === list.length) list.push(item)
  else list.splice(at, 0, item)
}

/** The place of the first whose time is not before `time`. */
export function firstFrom<T>(list: readonly T[], time: number, timeOf: (item: T) => number): number {
  let low = 0
  let high = list.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (timeOf(list[middle]!) < time) low = middle + 1
    else high = middle
  }
  return low
}
