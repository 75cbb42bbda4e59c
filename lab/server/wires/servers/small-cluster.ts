/**
 * Two servers on one log, in this process: what `npm run cluster` starts as programs, without ports and without a disk.
 *
 * Each has a hub, a store and a gateway of its own, as a lab with `--engine` has them, and the log is the reference of all engines. So
 * what is seen here is what the lab does: a message goes to the log and back, each server applies it to its own store, and a reader is a
 * cursor, good at either. Killed is killed: connections are cut without a word, and what the server had in memory is gone.
 */
import { randomBytes } from 'node:crypto'
import type { Duplex } from 'node:stream'
import { Hub } from '../../../hub/hub.ts'
import { checked } from '../../../store/engine/checked.ts'
import { createMemoryLog } from '../../../store/engine/memory.ts'
import { createMemoryStore } from '../../../store/memory.ts'
import { ChatError } from '../../../wire/errors.ts'
import type { OneServer, ServerOrder, ServersState } from '../../../wires/servers/control.ts'
import type { RoomGateway } from '../../transport-kit/room-gateway.ts'
import { badRequest } from '../orders.ts'
import { type SwitchedEngine, switched, type Way } from './switched-engine.ts'

export const SERVER_NAMES = ['left', 'right'] as const
export const LOG_NAME = 'log'

/** Of all that is written in a quarter of an hour at some messages a second. A log that is full says so to its writers. */
const MAX_LOG_BYTES = 1024 * 1024
/** Messages that each server keeps, and the bytes of their texts in memory. */
const KEEP = { messages: 300, length: 256 * 1024 }
/** As hard to guess as a private room's name: who writes there without a cookie shows by it that its page has told it. */
const ROOM_BYTES = 13
/** Tabs that are remembered of a server: more than a page has lanes. */
const MAX_TABS = 64

/** A reader, as far as a kill has to know of it. */
export interface Following {
  readonly isFollowing: boolean
}

/** One of the servers while it is up. */
export interface Up {
  readonly gateway: RoomGateway
  /** Remembers by which connection a reader reads; the newest of each. */
  onReader(connection: Duplex, reader: Following): void
  /** A connection on which a writer waits for its answer; call what is returned when it has it. */
  onWriter(connection: Duplex): () => void
  onTab(tab: string): void
}

interface Running extends Up {
  readonly hub: Hub
  readonly engine: SwitchedEngine
  readonly tabs: Set<string>
  way: Way
  readonly readers: () => number
  /** Cuts all that a process of its own would take along. */
  cut(): void
}

interface Place {
  readonly name: string
  running: Running | null
}

export interface SmallCluster {
  readonly room: string
  /** A server that is up: each request goes to the next. Null when none is. */
  next(): Up | null
  /** @throws ChatError `bad-request` for what cannot be done now */
  act(order: ServerOrder): void
  state(): Promise<Omit<ServersState, 'until'>>
  close(): void
}

/** @param gatewayOver decides who may read and write as the lab's own gateway does, over other rooms */
export function createSmallCluster(gatewayOver: (rooms: Pick<Hub, 'room'>) => RoomGateway): SmallCluster {
  const room = `servers-${randomBytes(ROOM_BYTES).toString('hex')}`
  const log = createMemoryLog(MAX_LOG_BYTES)
  const own = log.open()
  let isLogAway = false
  let turn = 0
  const places: Place[] = SERVER_NAMES.map((name) => ({ name, running: null }))

  function start(place: Place): void {
    const { messages, length } = KEEP
    const engine = switched(log.open(), () => (isLogAway ? 'away' : running.way))
    const hub = new Hub({
      ...{ maxMessages: messages, maxLength: length, maxKeptRooms: 1 },
      store: createMemoryStore({ keep: messages }),
      engine: checked(engine),
    })
    const readers = new Map<Duplex, Following>()
    const waiting = new Set<Duplex>()
    const tabs = new Set<string>()
    const running: Running = {
      ...{ hub, engine, tabs, way: 'open' },
      readers: () => [...readers.values()].filter(({ isFollowing }) => isFollowing).length,
      gateway: gatewayOver({
        room(name) {
          if (name !== room)
            throw new ChatError('not-found', 'these servers have one room, and this is another')
          return hub.room(name)
        },
      }),
      onReader(connection, reader) {
        if (!readers.has(connection)) connection.once('close', () => readers.delete(connection))
        readers.set(connection, reader)
      },
      onWriter(connection) {
        waiting.add(connection)
        return () => void waiting.delete(connection)
      },
      onTab(tab) {
        for (const { running } of places) running?.tabs.delete(tab)
        tabs.add(tab)
        if (tabs.size > MAX_TABS) for (const oldest of [...tabs].slice(0, 1)) tabs.delete(oldest)
      },
      cut() {
        for (const [connection, { isFollowing }] of readers) if (isFollowing) connection.destroy()
        for (const connection of waiting) connection.destroy()
      },
    }
    place.running = running
  }

  function kill(place: Place): void {
    const { running } = place
    if (!running) throw badRequest(`${place.name} is down already`)
    place.running = null
    running.way = 'away' // what it would still have handed in dies with it
    running.cut()
    void running.hub.close().catch(() => {})
  }

  function ofServer(place: Place, { action }: ServerOrder): void {
    const { name, running } = place
    if (action === 'kill') {
      kill(place)
      return
    }
    if (action === 'start') {
      if (running) throw badRequest(`${name} is up already`)
      start(place)
      return
    }
    if (action === 'stop') throw badRequest('a server is killed; the log is stopped')
    if (!running) throw badRequest(`${name} is down`)
    const next = action === 'hold back' ? 'held' : 'open'
    if (running.way === next)
      throw badRequest(next === 'held' ? `${name} is held back already` : `${name} is not held back`)
    running.way = next
    running.engine.look()
  }

  function ofLog({ action }: ServerOrder): void {
    if (action !== 'stop' && action !== 'go on') throw badRequest('the log can be stopped, and told to go on')
    if (isLogAway === (action === 'stop'))
      throw badRequest(isLogAway ? 'the log is stopped already' : 'the log is not stopped')
    isLogAway = action === 'stop'
    for (const { running } of places) running?.engine.look()
  }

  function stateOf({ name, running }: Place): OneServer {
    if (!running) return { name, status: 'down', applied: null, lag: null, readers: 0, tabs: [] }
    const { status, applied, behind } = running.hub.readiness!
    return {
      ...{ name, applied, lag: behind, readers: running.readers(), tabs: [...running.tabs] },
      status: running.way === 'held' ? 'held' : status === 'ok' ? 'alive' : 'behind',
    }
  }

  for (const place of places) start(place)
  return {
    room,
    next() {
      for (let tried = 0; tried < places.length; tried++) {
        const { running } = places[turn++ % places.length]!
        if (running) return running
      }
      return null
    },
    act(order) {
      if (order.name === LOG_NAME) {
        ofLog(order)
        return
      }
      const place = places.find(({ name }) => name === order.name)
      if (!place)
        throw badRequest(
          `there is no ${JSON.stringify(order.name)}; there are ${[...SERVER_NAMES, LOG_NAME].join(', ')}`,
        )
      ofServer(place, order)
    },
    state: async () => ({
      room,
      servers: places.map(stateOf),
      log: { status: isLogAway ? 'stopped' : 'alive', position: await own.newest() },
    }),
    close() {
      for (const place of places) if (place.running) kill(place)
      void own.close()
    },
  }
}
