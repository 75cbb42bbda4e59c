/** A WebSocket server in one file, as chapter 6 builds it in nine stages: what one client says, all are sent. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { Socket } from 'node:net'
import { pathToFileURL } from 'node:url'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
const [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG] = [0, 1, 2, 8, 9, 10]
const MAX_MESSAGE = 1024 * 1024
const MAX_FRAGMENTS = 1024
const PAGE = '<!doctype html><html lang="en"><title>By hand</title><p>Open the console of this page.</p>'

/** Stage 1. The head of the answer that ends HTTP on this connection (RFC 6455 §4.2.2). */
export function acceptance(key: string): string {
  const proof = createHash('sha1')
    .update(key + GUID)
    .digest('base64')
  return (
    'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${proof}\r\n\r\n`
  )
}

/** Stage 2. Why a request is no handshake that we take, as a status; null when it is one (§4.2.1, §10.2). */
export function refusal(headers: IncomingHttpHeaders, origins: ReadonlySet<string>): string | null {
  if (headers.upgrade?.toLowerCase() !== 'websocket') return '426 Upgrade Required'
  if (headers['sec-websocket-version'] !== '13') return '426 Upgrade Required'
  if (!/^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')) return '400 Bad Request'
  if (headers.origin !== undefined && !origins.has(headers.origin)) return '403 Forbidden'
  return null
}

export interface Frame {
  readonly fin: boolean
  readonly opcode: number
  readonly payload: Buffer
  /** How many bytes it took, header included. */
  readonly size: number
}

/** Why the connection must fail: a close code (§7.4.1). */
export class Fail extends Error {
  readonly code: number
  constructor(code: number) {
    super(String(code))
    this.code = code
  }
}

/** Stages 3, 5 and 6. The frame at the beginning of `bytes`; null while it is not whole (§5.2). @throws Fail */
export function frameIn(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null
  const [first, second] = [bytes[0]!, bytes[1]!]
  checkHeader(first, second)
  const short = second & 0b0111_1111
  const keyAt = short === 126 ? 4 : short === 127 ? 10 : 2
  const start = keyAt + 4
  if (bytes.length < start) return null
  const length = keyAt === 2 ? short : keyAt === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (length > MAX_MESSAGE) throw new Fail(1009)
  if (bytes.length < start + length) return null
  const payload = Buffer.from(bytes.subarray(start, start + length))
  for (let i = 0; i < length; i++) payload[i]! ^= bytes[keyAt + (i & 3)]!
  return { fin: first >= 0b1000_0000, opcode: first & 0b1111, payload, size: start + length }
}

/** Stage 7. What two bytes tell already (§5.1, §5.2, §5.5). @throws Fail 1002 */
function checkHeader(first: number, second: number): void {
  const opcode = first & 0b1111
  const isControl = opcode >= CLOSE
  const isKnown = [CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG].includes(opcode)
  const isReserved = (first & 0b0111_0000) !== 0
  const isMasked = second >= 0b1000_0000
  const mayStand = !isControl || (first >= 0b1000_0000 && (second & 0b0111_1111) <= 125)
  if (isReserved || !isKnown || !isMasked || !mayStand) throw new Fail(1002)
}

/** Stages 4 and 5. A whole message in one frame, without a mask (§5.2). */
export function frame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = 0b1000_0000 | opcode
  header[1] = header.length === 2 ? length : header.length === 4 ? 126 : 127
  if (header.length === 4) header.writeUInt16BE(length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

/** Stage 8. Fragments become a message; a ping may stand between two of them (§5.4). */
export function createAssembler(onMessage: (opcode: number, payload: Buffer) => void) {
  let opcode = CONTINUATION
  let parts: Buffer[] = []
  let size = 0
  return (next: Frame): void => {
    if ((next.opcode === CONTINUATION) !== (opcode !== CONTINUATION)) throw new Fail(1002)
    if (next.opcode !== CONTINUATION) opcode = next.opcode
    parts.push(next.payload)
    size += next.payload.length
    if (size > MAX_MESSAGE) throw new Fail(1009)
    if (parts.length > MAX_FRAGMENTS) throw new Fail(1008)
    if (!next.fin) return
    const whole = { opcode, payload: Buffer.concat(parts) }
    opcode = CONTINUATION
    parts = []
    size = 0
    if (whole.opcode === TEXT) checkText(whole.payload)
    onMessage(whole.opcode, whole.payload)
  }
}

/** A character may lie across two fragments, so a text is looked at when it is whole (§8.1). @throws Fail 1007 */
function checkText(bytes: Buffer): void {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Fail(1007)
  }
}

/** Stages 6 and 7. One connection, from its first frame to its end. */
export function serve(socket: Socket, publish: (opcode: number, payload: Buffer) => void): void {
  let bytes = Buffer.alloc(0)
  let isOver = false
  const assemble = createAssembler(publish)

  socket.on('data', (more) => {
    if (isOver) return
    bytes = Buffer.concat([bytes, more])
    try {
      for (let next = frameIn(bytes); next && !isOver; next = frameIn(bytes)) {
        bytes = bytes.subarray(next.size)
        take(next)
      }
    } catch (error) {
      if (!(error instanceof Fail)) throw error
      close(Buffer.from([error.code >> 8, error.code & 0xff]))
    }
  })
  function take(next: Frame): void {
    if (next.opcode === PING) socket.write(frame(PONG, next.payload))
    else if (next.opcode === CLOSE) answerClose(next.payload)
    else if (next.opcode !== PONG) assemble(next)
  }
  function answerClose(payload: Buffer): void {
    if (payload.length === 1 || (payload.length > 1 && !mayBeSent(payload.readUInt16BE(0))))
      throw new Fail(1002)
    checkText(payload.subarray(2))
    close(payload)
  }
  function close(payload: Buffer): void {
    isOver = true
    socket.end(frame(CLOSE, payload))
  }
}

/** §7.4: 1005, 1006 and some others stand for what was not sent, and so must not be. */
function mayBeSent(code: number): boolean {
  if (code >= 3000) return code <= 4999
  return code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)
}

/** Stage 9. A reader that takes nothing gets nothing more until it does, and is cut when it stays so. */
export function sendTo(sockets: Iterable<Socket>, bytes: Buffer, stallMs = 10_000): void {
  for (const socket of sockets) {
    if (socket.destroyed || socket.writableEnded) continue
    if (socket.writableNeedDrain) continue // it misses this one: a cursor would bring it back (chapter 8)
    if (socket.write(bytes)) continue
    const stall = setTimeout(() => socket.destroy(), stallMs)
    socket.once('drain', () => clearTimeout(stall)).once('close', () => clearTimeout(stall))
  }
}

export function createByHandServer(): Server {
  const open = new Set<Socket>()
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/') return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(PAGE)
  })
  server.on('upgrade', ({ headers }, socket: Socket, head: Buffer) => {
    socket.on('error', () => {}) // it closes too, and that is what counts
    const why = refusal(headers, new Set([`http://${headers.host}`]))
    if (why) return socket.end(`HTTP/1.1 ${why}\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n\r\n`)
    socket.write(acceptance(headers['sec-websocket-key']!))
    open.add(socket)
    socket.on('close', () => open.delete(socket))
    serve(socket, (opcode, payload) => sendTo(open, frame(opcode, payload)))
    if (head.length > 0) socket.unshift(head) // the first frame may be in the same packet
  })
  return server
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  createByHandServer().listen(3002, '127.0.0.1', () => console.log('Listening on http://localhost:3002'))
}
