/**
 * What the server knows about itself: counts for /metrics, and who is told when something happens.
 *
 * Counting is done where things happen and must cost next to nothing there: a number on an object is
 * made one larger. What can be found out by looking (how many readers wait, how many bytes a socket has
 * sent) is not counted at all; metrics.ts looks when it is asked.
 */
import type { Server, Socket } from 'node:net'
import type { ChatError, ChatErrorCode } from '../../wire/errors.ts'
import { type EventLogger, type Facts, plainLogger } from './event-logger.ts'

/** What one transport has done. Each writes its own. */
export interface TransportMetrics {
  /** Readers that are connected now: on a stream, or with a poll that waits. */
  readers: () => number
  /** Pages handed to readers, and what was in them. */
  pages: number
  messages: number
  /** Bytes of pages with their framing, before any compression by TLS and without HTTP's headers. */
  bytes: number
  /** Readers that were cut because they took nothing for too long. */
  stalled: number
  /** Call it with each error that is told to a peer by other ways than an HTTP answer. */
  refused(error: ChatError, facts: Facts): void
  /** Call it with a fault of ours of which no peer is told. */
  failed(error: unknown): void
}

export interface ServerMetrics {
  readonly logger: EventLogger
  readonly transports: ReadonlyMap<string, TransportMetrics>
  /** How often each error was told. */
  readonly refusals: Map<ChatErrorCode, number>
  readonly connections: ConnectionTable
  /** @param name of a transport in the manifest: it becomes a label, so there must be few of them */
  transport(name: string): TransportMetrics
  /** Each error that a peer is told passes here once. */
  refused(error: ChatError, facts: Facts): void
  /** A commit of the store, and how long it took; metrics.ts listens. */
  committed: (durationMs: number) => void
  /** An entry of this server has come back from the shared log, and how long that took; metrics.ts listens. */
  cameBack: (durationMs: number) => void
  /** What has happened between this server and the others of its log, how often. */
  readonly peerEvents: Record<'waits' | 'taken' | 'given' | 'trimmed', number>
}

/** The connections, as the operating system sees them. */
export interface ConnectionTable {
  readonly sockets: ReadonlySet<Socket>
  /** Connections that there have been, those that are open included. */
  opened: number
  /** Bytes of the connections that are closed; the open ones know their own. */
  received: number
  sent: number
}

export function createServerMetrics(logger: EventLogger = plainLogger): ServerMetrics {
  const transports = new Map<string, TransportMetrics>()
  const refusals = new Map<ChatErrorCode, number>()

  function refused(error: ChatError, facts: Facts): void {
    const { code, cause } = error
    refusals.set(code, (refusals.get(code) ?? 0) + 1)
    if (code === 'internal') logger.failed(cause ?? error, facts)
    else logger.refused(code, facts)
  }

  return {
    logger,
    transports,
    refusals,
    connections: { sockets: new Set(), opened: 0, received: 0, sent: 0 },
    refused,
    committed: () => {},
    cameBack: () => {},
    peerEvents: { waits: 0, taken: 0, given: 0, trimmed: 0 },
    transport(name) {
      const known = transports.get(name)
      if (known) return known
      const metrics = createTransportMetrics(refused, logger)
      transports.set(name, metrics)
      return metrics
    },
  }
}

export const createTransportMetrics = (
  refused: TransportMetrics['refused'] = () => {},
  { failed }: Pick<EventLogger, 'failed'> = plainLogger,
): TransportMetrics => ({ readers: () => 0, pages: 0, messages: 0, bytes: 0, stalled: 0, refused, failed })

/**
 * Follows every connection of a server from its beginning to its end. Call it before anything turns
 * connections away.
 */
export function trackConnections(server: Server, connections: ConnectionTable): void {
  const sockets = connections.sockets as Set<Socket>
  server.on('connection', (socket: Socket) => {
    if (sockets.has(socket)) return // upgrades.ts gives a socket to a second parser
    sockets.add(socket)
    connections.opened++
    socket.on('close', forget) // it closes once; `once` would make an object for each
  })
  function forget(this: Socket): void {
    sockets.delete(this)
    connections.received += this.bytesRead
    connections.sent += this.bytesWritten
  }
}
