/**
 * A WebSocket server as a tutorial builds it, on a bare TCP socket: what one client says, all are sent.
 *
 * Each classic bug is behind a switch (bugs.ts). It is an exhibit: `npm start` does not know it, it listens on
 * 127.0.0.1 only, and with a bug it should serve the learner alone who has switched it on.
 */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import type { Bugs } from './bugs.ts'
import { NaiveConnection } from './naive-connection.ts'

export interface NaiveServer {
  readonly port: number
  /** Bytes that have been read from clients so far. */
  readonly bytesRead: () => number
  close(): Promise<void>
}

export interface NaiveOptions {
  readonly bugs: Bugs
  /** 0, unless given, is a free one. */
  readonly port?: number
  /** How long a client may take over its handshake, in milliseconds; 3 seconds unless given. */
  readonly handshakeMs?: number
}

const HANDSHAKE_MS = 3_000

export async function startNaiveServer(options: NaiveOptions): Promise<NaiveServer> {
  const { bugs, port = 0, handshakeMs = HANDSHAKE_MS } = options
  const open = new Map<Socket, NaiveConnection>()
  let bytesRead = 0
  const publish = (opcode: number, payload: Buffer) => {
    for (const connection of open.values()) if (connection.isOpen) connection.send(opcode, payload)
  }
  const server = createServer({ noDelay: true }, (socket) => {
    open.set(socket, new NaiveConnection(socket, { bugs, handshakeMs, publish }))
    socket.on('data', (bytes) => (bytesRead += bytes.length))
    socket.on('error', () => {}) // it closes too, and that is what counts
    socket.on('close', () => open.delete(socket))
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    bytesRead: () => bytesRead,
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        for (const socket of open.keys()) socket.destroy()
      }),
  }
}
