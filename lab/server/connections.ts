/**
 * A cap on open connections, so that nobody can have them all.
 *
 * It counts sockets, not requests: who hoards connections sends none. What is beyond the cap is told so
 * and closed before anything of it is read, whichever protocol it would have spoken.
 */
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../wire/errors.ts'
import { neighbourhoodOf } from './addresses.ts'

export interface ConnectionCaps {
  /** Most from one neighbourhood (addresses.ts). */
  readonly perAddress: number
  readonly total: number
}

/** How soon a client that was turned away may come again, in seconds. */
const RETRY_AFTER_S = 5
/** How long a client that was turned away may take to read why. */
const LINGER_MS = 500

/** Call it when all who must see each connection, Node's own HTTP first of all, are listening. */
export function capConnections({ server }: FastifyInstance, { perAddress, total }: ConnectionCaps): void {
  const open = new Map<string, number>()
  const counted = new WeakSet<Socket>()
  let all = 0

  // In front of the others: they get only what is let in.
  const others = server.listeners('connection') as ((this: typeof server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const why = counted.has(socket) ? null : count(socket) // upgrades.ts gives a socket to a second parser
    if (why) return server instanceof TlsServer ? socket.destroy() : refuse(socket, why)
    for (const listener of others) listener.call(server, socket)
  })

  /** Counts the socket for as long as it lives, or says why not. */
  function count(socket: Socket): string | null {
    const address = neighbourhoodOf(socket.remoteAddress ?? '')
    const own = open.get(address) ?? 0
    if (own >= perAddress) return `there are already ${perAddress} connections from your address`
    if (all >= total) return `there are already ${total} connections`
    counted.add(socket)
    open.set(address, own + 1)
    all++
    socket.once('close', () => {
      const left = open.get(address)! - 1
      if (left === 0) open.delete(address)
      else open.set(address, left)
      all--
    })
    return null
  }
}

/** Nothing of it is read as a request. Its bytes are taken and dropped, or closing would reset it before it has read ours. */
function refuse(socket: Socket, why: string): void {
  const body = JSON.stringify(new ChatError('too-many-connections', why, { retryAfterS: RETRY_AFTER_S }))
  socket.on('error', () => {})
  socket.resume()
  socket.end(
    `HTTP/1.1 503 Service Unavailable\r\nRetry-After: ${RETRY_AFTER_S}\r\nConnection: close\r\n` +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
  setTimeout(() => socket.destroy(), LINGER_MS).unref()
}
