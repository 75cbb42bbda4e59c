/** Lanes of a server with `--tls`: the lane ends TLS, and the tap sees what TLS has hidden. */

import { once } from 'node:events'
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type LanesBench, startWithLanes } from '../../verify/wires/lanes-bench.ts'
import { type Certificate, ownCertificate } from '../tls/certificates.ts'

let bench: LanesBench
let certificate: Certificate
const sessions: ClientHttp2Session[] = []
beforeEach(async () => {
  certificate = await ownCertificate(null, ['localhost', '127.0.0.1'])
  bench = await startWithLanes({}, { tls: certificate })
})
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await bench.close()
})

const MESSAGES = '/transports/short-polling/rooms/square/messages'

function connect(port = bench.portOf('sse')): ClientHttp2Session {
  const session = connectHttp2(`https://127.0.0.1:${port}`, { ca: certificate.cert })
  session.on('error', () => {})
  sessions.push(session)
  return session
}
function ask(session: ClientHttp2Session, path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; text: string; cookie: string }>((resolve, reject) => {
    const stream = session.request({ ':path': path, ...headers })
    let [status, text, cookie] = [0, '', '']
    stream.on('response', (head) => {
      status = Number(head[':status'])
      cookie = String(head['set-cookie'] ?? '').split(';')[0]!
    })
    stream.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
    stream.on('end', () => resolve({ status, text, cookie })).on('error', reject)
    stream.end()
  })
}
const visitor = async () => (await ask(connect(bench.server.port), '/wires')).cookie

/** Reads records over HTTP/2: what passes in the direction, as Latin-1. */
function read(cookie: string) {
  const stream = connect(bench.server.port).request({ ':path': '/wires/records', cookie })
  let lines = ''
  stream.setEncoding('utf8').on('data', (chunk: string) => (lines += chunk))
  stream.on('error', () => {})
  const records = () =>
    lines
      .split('\n')
      .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Record<string, string>] : []))
  return {
    records,
    text: (direction: string) =>
      records()
        .filter((record) => record.kind === 'bytes' && record.direction === direction)
        .map(({ bytes }) => Buffer.from(bytes!, 'base64').toString('latin1'))
        .join(''),
  }
}

describe('a lane over TLS', () => {
  it('speaks HTTP/2 with who offers it, and shows its frames', async () => {
    const cookie = await visitor()
    expect(cookie).toMatch(/^__Host-lab_\d+_visitor=/)
    const reader = read(cookie)
    await expect.poll(() => reader.records().length).toBeGreaterThan(0)
    bench.server.say('square', 'under TLS')
    const session = connect()
    expect((await ask(session, MESSAGES, { cookie })).text).toContain('under TLS')
    await expect.poll(() => reader.text('toClient')).toContain('under TLS')
    await expect.poll(() => reader.text('toServer')).toMatch(/^PRI \* HTTP\/2\.0\r\n/)
    expect(reader.records()).toContainEqual(
      expect.objectContaining({ kind: 'open', lane: 'sse', alpn: 'h2' }),
    )
  })

  it('shows no head of a second visitor on the same connection', async () => {
    const [first, second] = [await visitor(), await visitor()]
    const readers = [read(first), read(second)]
    await expect.poll(() => readers.every((reader) => reader.records().length > 0)).toBe(true)
    const session = connect()
    await ask(session, MESSAGES, { cookie: first })
    await expect.poll(() => readers[0]!.text('toServer')).toContain('PRI')
    const before = readers[0]!.text('toServer').length
    await ask(session, MESSAGES, { cookie: second })
    await expect.poll(() => readers[0]!.records().some(({ kind }) => kind === 'hidden')).toBe(true)
    await ask(session, MESSAGES, { cookie: first })
    expect(readers[1]!.text('toServer')).toBe('')
    // Frames that answer the first response may still have been the first one's.
    expect(readers[0]!.text('toServer').length).toBeLessThan(before + 60)
  })

  it('is HTTP/1.1 for who offers nothing else, WebSockets too', async () => {
    const socket = new WebSocket(
      `wss://127.0.0.1:${bench.portOf('websocket')}/transports/websocket/rooms/square/socket`,
      { ca: certificate.cert },
    )
    await once(socket, 'open')
    const heard = once(socket, 'message')
    bench.server.say('square', 'hello')
    expect(String((await heard)[0])).toContain('hello')
    socket.terminate()
  })

  it('shows a renewed certificate to those who connect from then on', async () => {
    const next = await ownCertificate(null, ['localhost', '127.0.0.1'])
    bench.lanes.setCertificate(next)
    const socket = connectTls({ port: bench.portOf('sse'), host: '127.0.0.1', ca: next.cert })
    await once(socket, 'secureConnect')
    expect(socket.authorized).toBe(true)
    socket.destroy()
  })

  it('closes a client that begins no handshake', async () => {
    const { exchange } = await import('../../verify/attacks/raw.ts')
    const { isClosed } = await exchange(bench.portOf('sse'), '')
    expect(isClosed).toBe(true)
  })
})
