/**
 * The wires of one server: a port for each transport, every connection that comes to one, whose it is, and what is
 * told of it.
 *
 * A connection's owner is the visitor whose requests it carries. Only the owner's faults touch it, and only the owner
 * reads its records. A connection that has carried requests of two visitors belongs to neither, for good
 * (docs/decisions/053-whose-wires.md).
 */
import type { Socket } from 'node:net'
import { type Clock, epochNow } from '../wire/clock.ts'
import type { Random } from '../wire/random.ts'
import { type ActiveFaults, createActiveFaults } from './active-faults.ts'
import { LaneConnection, type Shown } from './connection.ts'
import type { ConnectionsView } from './control.ts'
import { FAULTS } from './faults/catalogue.ts'
import type { RequestHead } from './heads/request-heads.ts'
import { type Client, type LaneListener, type ListenOptions, listenForLane } from './listener.ts'
import { createTap, type Tap, type TapReader } from './tap.ts'
import { createTotals } from './totals.ts'

export interface WiresOptions {
  /** Opens a connection to the server for a client of a lane. The server learns in process who the client is. */
  readonly connect: (connection: ConnectionAbout) => Socket
  /** Whose a request is. */
  readonly identify: (head: RequestHead) => Shown
  readonly clock: Clock
  readonly random?: Random
  /** Milliseconds since the Unix epoch, with fractions. */
  readonly now?: () => number
}

/** What the server is told of a connection in process. */
export interface ConnectionAbout {
  readonly lane: string
  readonly client: Client
  /** Called with the server's end of it, by the server. */
  readonly onServed: (socket: Socket) => void
}

export interface Wires {
  readonly tap: Tap
  readonly connections: ReadonlySet<LaneConnection>
  readonly lanes: readonly LaneListener[]
  /** @throws the system's error when it cannot listen there */
  openLane(options: Omit<ListenOptions, 'onClient'>): Promise<LaneListener>
  /**
   * Serves a client that has come to no port: a connection that the lab has opened for a visitor. It is the visitor's, whatever it carries.
   *
   * @returns null while no newcomer is taken
   */
  serve(lane: string, client: Client, visitor: string): LaneConnection | null
  /** The connection of a lane that the server serves by this socket; undefined for any other socket. */
  connectionOf(socket: object): LaneConnection | undefined
  viewOf(visitor: string): Pick<ConnectionsView, 'connections' | 'totals'>
  read(visitor: string): TapReader | null
  readonly faults: ActiveFaults
  /** Ends what the visitor has open in a lane. @param asker the socket by which that is asked: its answer goes first */
  drop(visitor: string, lane: string, asker?: object): void
  /** Whether new connections are taken; they are closed at once while they are not. */
  takesNewcomers: boolean
  /** Listens no more; open connections go on. */
  stopListening(): void
  /** Ends every connection. */
  close(): void
}

/** How long an answer may take to leave, in milliseconds. */
const ANSWER_MS = 200

/** The property of the server's socket that leads to its connection. HTTP/2 shows a proxy of the socket, which has it too. */
const CONNECTION = Symbol('connection of a lane')

export function createWires({
  connect,
  identify,
  clock,
  random = Math.random,
  now = epochNow,
}: WiresOptions): Wires {
  const tap = createTap({ after: clock.after, now })
  const connections = new Set<LaneConnection>()
  const lanes: LaneListener[] = []
  const faults = createActiveFaults({ connections, tap, clock, now, random, catalogue: FAULTS })
  const totals = createTotals()
  let ids = 0

  const ownedBy = (visitor: string) => [...connections].filter(({ owner }) => owner === visitor)

  const wires: Wires = {
    tap,
    connections,
    lanes,
    faults,
    takesNewcomers: true,
    async openLane(options) {
      const lane = await listenForLane({
        ...options,
        onClient: (client) => void accept(options.name, client),
      })
      lanes.push(lane)
      return lane
    },
    serve: accept,
    connectionOf: (socket) => (socket as { [CONNECTION]?: LaneConnection })[CONNECTION],
    viewOf: (visitor) => ({
      connections: ownedBy(visitor).map((connection) => connection.view()),
      totals: totals.of(visitor, connections),
    }),
    read: (visitor) => tap.read(visitor, () => ownedBy(visitor).map((connection) => connection.openRecord())),
    drop(visitor, lane, asker) {
      const spared = asker && wires.connectionOf(asker)
      for (const one of ownedBy(visitor)) {
        if (one.lane !== lane) continue
        const end = () => one.line.drop('end', 'server')
        if (one === spared) clock.after(ANSWER_MS, end)
        else end()
      }
    },
    stopListening() {
      for (const lane of lanes) lane.close()
    },
    close() {
      wires.stopListening()
      faults.close()
      for (const { line } of connections) line.drop('end', 'server')
      tap.close()
    },
  }

  function accept(lane: string, client: Client, visitor: string | null = null): LaneConnection | null {
    if (!wires.takesNewcomers) {
      client.socket.on('error', () => {})
      client.raw.resetAndDestroy()
      return null
    }
    let served: (socket: Socket) => void = () => {}
    const onServed = (socket: Socket) => served(socket)
    const server = connect({ lane, client, onServed })
    const connection = new LaneConnection({
      ...{ id: ++ids, lane, client, server, tap, clock, identify, now },
      onOwner() {
        totals.opened(connection)
        faults.look(connection)
      },
      mayBeFaulted: () => faults.touches(lane),
    })
    served = (socket) => {
      Object.assign(socket, { [CONNECTION]: connection })
      connection.serverEnd = socket
    }
    connections.add(connection)
    connection.line.onGone = () => {
      connections.delete(connection)
      faults.forget(connection)
      totals.ended(connection)
    }
    if (visitor !== null) connection.belongTo(visitor)
    faults.look(connection)
    return connection
  }

  return wires
}
