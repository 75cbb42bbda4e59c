/** What HTTP/2 adds to the ways in which one connection can keep a server busy. */
import { once } from 'node:events'
import { connect as connectTcp, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Certificate, ownCertificate } from '../../server/tls/certificates.ts'
import { IDLE_FRAMES_BURST, MAX_STREAMS } from '../../server/tls/http2.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'
import {
  ask,
  connectHeaders,
  dialHttp2,
  FLAG,
  frame,
  getHeaders,
  openSession,
  openTunnel,
  PREFACE,
  type RawHttp2,
  TYPE,
} from './http2.ts'

const MIB = 1024 * 1024
/** The limits are 3 s and 10 s (lab/server/limits/timeouts.ts). */
const LIMIT_MS = 25_000
const TIMEOUT = { timeout: LIMIT_MS, interval: 50 }
/** RFC 9113 §7. */
const ENHANCE_YOUR_CALM = 11
const REFUSED_STREAM = 7

let tls: Certificate
let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1'])
  server = await startServerUnderTest({ tls })
  honest = await joinHonestReaders(server.at, tls)
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

const open: { destroy(): unknown }[] = []
afterEach(() => {
  for (const one of open.splice(0)) one.destroy()
})
async function dial(): Promise<RawHttp2> {
  const raw = await dialHttp2(server.port, tls.cert)
  open.push(raw.socket)
  return raw
}
const POLL = `/transports/long-polling/rooms/${ROOM}/messages`
const SSE = `/transports/sse/rooms/${ROOM}/events`
const SOCKET = `/transports/websocket/rooms/${ROOM}/socket`
const get = (stream: number, path = POLL) =>
  frame(TYPE.headers, FLAG.endHeaders | FLAG.endStream, stream, getHeaders(server.port, path))
const handshake = (stream: number) =>
  frame(TYPE.headers, FLAG.endHeaders, stream, connectHeaders(server.port, SOCKET))
const KINDS = [
  ['request', get],
  ['WebSocket', handshake],
] as const
const CANCEL = Buffer.from([0, 0, 0, 8])

/** Writes the same again and again, a batch at a time, until the server has had enough. */
async function flood(
  { socket, isClosed }: RawHttp2,
  batch: (round: number) => Buffer,
  rounds: number,
): Promise<number> {
  let round = 0
  for (; round < rounds && !isClosed(); round++) {
    if (!socket.write(batch(round)))
      await Promise.race([once(socket, 'drain'), once(socket, 'close')]).catch(() => {})
    await new Promise((next) => setImmediate(next))
  }
  return round
}

describe('a connection that', () => {
  it.each(KINDS)(
    'takes back each %s at once (rapid reset) is cut, and leaves nothing behind',
    async (_what, begin) => {
      const before = await server.figures()
      const raw = await dial()
      raw.socket.write(PREFACE)
      const each = (round: number) =>
        Buffer.concat(
          Array.from({ length: 100 }, (_, index) => {
            const stream = 1 + 2 * (round * 100 + index)
            return Buffer.concat([begin(stream), frame(TYPE.reset, 0, stream, CANCEL)])
          }),
        )
      const rounds = await flood(raw, each, 1_000)
      await vi.waitFor(() => expect(raw.isClosed()).toBe(true), TIMEOUT)
      expect(rounds).toBeLessThan(1_000)
      await honest.expectUnharmed()
      const after = await server.figures()
      expect(after.followers).toBeLessThanOrEqual(before.followers + 1) // an honest poll that is under way
      expect(after.held - before.held).toBeLessThan(64 * MIB)
    },
  )

  it.each([
    ['sends nothing but pings', () => frame(TYPE.ping, 0, 0, Buffer.alloc(8))],
    ['sends nothing but settings', () => frame(TYPE.settings, 0, 0, Buffer.from([0, 4, 0, 1, 0, 0]))],
  ])('%s is told to calm down', async (_what, noise) => {
    const raw = await dial()
    const some = (count: number) => Buffer.concat(Array.from({ length: count }, noise))
    raw.socket.write(Buffer.concat([PREFACE, some(IDLE_FRAMES_BURST - 10)]))
    raw.socket.write(get(1))
    await vi.waitFor(() => expect(raw.frames.includes(TYPE.headers)).toBe(true), TIMEOUT) // still answered
    raw.socket.write(some(100))
    await vi.waitFor(() => expect(raw.isClosed()).toBe(true), TIMEOUT)
    expect(raw.goaway()).toBe(ENHANCE_YOUR_CALM)
    await honest.expectUnharmed()
  })

  it('never ends its headers (CONTINUATION flood) is cut', async () => {
    const before = await server.figures()
    const raw = await dial()
    raw.socket.write(
      Buffer.concat([PREFACE, frame(TYPE.headers, FLAG.endStream, 1, getHeaders(server.port, POLL))]),
    )
    // A header that is new each time: x0: y…, never indexed (RFC 7541 §6.2.2).
    const field = Buffer.concat([
      Buffer.from([0, 2]),
      Buffer.from('xy'),
      Buffer.from([100]),
      Buffer.alloc(100, 'z'),
    ])
    await flood(
      raw,
      () => frame(TYPE.continuation, 0, 1, Buffer.concat(Array.from({ length: 10 }, () => field))),
      20_000,
    )
    await vi.waitFor(() => expect(raw.isClosed()).toBe(true), TIMEOUT)
    expect((await server.figures()).held - before.held).toBeLessThan(64 * MIB)
    await honest.expectUnharmed()
  })

  it.each<readonly [what: string, bytes: () => Buffer]>([
    ['does not begin as HTTP/2 does', () => Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
    [
      'sends a frame larger than agreed',
      () => Buffer.concat([PREFACE, frame(TYPE.data, 0, 1, Buffer.alloc(20_000))]),
    ],
    [
      'sends data on a stream that is not there',
      () => Buffer.concat([PREFACE, frame(TYPE.data, 0, 7, Buffer.alloc(10))]),
    ],
    [
      'sends headers that are no HPACK',
      () => Buffer.concat([PREFACE, frame(TYPE.headers, 5, 1, Buffer.alloc(50, 0xff))]),
    ],
    ['opens a stream with an even number', () => Buffer.concat([PREFACE, get(2)])],
    [
      'sends a ping of the wrong length',
      () => Buffer.concat([PREFACE, frame(TYPE.ping, 0, 0, Buffer.alloc(7))]),
    ],
  ])('%s is closed', async (_what, bytes) => {
    const raw = await dial()
    raw.socket.write(bytes())
    await vi.waitFor(() => expect(raw.isClosed()).toBe(true), TIMEOUT)
  })

  it.each([
    ['event streams', (stream: number) => get(stream, SSE)],
    ['WebSockets', handshake],
  ] as const)(
    'opens more %s than it may is refused them, and keeps those that it has',
    async (_what, begin) => {
      const session = await openSession(server.port, tls.cert)
      open.push(session)
      expect(session.remoteSettings.maxConcurrentStreams).toBe(MAX_STREAMS)
      const raw = await dial()
      const refused: number[] = []
      raw.socket.on('data', (chunk: Buffer) => {
        // RST_STREAM: 4 bytes of it, the code.
        for (let at = 0; at + 9 <= chunk.length; at += 9 + chunk.readUIntBE(at, 3))
          if (chunk[at + 3] === TYPE.reset) refused.push(chunk.readUInt32BE(at + 9))
      })
      raw.socket.write(PREFACE)
      const before = (await server.figures()).followers
      for (let n = 0; n < MAX_STREAMS + 20; n++) raw.socket.write(begin(1 + 2 * n))
      await vi.waitFor(async () => {
        expect(refused.length + (raw.isClosed() ? 20 : 0)).toBeGreaterThanOrEqual(20)
        if (!raw.isClosed()) expect(refused.every((code) => code === REFUSED_STREAM)).toBe(true)
      }, TIMEOUT)
      expect((await server.figures()).followers).toBeLessThanOrEqual(before + MAX_STREAMS)
      await honest.expectUnharmed()
    },
  )
})

describe('connections that are slow', () => {
  it.concurrent('to shake hands are closed', async () => {
    const sockets: Socket[] = []
    for (let n = 0; n < 50; n++) {
      const socket = connectTcp(server.port, '127.0.0.1')
      socket.on('error', () => {}).resume()
      if (n % 2 === 0) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00])) // a handshake, and no more of it
      sockets.push(socket)
    }
    await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed).length).toBe(0), TIMEOUT)
  })

  it.concurrent.each<readonly [what: string, bytes: () => Buffer]>([
    ['that say nothing in HTTP/2', () => Buffer.alloc(0)],
    ['that say no more than hello', () => PREFACE],
    ['that begin a request and leave it', () => Buffer.concat([PREFACE, get(1).subarray(0, 15)])],
  ])('%s are closed', async (_what, bytes) => {
    const raws = await Promise.all(Array.from({ length: 20 }, () => dialHttp2(server.port, tls.cert)))
    for (const { socket } of raws) socket.write(bytes())
    await vi.waitFor(() => expect(raws.filter(({ isClosed }) => !isClosed()).length).toBe(0), TIMEOUT)
  })

  it.concurrent('to end their body lose that stream, and no other', async () => {
    const session = await openSession(server.port, tls.cert)
    const stream = session.request({ ':path': SSE })
    await once(stream, 'response')
    const tunnel = await openTunnel(session, SOCKET) // before the other, so that its time is up first
    const post = session.request({
      ':path': `/rooms/${ROOM}/messages`,
      ':method': 'POST',
      'content-type': 'application/json',
    })
    const drip = setInterval(() => post.write(' '), 250)
    post.on('error', () => {})
    await once(post, 'close')
    clearInterval(drip)
    expect(post.rstCode).toBe(8) // CANCEL
    // A WebSocket never ends its half, and says nothing for as long as it likes.
    expect([stream.destroyed, tunnel.stream.closed]).toEqual([false, false])
    expect(await ask(session, '/healthz')).toMatchObject({ status: 200 })
    session.destroy()
  })
})

describe('readers on one connection that', () => {
  it('take nothing are cut one by one, cost little, and do not hold up another on the same', async () => {
    const room = 'flood'
    const path = `/transports/sse/rooms/${room}/events`
    const before = await server.figures()
    const session = await openSession(server.port, tls.cert)
    open.push(session)
    const lazy = Array.from({ length: MAX_STREAMS - 10 }, () => session.request({ ':path': path }))
    // Each has a window of its own, and so has the connection (RFC 9113 §5.2): the client has room for all of it.
    session.setLocalWindowSize(64 * MIB)
    for (const stream of lazy) stream.on('error', () => {}).pause()
    const eager = session.request({ ':path': path })
    let seen = 0
    eager.setEncoding('utf8')
    eager.on('data', (chunk: string) => {
      seen += chunk.match(/"draftId":/g)?.length ?? 0
    })
    await once(eager, 'response')
    const texts = 64
    for (let n = 0; n < texts; n++) {
      const draft = JSON.stringify({ draftId: `d${n}`, author: 'eve', text: 'x'.repeat(60_000) })
      const headers = { ':method': 'POST', 'content-type': 'application/json' }
      expect((await ask(session, `/rooms/${room}/messages`, headers, draft)).status).toBe(201)
    }
    await vi.waitFor(() => expect(seen).toBe(texts), TIMEOUT)
    const during = await server.figures()
    expect(during.held - before.held).toBeLessThan(64 * MIB)
    console.log(
      `${lazy.length} lazy streams: ${((during.held - before.held) / MIB).toFixed(1)} MiB more in use`,
    )
    const stalled = `lab_readers_stalled_total{transport="sse"} ${lazy.length}\n`
    await vi.waitFor(async () => expect((await ask(session, '/metrics')).text).toContain(stalled), TIMEOUT)
    expect(eager.destroyed).toBe(false)
    await honest.expectUnharmed()
  })
})

it('leave the process alive and quiet', () => {
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
})
