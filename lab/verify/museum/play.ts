/** Plays a case against the museum's server, byte for byte, and tells what came back. No clock is raced. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { closeFrame } from '../attacks/frames.ts'
import { requestText } from '../attacks/raw.ts'
import { HANDSHAKE } from '../attacks/raw-web-socket.ts'
import { ECHO_CASES, type EchoCase } from '../conformance/echo/cases.ts'
import type { Bugs } from './bugs.ts'
import { type NaiveServer, startNaiveServer } from './naive-server.ts'

/** What is done to the server, and what RFC 6455 wants back, in hexadecimal or words. */
export interface Play {
  readonly sent: string
  readonly wanted: string
  readonly came: string
}

/** A case of npm run conformance's echo by its name, a handshake, or a client that never ends its handshake. */
export type Script = { readonly echo: string } | { readonly handshake: readonly string[] } | 'silence'

const HANDSHAKE_MS = 100
/** Long after a sound server has cut a silent client. */
const SILENCE_MS = 5 * HANDSHAKE_MS

export async function play(script: Script, bugs: Bugs): Promise<Play> {
  const server = await startNaiveServer({
    bugs,
    ...(script === 'silence' && { handshakeMs: HANDSHAKE_MS }),
  })
  const wire = connect(server.port, '127.0.0.1')
  try {
    if (script === 'silence') return await playSilence(wire, server)
    if ('handshake' in script) return await playHandshake(wire, server, script.handshake)
    return await playEcho(wire, server, echoCase(script.echo))
  } finally {
    wire.destroy()
    await server.close()
  }
}

export function echoCase(name: string): EchoCase {
  const found = ECHO_CASES.find((one) => one.name === name)
  if (!found) throw new Error(`there is no echo case “${name}”`)
  return found
}

async function playEcho(wire: Socket, server: NaiveServer, one: EchoCase): Promise<Play> {
  const { send, chop, closes } = one
  const all = collect(wire)
  await say(wire, server, Buffer.from(requestText(server.port, 'GET /', [...HANDSHAKE])))
  const sent = Buffer.concat(send)
  const size = chop ?? Math.max(1, sent.length)
  for (let at = 0; at < sent.length; at += size) await say(wire, server, sent.subarray(at, at + size))
  if (closes === undefined) await say(wire, server, closeFrame(1000))
  wire.end()
  const bytes = await all
  const answer = bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)
  return { sent: shown(sent), wanted: shown(wantedBy(one)), came: shown(answer) }
}

/** Sends, and waits until the server has read it: a write stays a read. A server that has closed reads no more. */
async function say(wire: Socket, server: NaiveServer, bytes: Buffer): Promise<void> {
  const target = server.bytesRead() + bytes.length
  wire.write(bytes)
  while (server.bytesRead() < target && !wire.readableEnded && !wire.destroyed) await pause(1)
}

async function collect(wire: Socket): Promise<Buffer> {
  const chunks: Buffer[] = []
  wire.on('data', (bytes) => chunks.push(bytes))
  wire.on('error', () => {}) // what came before it is what counts
  await once(wire, 'close')
  return Buffer.concat(chunks)
}

/** The bytes of a server that keeps the protocol: each message in one frame, then the close frame. */
export function wantedBy({ back, closes = 1000, reason = '' }: EchoCase): Buffer {
  const code = closes === 1005 ? Buffer.alloc(0) : Buffer.from([closes >> 8, closes & 0xff])
  const frames = [...back, { opcode: 8, payload: Buffer.concat([code, Buffer.from(reason)]) }]
  return Buffer.concat(frames.map(({ opcode, payload }) => wholeFrame(opcode, payload)))
}

function wholeFrame(opcode: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = 0x80 | opcode
  header[1] = header.length === 2 ? length : header.length === 4 ? 126 : 127
  if (header.length === 4) header.writeUInt16BE(length, 2)
  if (header.length === 10) header.writeBigUInt64BE(BigInt(length), 2)
  return Buffer.concat([header, payload])
}

async function playHandshake(wire: Socket, server: NaiveServer, headers: readonly string[]): Promise<Play> {
  const all = collect(wire)
  await say(wire, server, Buffer.from(requestText(server.port, 'GET /', [...headers])))
  wire.end()
  const head = (await all).toString('latin1')
  const accept = /^Sec-WebSocket-Accept: .*/m.exec(head)?.[0]?.trim()
  return {
    sent: headers.join(', '),
    wanted: 'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
    came: accept ?? head.split('\r\n')[0] ?? '',
  }
}

async function playSilence(wire: Socket, server: NaiveServer): Promise<Play> {
  let isClosed = false
  wire.on('error', () => {})
  wire.on('close', () => (isClosed = true))
  wire.resume()
  await say(wire, server, Buffer.from('GET / HTTP/1.1\r\nUpgrade: '))
  await pause(SILENCE_MS)
  // A machine that stood still runs both timers in one turn: the end of the connection needs some turns more.
  for (let turn = 0; turn < 20 && !isClosed; turn++) await pause(5)
  return {
    sent: 'GET / HTTP/1.1, a header that never ends, and silence',
    wanted: 'the connection is closed',
    came: isClosed ? 'the connection is closed' : 'the connection is open',
  }
}

const MOST_SHOWN = 16

/** Bytes in hexadecimal; of many, the first, and how many there are. */
export function shown(bytes: Buffer): string {
  if (bytes.length === 0) return 'nothing'
  const hex = [...bytes.subarray(0, MOST_SHOWN)].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
  return bytes.length > MOST_SHOWN ? `${hex} … (${bytes.length} bytes)` : hex
}
