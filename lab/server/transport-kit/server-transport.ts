/** What the server half of a transport is, and what it is handed. */
import type { Socket } from 'node:net'
import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import type { Clock } from '../../wire/clock.ts'
import type { ChatError } from '../../wire/errors.ts'
import type { TransportMetrics } from '../observe/server-metrics.ts'
import type { Peer, RoomGateway } from './room-gateway.ts'

/** What the server half of every transport is handed. */
export interface Lab {
  /** Lets peers read and write in a room, if they may. */
  readonly gateway: RoomGateway
  /** Whether to compress what goes to many readers, where once is enough for all of them. */
  readonly compress?: boolean
  /** What heartbeats go by. */
  readonly clock: Clock
  /** What this transport tells of itself: it counts here what it hands to its readers. */
  readonly metrics: TransportMetrics
  /** Milliseconds between two heartbeats on a connection that stays open; the transport's own number unless given. */
  readonly heartbeatMs?: number | undefined
  /** Aborts when the server begins to close: tell every reader that is still waiting. */
  readonly shutdown: AbortSignal
}

export interface HttpLab extends Lab {
  /** Who has sent this request. @throws ChatError when what it shows does not hold, or its client id is none */
  peerOf(request: FastifyRequest): Peer
}

export interface TcpLab extends Lab {
  /**
   * Who is at the other end of this socket, by what it has said about itself. A socket for which this has not
   * been called in time ({@link TcpTransport.identifyMs}) is closed.
   *
   * @throws ChatError `not-signed-in` when the token does not hold, `bad-query` when the client id is none
   */
  peerOf(socket: Socket, claims: Claims): Peer
}

/** What a peer says of itself where there is no request with headers and a query. Strings as they came. */
export interface Claims {
  /** The room that it asks for: a token may be for one room only. */
  readonly room: string
  /** A token (docs/reference/protocol.md); null for a peer that does not sign in. */
  readonly token: string | null
  /** See {@link Peer.clientId}. */
  readonly clientId: string | null
}

/** An ordinary Fastify plugin, mounted under `/transports/NAME/rooms/:room/`. */
export type HttpTransport = FastifyPluginAsync<HttpLab>

/** A protocol of its own on a port of its own (`npm start -- --listen NAME=PORT`). */
export interface TcpTransport {
  readonly carriedBy: 'tcp'
  /** Milliseconds until a peer must have said whose the connection is; as long as HTTP's headers may take unless given. */
  readonly identifyMs?: number
  /**
   * Called once, before it listens, as an HTTP transport's plugin is.
   *
   * @returns serves one connection until it closes. The connection counts against the caps, is told by `lab.shutdown`
   *   that the server closes, and is destroyed a second later. What this throws is a fault of ours: it is logged,
   *   and the socket closed
   */
  open(lab: TcpLab): (socket: Socket) => void
  /** Tells a peer that is turned away why, in its own protocol; it is closed after that. Without a word unless given. */
  refuse?(socket: Socket, error: ChatError): void
}

/** A transport whose client chooses among others: the server has nothing to do. */
export interface ClientOnlyTransport {
  readonly carriedBy: 'transports'
}

/** What a transport's `server.ts` exports by default. One that is client-only has no `server.ts`. */
export type ServerTransport = HttpTransport | TcpTransport | ClientOnlyTransport

export const isHttp = (transport: ServerTransport): transport is HttpTransport =>
  typeof transport === 'function'

export const isTcp = (transport: ServerTransport): transport is TcpTransport =>
  !isHttp(transport) && transport.carriedBy === 'tcp'
