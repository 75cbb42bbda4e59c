/**
 * What the server knows about itself: counts for /metrics, and who is told when something happens.
 *
 * Counting is done where things happen and must cost next to nothing there: a number on an object is
 * made one larger. What can be found out by looking (how many readers wait, how many bytes a socket has
 * sent) is not counted at all; metrics.ts looks when it is asked.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ChatError, ChatErrorCode } from '../../wire/errors.ts'
import { type Journal, plainJournal } from './journal.ts'

/** What one transport has done. Each writes its own. */
export interface TransportWatch {
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
  refused(error: ChatError, request: FastifyRequest | null, address?: string): void
  /** Call it with what nobody is told. */
  failed(error: unknown): void
}

export interface Watch {
  readonly journal: Journal
  readonly transports: ReadonlyMap<string, TransportWatch>
  /** How often each error was told. */
  readonly refusals: Map<ChatErrorCode, number>
  readonly line: Line
  /** @param name of a transport in the manifest: it becomes a label, so there must be few of them */
  transport(name: string): TransportWatch
  /** Whatever was told to whomever as an error passes here once. */
  refused(error: ChatError, request: FastifyRequest | null, address?: string): void
  /** A commit of the store, and how long it took; metrics.ts listens. */
  committed: (durationMs: number) => void
}

/** The connections, as the operating system sees them. */
export interface Line {
  readonly sockets: ReadonlySet<Socket>
  /** Connections that there have been, those that are open included. */
  opened: number
  /** Bytes of the connections that are closed; the open ones know their own. */
  received: number
  sent: number
}

export function createWatch(journal: Journal = plainJournal): Watch {
  const transports = new Map<string, TransportWatch>()
  const refusals = new Map<ChatErrorCode, number>()

  function refused(error: ChatError, request: FastifyRequest | null, address?: string): void {
    const { code, cause } = error
    refusals.set(code, (refusals.get(code) ?? 0) + 1)
    if (code === 'internal') journal.failed(cause ?? error, request)
    else journal.refused(code, request, address)
  }

  return {
    journal,
    transports,
    refusals,
    line: { sockets: new Set(), opened: 0, received: 0, sent: 0 },
    refused,
    committed: () => {},
    transport(name) {
      const known = transports.get(name)
      if (known) return known
      const watch = createTransportWatch(refused, journal)
      transports.set(name, watch)
      return watch
    },
  }
}

export const createTransportWatch = (
  refused: TransportWatch['refused'] = () => {},
  { failed }: Pick<Journal, 'failed'> = plainJournal,
): TransportWatch => ({ readers: () => 0, pages: 0, messages: 0, bytes: 0, stalled: 0, refused, failed })

/** Follows every connection from its beginning to its end. Call it before anybody turns connections away. */
export function watchLine({ server }: FastifyInstance, line: Line): void {
  const sockets = line.sockets as Set<Socket>
  server.on('connection', (socket: Socket) => {
    if (sockets.has(socket)) return // upgrades.ts gives a socket to a second parser
    sockets.add(socket)
    line.opened++
    socket.once('close', forget)
  })
  function forget(this: Socket): void {
    sockets.delete(this)
    line.received += this.bytesRead
    line.sent += this.bytesWritten
  }
}
