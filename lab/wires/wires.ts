/**
 * The wires of one server: a port for each transport, every connection that comes to one, whose it is, and what is
 * told of it.
 *
 * A connection's owner is the visitor whose requests it carries. Only the owner's faults touch it, and only the owner
 * reads its records. A connection that has carried requests of two visitors belongs to neither, for good
 * (docs/decisions/053-whose-wires.md).
 */
import type { Socket } from 'node:net'
import type { Clock } from '../wire/clock.ts'
import { LaneConnection, type Shown } from './connection.ts'
import type { ConnectionView } from './control.ts'
import { type Client, type LaneListener, listenForLane, type ListenOptions } from './listener.ts'
import type { RequestHead } from './request-heads.ts'
import { createTap, type Tap, type TapReader } from './tap.ts'

export interface WiresOptions {
  /** Opens a connection to the server for a client of a lane. The server learns in process who the client is. */
  readonly connect: (connection: ConnectionAbout) => Socket
  /** Whose a request is. */
  readonly identify: (head: RequestHead) => Shown
  readonly clock: Clock
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
  /** The connection of a lane that the server serves by this socket; undefined for any other socket. */
  connectionOf(socket: object): LaneConnection | undefined
  viewOf(visitor: string): readonly ConnectionView[]
  read(visitor: string): TapReader | null
  /** Told of each connection whose owner is known now, or has changed. */
  onOwner: (connection: LaneConnection) => void
  /** Told of each new connection; returns false to have it closed at once. */
  onOpen: (connection: LaneConnection) => boolean
  /** Listens no more; open connections go on. */
  stopListening(): void
  /** Ends every connection. */
  close(): void
}

/** The property of the server's socket that leads to its connection. HTTP/2 shows a proxy of the socket, which has it too. */
const CONNECTION = Symbol('connection of a lane')

const epochNow = () => performance.timeOrigin + performance.now()

export function createWires({ connect, identify, clock, now = epochNow }: WiresOptions): Wires {
  const tap = createTap({ after: clock.after, now })
  const connections = new Set<LaneConnection>()
  const lanes: LaneListener[] = []
  let ids = 0

  const wires: Wires = {
    tap,
    connections,
    lanes,
    onOwner: () => {},
    onOpen: () => true,
    async openLane(options) {
      const lane = await listenForLane({ ...options, onClient: (client) => accept(options.name, client) })
      lanes.push(lane)
      return lane
    },
    connectionOf: (socket) => (socket as { [CONNECTION]?: LaneConnection })[CONNECTION],
    viewOf: (visitor) =>
      [...connections].filter(({ owner }) => owner === visitor).map((connection) => connection.view()),
    read: (visitor) =>
      tap.read(visitor, () =>
        [...connections].filter(({ owner }) => owner === visitor).map((connection) => connection.openRecord()),
      ),
    stopListening() {
      for (const lane of lanes) lane.close()
    },
    close() {
      wires.stopListening()
      for (const { line } of connections) line.drop('end', 'server')
      tap.close()
    },
  }

  function accept(lane: string, client: Client): void {
    let served: (socket: Socket) => void = () => {}
    const onServed = (socket: Socket) => served(socket)
    const server = connect({ lane, client, onServed })
    const connection = new LaneConnection({
      ...{ id: ++ids, lane, client, server, tap, clock, identify, now },
      onOwner: () => wires.onOwner(connection),
    })
    served = (socket) => {
      Object.assign(socket, { [CONNECTION]: connection })
      connection.serverEnd = socket
    }
    connections.add(connection)
    connection.line.onGone = () => connections.delete(connection)
    if (!wires.onOpen(connection)) connection.line.drop('end')
  }

  return wires
}
