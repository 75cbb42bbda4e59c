/**
 * A cap on open connections, so that no single client can have them all.
 *
 * It counts sockets, not requests: a client that hoards connections sends none. What is beyond the cap is told so
 * and closed before anything of it is read, whichever protocol it would have spoken. (Over TLS it is
 * closed without a word: to say one would take the handshake, which is the expensive part.)
 *
 * There are two cases in which one socket carries many clients' or many readers' requests, and there
 * each open request counts like a connection, for the address of its client:
 *
 * - HTTP/2. Otherwise a cap of 1,000 connections would be one of 100,000 streams.
 * - A proxy that we trust (trust.ts). Its own address says nothing about who asks, and must not use up
 *   anybody's cap; its sockets count only among all.
 */
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { whenOver } from '../http/upgrades.ts'
import { subnetOf } from './addresses.ts'
import type { LimitLink } from './shared/link.ts'
import { clientAddress, type Trust, trustNone } from './trust.ts'

export interface ConnectionCaps {
  /** Most from one subnet (addresses.ts). */
  readonly perAddress: number
  readonly total: number
}

export interface CapOptions {
  /** Shared with whatever else of this server accepts connections. */
  readonly slots: ConnectionSlots
  readonly trust?: Trust | undefined
  /** Told of each that is turned away unread; those who get an answer are seen by errors.ts. */
  readonly onRefusal?: (error: ChatError, address: string) => void
}

/** How soon a client that was turned away may come again, in seconds. */
const RETRY_AFTER_S = 5
/** How long a client that was turned away may take to read why. */
const LINGER_MS = 500

/** Call it when all who must see each connection, Node's own HTTP first of all, are listening. */
export function capConnections(app: FastifyInstance, options: CapOptions): void {
  const { server } = app
  const { slots, trust = trustNone, onRefusal = () => {} } = options
  // In front of the others: they get only what is let in.
  const others = server.listeners('connection') as ((this: typeof server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: CountedSocket) => {
    // upgrades.ts gives a socket to a second parser
    const error = socket[SLOT] ? null : refusalOf(() => acquireForSocket(socket))
    if (error) {
      onRefusal(error, socket.remoteAddress ?? '')
      return server instanceof TlsServer ? void socket.destroy() : refuse(socket, error)
    }
    for (const listener of others) listener.call(server, socket)
  })

  function acquireForSocket(socket: CountedSocket): void {
    const peer = socket.remoteAddress ?? ''
    const slot = { address: trust(peer, 0) ? null : subnetOf(peer), inAll: true }
    slots.acquire(slot)
    socket[SLOT] = slot
    socket.on('close', release)
  }
  /** One listener for all sockets: each closes once, and knows its slot. */
  function release(this: CountedSocket): void {
    slots.release(this[SLOT]!)
  }

  // Otherwise each connection is one client's, and has been counted.
  if (trust === trustNone && !(server instanceof TlsServer)) return
  app.addHook('onRequest', (request, reply, done) => {
    const { socket, httpVersionMajor } = request.raw
    const isStream = httpVersionMajor === 2
    if (!isStream && !trust(socket.remoteAddress ?? '', 0)) return done()
    const slot = { address: subnetOf(clientAddress(request)), inAll: isStream }
    const error = refusalOf(() => slots.acquire(slot))
    if (error) return done(error)
    // An upgraded socket belongs to one client from here on; any other may bring another's request next.
    whenOver(request, reply, () => slots.release(slot))
    done()
  })
}

const SLOT = Symbol('slot')
type CountedSocket = Socket & { [SLOT]?: Slot }

/** A connection, as it is counted. */
export interface Slot {
  /** The address whose cap it counts against; null when it counts against none. */
  readonly address: string | null
  /** Whether it counts among all. */
  readonly inAll: boolean
}

export interface ConnectionSlots {
  /** @throws ChatError `too-many-connections` */
  acquire(slot: Slot): void
  release(slot: Slot): void
}

/**
 * What share of an address's cap it must have open at one server for the others to be told: below it are nearly all addresses, so that hardly
 * anything is told, and all servers but one may have as much untold.
 */
const TOLD_SHARE = 1 / 16

/**
 * The cap of an address is over all servers of a log, where there are several. The cap on all is of this server, whose memory it saves.
 *
 * @param link to those servers
 */
export function createConnectionSlots(
  { perAddress, total }: ConnectionCaps,
  link?: LimitLink,
): ConnectionSlots {
  const taken = new Map<string, number>()
  const shared = link?.counts('connections', Math.ceil(perAddress * TOLD_SHARE))
  let all = 0
  const countOf = (address: string) => taken.get(address) ?? 0
  const elsewhere = (address: string) => shared?.elsewhere(shared.nameOf(address)) ?? 0
  function set(address: string, count: number): void {
    if (count === 0) taken.delete(address)
    else taken.set(address, count)
    shared?.set(shared.nameOf(address), count)
  }

  return {
    acquire({ address, inAll }: Slot): void {
      if (address !== null && countOf(address) + elsewhere(address) >= perAddress) {
        throw tooMany(`there are already ${perAddress} connections from your address`)
      }
      if (inAll && all >= total) throw tooMany(`there are already ${total} connections`)
      if (address !== null) set(address, countOf(address) + 1)
      if (inAll) all++
    },
    release({ address, inAll }: Slot): void {
      if (inAll) all--
      if (address !== null) set(address, countOf(address) - 1)
    },
  }
}

const tooMany = (why: string) => new ChatError('too-many-connections', why, { retryAfterS: RETRY_AFTER_S })

function refusalOf(act: () => void): ChatError | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof ChatError) return error
    throw error
  }
}

/** Nothing of it is read as a request. Its bytes are taken and dropped, or closing would reset it before it has read ours. */
function refuse(socket: Socket, error: ChatError): void {
  const body = JSON.stringify(error)
  socket.on('error', () => {})
  socket.resume()
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
