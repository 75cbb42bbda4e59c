/** The other end: connections that say nothing, or that each have so many messages on the way at any time. */
import { connect, type Socket } from 'node:net'
import { upgradeRequest } from '../../lab/client/load/requests.ts'
import { clientFrame } from '../../transports/_formats/ws-encoder.ts'
import { BINARY } from '../../transports/_formats/ws-frame.ts'

export const FLOOR = 'raw-tcp'
/** At once, so that the listener's queue does not overflow. */
const BATCH = 200
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)

/** Opens connections; a WebSocket is there when the 101 is, raw TCP when it is connected. */
export async function openMany(port: number, name: string, count: number): Promise<Socket[]> {
  const sockets: Socket[] = []
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(BATCH, count - sockets.length) }, () => openOne(port, name))
    sockets.push(...(await Promise.all(batch)))
  }
  return sockets
}

function openOne(port: number, name: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    socket.once('error', reject)
    if (name === FLOOR) return void socket.once('connect', () => resolve(socket))
    socket.write(upgradeRequest({ port, headers: 'browser' }, '/'))
    let head = ''
    socket.on('data', function read(bytes) {
      head += bytes.toString('latin1')
      if (!head.endsWith('\r\n\r\n')) return
      socket.off('data', read)
      if (head.startsWith('HTTP/1.1 101 ')) resolve(socket)
      else reject(new Error(`no handshake: ${head}`))
    })
  })
}

/** Bytes of a server's header around a payload of so many. */
const headerBytes = (length: number) => (length <= 125 ? 2 : length <= 0xffff ? 4 : 10)

export interface Exchange {
  readonly messages: number
  readonly bytes: number
  /** How many are on the way on each connection. */
  readonly window: number
}

/** Has `messages` echoed, spread over the connections; resolves when the last is back. */
export async function exchange(
  sockets: readonly Socket[],
  name: string,
  { messages, bytes, window }: Exchange,
): Promise<void> {
  const payload = new Uint8Array(bytes).fill(0x61)
  const one = Buffer.from(name === FLOOR ? payload : clientFrame(BINARY, payload, KEY))
  const backBytes = name === FLOOR ? bytes : bytes + headerBytes(bytes)
  const burst = Buffer.concat(Array.from({ length: window }, () => one))
  const rounds = Math.ceil(messages / sockets.length / window)
  await Promise.all(
    sockets.map(
      (socket) =>
        new Promise<void>((done, fail) => {
          let left = rounds
          let missing = backBytes * window
          socket.on('close', () => fail(new Error(`${name} has closed a connection`)))
          socket.on('data', function read(data) {
            missing -= data.length
            if (missing > 0) return
            if (--left === 0) {
              socket.removeAllListeners('close').off('data', read)
              return done()
            }
            missing = backBytes * window
            socket.write(burst)
          })
          socket.write(burst)
        }),
    ),
  )
}
