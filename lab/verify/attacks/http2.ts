/** HTTP/2 for tests: as Node's client speaks it, and as frames by hand (RFC 9113 §4). */
import { once } from 'node:events'
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type OutgoingHttpHeaders,
} from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { framesIn } from './frames.ts'

export interface Http2Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  readonly text: string
  /** With what the stream was closed (RFC 9113 §7); 0 when all was well. */
  readonly code: number
}

export async function openSession(port: number, ca: string): Promise<ClientHttp2Session> {
  const session = connect(`https://127.0.0.1:${port}`, { ca })
  session.on('error', () => {})
  await once(session, 'connect')
  return session
}

/** Resolves when the stream is closed. */
export function ask(
  session: ClientHttp2Session,
  path: string,
  headers: OutgoingHttpHeaders = {},
  body?: string,
): Promise<Http2Answer> {
  const stream = session.request({ ':path': path, ...headers })
  let text = ''
  let head: Record<string, unknown> = {}
  stream.setEncoding('utf8')
  stream.on('response', (answered) => {
    head = answered
  })
  stream.on('data', (chunk) => (text += chunk))
  stream.on('error', () => {})
  stream.end(body)
  return new Promise((resolve) =>
    stream.once('close', () =>
      resolve({ status: Number(head[':status'] ?? 0), headers: head, text, code: stream.rstCode ?? 0 }),
    ),
  )
}

/** A WebSocket as a stream (RFC 8441), or what was answered instead. */
export interface Tunnel {
  readonly stream: ClientHttp2Stream
  readonly status: number
  readonly headers: Readonly<Record<string, unknown>>
  /** What has come, as text: of a refusal. */
  text(): string
  /** What has come in frames. */
  texts(): string[]
  pongs(): number
  closeCode(): number | null
}

/** Resolves when it is answered. @param headers besides those of a good handshake, or instead; undefined leaves one out */
export async function openTunnel(
  session: ClientHttp2Session,
  path: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): Promise<Tunnel> {
  // What a client may ask depends on the server's settings (RFC 8441 §3).
  if (!session.remoteSettings?.enableConnectProtocol) await once(session, 'remoteSettings')
  const all = { ':method': 'CONNECT', ':protocol': 'websocket', 'sec-websocket-version': '13', ...headers }
  const stream = session.request({ ':path': path, ...all }, { endStream: false })
  const chunks: Buffer[] = []
  stream.on('data', (chunk) => chunks.push(chunk)).on('error', () => {})
  const [answered] = await once(stream, 'response')
  const received = () => Buffer.concat(chunks)
  return {
    ...{ stream, headers: answered, status: Number(answered[':status']) },
    text: () => received().toString(),
    texts: () => framesIn(received()).texts,
    pongs: () => framesIn(received()).pongs,
    closeCode: () => framesIn(received()).closeCode,
  }
}

export const TYPE = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  continuation: 9,
} as const
export const FLAG = { endStream: 1, endHeaders: 4 } as const

export function frame(
  type: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const header = Buffer.alloc(9)
  header.writeUIntBE(payload.length, 0, 3)
  header.writeUInt8(type, 3)
  header.writeUInt8(flags, 4)
  header.writeUInt32BE(stream, 5)
  return Buffer.concat([header, payload])
}

/** Headers of a GET by HPACK without its tables' dynamic part (RFC 7541 §6.2.2, Appendix A). */
export function getHeaders(port: number, path: string): Buffer {
  const literal = (index: number, value: string) =>
    Buffer.concat([Buffer.from([index, value.length]), Buffer.from(value, 'latin1')])
  return Buffer.concat([Buffer.from([0x82, 0x87]), literal(0x04, path), literal(0x01, `127.0.0.1:${port}`)])
}

/** Headers of a WebSocket handshake (RFC 8441 §5), written the same way. */
export function connectHeaders(port: number, path: string): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')])
  const named = (index: number, value: string) => Buffer.concat([Buffer.from([index]), text(value)])
  const other = (name: string, value: string) => Buffer.concat([Buffer.from([0]), text(name), text(value)])
  return Buffer.concat([
    named(0x02, 'CONNECT'), // :method
    other(':protocol', 'websocket'),
    Buffer.from([0x87]), // :scheme https
    named(0x04, path),
    named(0x01, `127.0.0.1:${port}`),
    other('sec-websocket-version', '13'),
  ])
}

/** What a client says first (RFC 9113 §3.4). */
export const PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  frame(TYPE.settings, 0, 0),
])

export interface RawHttp2 {
  readonly socket: TLSSocket
  isClosed(): boolean
  /** The types of the frames that have come, in order. */
  readonly frames: readonly number[]
  /** The error code of the server's GOAWAY; null before it came. */
  goaway(): number | null
}

/** A connection that has agreed on HTTP/2 and has said nothing in it yet. */
export async function dialHttp2(port: number, ca: string): Promise<RawHttp2> {
  const socket = connectTls({ port, host: '127.0.0.1', ca, ALPNProtocols: ['h2'] })
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  let bytes: Buffer = Buffer.alloc(0)
  let code: number | null = null
  const frames: number[] = []
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 9 && bytes.length >= 9 + bytes.readUIntBE(0, 3)) {
      const length = bytes.readUIntBE(0, 3)
      frames.push(bytes[3]!)
      if (bytes[3] === TYPE.goaway) code = bytes.readUInt32BE(9 + 4)
      bytes = bytes.subarray(9 + length)
    }
  })
  return { socket, frames, isClosed: () => socket.closed || socket.readableEnded, goaway: () => code }
}
