/**
 * How a lane's connection reaches the server: by a port on loopback that serves the lanes of this process alone.
 *
 * A proxy that leads to the server's own port would have to say for whom it asks, in a header that any client can send.
 * Here the server learns it in process: each connection that the lanes open is announced by its own local port, and what comes
 * without being announced is closed. The server's end is then given the client's address, so whatever counts
 * connections, limits clients or asks whether a request is from this machine sees the client and not the lane.
 */
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Client } from '../../wires/listener.ts'

/** How long a connection may be there before it is announced: the two ends are told of it in either order. */
const ANNOUNCE_MS = 2_000
/** Connections that may wait for that. */
const MAX_WAITING = 1_000

/** What goes with a connection in process. */
export interface Announced {
  /** Called with the server's end of it. */
  readonly onServed: (socket: Socket) => void
}

export interface InnerPort<About extends Announced> {
  /** Where it listens; 0 while it does not. */
  readonly port: number
  connect(about: About): Socket
  listen(): Promise<void>
  close(): void
}

/** @param serve is given the server's end of each connection, which looks as if the client had opened it */
export function createInnerPort<About extends Announced>(
  serve: (socket: Socket, about: About) => void,
): InnerPort<About> {
  const announced = new Map<number, About>()
  const waiting = new Map<number, { readonly socket: Socket; readonly timer: NodeJS.Timeout }>()
  let port = 0

  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    const from = socket.remotePort ?? -1
    const about = announced.get(from)
    if (about) return meet(from, socket, about)
    if (waiting.size >= MAX_WAITING) return void socket.destroy()
    const timer = setTimeout(() => {
      waiting.delete(from)
      socket.destroy()
    }, ANNOUNCE_MS)
    waiting.set(from, { socket, timer })
    socket.on('error', () => {}) // one that is gone meanwhile is met all the same, and seen to be gone
  })

  function meet(from: number, socket: Socket, about: About): void {
    announced.delete(from)
    clearTimeout(waiting.get(from)?.timer)
    waiting.delete(from)
    about.onServed(socket)
    serve(socket, about)
  }

  return {
    get port() {
      return port
    },
    connect(about) {
      const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
      socket.once('connect', () => {
        const from = socket.localPort ?? -1
        announced.set(from, about)
        socket.once('close', () => announced.delete(from))
        const other = waiting.get(from)
        if (other) meet(from, other.socket, about)
      })
      return socket
    },
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject)
        server.listen({ port: 0, host: '127.0.0.1', backlog: MAX_WAITING }, () => {
          port = (server.address() as AddressInfo).port
          resolve()
        })
      }),
    close: () => void server.close(),
  }
}

/** Makes of the server's end of a lane's connection what it would be without the lane. */
export function lookLike(
  socket: Socket,
  { address, port, family, isSecure }: Pick<Client, 'address' | 'port' | 'family' | 'isSecure'>,
  serverPort: number,
): void {
  const own = (value: unknown) => ({ value, configurable: true })
  Object.defineProperties(socket, {
    remoteAddress: own(address),
    remotePort: own(port),
    remoteFamily: own(family),
    // The name of the cookie has the server's port in it (cookies.ts), and a lane has the same cookie.
    localPort: own(serverPort),
    ...(isSecure && { encrypted: own(true) }),
  })
}
