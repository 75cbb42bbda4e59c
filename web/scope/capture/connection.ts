/**
 * One connection: its two directions, cut into tiles, and its requests paired with their responses.
 *
 * HTTP/1.1 answers in the order of asking (RFC 9112 §9.3.2), so the next response is to the oldest request.
 */

import { type Head, upgradesToWebSocket } from '../../../transports/_formats/scan/head.ts'
import { createDialogue, createScanner } from '../../../transports/_formats/scan/http1.ts'
import type { Tile } from '../../../transports/_formats/scan/tiles.ts'
import { type Description, describe } from './describe.ts'
import type { Exchange } from './marks.ts'
import type { Direction } from './records.ts'

export interface FoundMark {
  readonly direction: Direction
  readonly tile: Tile
  readonly from: number
  readonly to: number
  readonly description: Description
}

/** What a connection tells of, and what it must know from without. */
export interface ConnectionEvents {
  /** @returns the id that the mark is given */
  onMark(mark: FoundMark): number
  /** A new exchange, or the next state of one: told again with the same id. */
  onExchange(exchange: Exchange): void
  nextId(): number
  /** When the byte at this offset passed. */
  timeAt(direction: Direction, offset: number): number
  /** Whether the same was asked before in this lane and has failed. It is asked once for each request. */
  isRetry(method: string, target: string, messages: readonly string[]): boolean
}

export interface Connection {
  readonly id: number
  readonly lane: string
  readonly opened: number
  take(direction: Direction, bytes: Uint8Array, offset: number, at: number): void
  close(at: number): void
}

export function createConnection(
  { id, lane, opened, isHttp2 }: { id: number; lane: string; opened: number; isHttp2: boolean },
  events: ConnectionEvents,
): Connection {
  const dialogue = createDialogue()
  if (isHttp2) dialogue.protocol = 'http/2'
  /** Those without a whole response, oldest first; a socket stays until the end. */
  const open: Exchange[] = []
  /** Whether the next request is the one that the connection was opened for. */
  let isFirst = true
  let hasBegun = false
  let now = opened

  const scanners = {
    toServer: createScanner(dialogue, true, (tile, from, to) => found('toServer', tile, from, to)),
    toClient: createScanner(dialogue, false, (tile, from, to) => found('toClient', tile, from, to)),
  }

  function found(direction: Direction, tile: Tile, from: number, to: number): void {
    const isLone = tile.kind === 'message' && tile.head.kind === 'response' && open.length === 0
    // Its request was before the recording, so there is no bar that it could be a part of.
    const description: Description = isLone ? { ...describe(tile), kind: 'line' } : describe(tile)
    const mark = events.onMark({ direction, tile, from, to, description })
    if (tile.kind === 'message') {
      const start = events.timeAt(direction, from)
      if (tile.head.kind === 'request') ask(tile.head, description, mark, start)
      else if (tile.head.status >= 200 || tile.head.status === 101)
        answer(tile.head, description, mark, start, tile.isOpen)
    } else if (direction === 'toClient') go(tile.kind === 'end' ? (tile.isWhole ? 'done' : 'cut') : 'open')
  }

  function ask(head: Head & { kind: 'request' }, { ids }: Description, request: number, sent: number): void {
    const { method, target } = head
    const exchange: Exchange = {
      ...{ id: events.nextId(), connection: id, lane, method, target, request, sent, sentUntil: now },
      connecting: isFirst ? opened : null,
      ...{ answered: null, until: null, status: null, state: 'open', isEmpty: false, response: null },
      role: roleOf(head),
      isRetry: events.isRetry(method, target, ids),
    }
    isFirst = false
    open.push(exchange)
    events.onExchange(exchange)
  }

  function answer(
    { status }: Head & { kind: 'response' },
    { isEmpty, problem }: Description,
    response: number,
    answered: number,
    isOpen: boolean,
  ): void {
    const asked = open[0]
    if (!asked) return
    const stays = isOpen && problem === null
    const role = asked.role === 'poll' && stays ? 'stream' : asked.role
    const isSocket = status === 101
    const state = stays || isSocket ? 'open' : problem === null ? 'done' : 'cut'
    next({ ...asked, status, answered, until: now, state, isEmpty, response, role })
  }

  /** More has come of the response that is under way; of HTTP/2, none is known. */
  function go(state: Exchange['state']): void {
    const [answering] = open
    if (answering?.response) next({ ...answering, until: now, state })
  }

  function next(exchange: Exchange): void {
    if (exchange.state === 'open') open[0] = exchange
    else open.shift()
    events.onExchange(exchange)
  }

  return {
    id,
    lane,
    opened,
    take(direction, bytes, offset, at) {
      now = at
      // What was asked first was asked before the recording.
      if (direction === 'toServer' && !hasBegun) isFirst = offset === 0
      hasBegun ||= direction === 'toServer'
      scanners[direction].take(bytes, offset)
    },
    close(at) {
      now = at
      scanners.toServer.end()
      scanners.toClient.end()
      // A socket is over when its connection is; whatever else has no whole response was cut off.
      while (open[0]) next({ ...open[0], until: at, state: open[0].status === 101 ? 'done' : 'cut' })
    },
  }
}

function roleOf(head: Head & { kind: 'request' }): Exchange['role'] {
  if (head.method === 'OPTIONS') return 'preflight'
  if (upgradesToWebSocket(head)) return 'socket'
  if (head.method === 'POST') return 'send'
  return head.method === 'GET' ? 'poll' : 'other'
}
