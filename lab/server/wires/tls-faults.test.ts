/**
 * What each fault does to a lane over TLS, whose connections speak HTTP/2 as long as nothing keeps them from it: those of the line
 * work on it, and those that are boxes which read HTTP/1.1 take its place.
 */
import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { connect as connectTls, type TLSSocket } from 'node:tls'
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ask, openSession } from '../../verify/attacks/http2.ts'
import { type LanesBench, startWithLanes } from '../../verify/wires/lanes-bench.ts'
import type { LaneConnection } from '../../wires/connection.ts'
import type { SettingValues } from '../../wires/control.ts'
import { FAULTS } from '../../wires/faults/catalogue.ts'
import { type Certificate, ownCertificate } from '../tls/certificates.ts'

let certificate: Certificate
let bench: LanesBench
let cookie = ''
/** At the server's own port. */
let own: ClientHttp2Session
/** Of the visitor, at the lane. */
let session: ClientHttp2Session
let ends: (() => void)[] = []

beforeAll(async () => {
  certificate = await ownCertificate(null, ['localhost', '127.0.0.1'])
})
beforeEach(async () => {
  bench = await startWithLanes({}, { tls: certificate })
  own = await open(bench.server.port)
  cookie = await visitor()
  session = await open(bench.portOf('sse'))
  bench.server.say('square', 'x'.repeat(1_000))
  expect((await get(session)).status).toBe(200)
})
afterEach(async () => {
  for (const end of ends) end()
  ends = []
  await bench.close()
})

const MESSAGES = '/transports/short-polling/rooms/square/messages'
const get = (by: ClientHttp2Session, as = cookie) => ask(by, MESSAGES, { cookie: as })
const json = { 'content-type': 'application/json', ':method': 'POST' }

async function open(port: number): Promise<ClientHttp2Session> {
  const opened = await openSession(port, certificate.cert)
  ends.push(() => opened.destroy())
  return opened
}
const visitor = async () => String((await ask(own, '/wires')).headers['set-cookie']).split(';')[0]!
async function order(fault: string, settings: SettingValues = {}): Promise<void> {
  const body = JSON.stringify({ fault, settings, lanes: ['sse'], seconds: 60 })
  expect((await ask(own, '/wires/faults', { ...json, cookie }, body)).status).toBe(201)
}
const heal = () => ask(own, '/wires/faults', { ':method': 'DELETE', cookie })
/** The newest connection of the lane. */
const newest = (): LaneConnection => [...bench.lanes.wires.connections].at(-1)!
const whenClosed = (one: ClientHttp2Session) => expect.poll(() => one.destroyed || one.closed).toBe(true)

/** A browser's connection to the lane: it offers both, and takes what is agreed on. */
async function connect(): Promise<TLSSocket & { text: string }> {
  const socket = connectTls({
    ...{ port: bench.portOf('sse'), host: '127.0.0.1', ca: certificate.cert },
    ALPNProtocols: ['h2', 'http/1.1'],
  })
  ends.push(() => socket.destroy())
  socket.on('error', () => {})
  await once(socket, 'secureConnect')
  const all = Object.assign(socket, { text: '' })
  socket.on('data', (bytes: Buffer) => (all.text += bytes.toString('latin1')))
  return all
}
/** The same while a box stands there that speaks no HTTP/2: it writes a request. */
async function askOverHttp1(
  [first, ...fields]: readonly string[],
  body = '',
): Promise<TLSSocket & { text: string }> {
  const socket = await connect()
  expect(socket.alpnProtocol).toBe('http/1.1')
  const own = [`Host: 127.0.0.1:${bench.portOf('sse')}`, `Cookie: ${cookie}`]
  socket.write(`${[`${first} HTTP/1.1`, ...own, ...fields].join('\r\n')}\r\n\r\n${body}`)
  return socket
}
async function took(act: () => Promise<unknown>): Promise<number> {
  const began = performance.now()
  await act()
  return performance.now() - began
}
const isAnswered = async () => expect((await get(session)).text).toContain('xxx')

/** What is seen of each fault of the line, on a connection that speaks HTTP/2. */
const ON_HTTP2: Readonly<Record<string, () => Promise<unknown>>> = {
  async cut() {
    await order('cut')
    await whenClosed(session)
  },
  async reset() {
    await order('reset')
    await whenClosed(session)
  },
  async 'cut-at-byte'() {
    await order('cut-at-byte', { bytes: 1 })
    void get(session).catch(() => {})
    await whenClosed(session)
  },
  async silence() {
    await order('silence')
    const { toServer } = newest().line
    void get(session).catch(() => {})
    await expect.poll(() => toServer.arrived - toServer.passed).toBeGreaterThan(0)
    expect(session.closed, 'no end is told').toBe(false)
  },
  async refusal() {
    await order('refusal')
    expect((await get(await open(bench.portOf('sse')))).status).toBe(0)
    await isAnswered()
  },
  async 'idle-timeout'() {
    await order('idle-timeout', { ms: 100 })
    await whenClosed(session)
  },
  async latency() {
    await order('latency', { ms: 60, jitterMs: 0 })
    expect(await took(isAnswered)).toBeGreaterThan(110)
  },
  async bandwidth() {
    await order('bandwidth', { bytesPerSecond: 8_000 })
    expect(await took(isAnswered)).toBeGreaterThan(100)
  },
  async loss() {
    await order('loss', { percent: 90, retransmitMs: 20 })
    expect(await took(async () => void (await Promise.all([1, 2, 3, 4].map(isAnswered))))).toBeGreaterThan(19)
  },
  async slicing() {
    await order('slicing', { bytes: 7 })
    const sizes: number[] = []
    const { toClient } = newest().line
    const told = toClient.onPassed
    toClient.onPassed = (bytes) => {
      sizes.push(bytes.length)
      told?.(bytes)
    }
    await isAnswered()
    expect(Math.max(...sizes)).toBeLessThanOrEqual(7)
  },
  async 'slow-reader'() {
    await order('slow-reader', { bytesPerSecond: 0 })
    const answer = get(session)
    await expect.poll(() => newest().view().heldBytes).toBeGreaterThan(0)
    await heal()
    expect((await answer).status).toBe(200)
  },
}

/** What is seen of each fault that is a box which reads HTTP/1.1. */
const IN_ITS_PLACE: Readonly<Record<string, () => Promise<unknown>>> = {
  async interception() {
    const socket = await askOverHttp1([`GET ${MESSAGES}`])
    await expect.poll(() => socket.text).toMatch(/^HTTP\/1\.1 511 /)
  },
  async buffering() {
    const socket = await askOverHttp1(['GET /transports/sse/rooms/quiet/events'])
    const { line } = newest()
    await expect.poll(() => line.toClient.arrived).toBeGreaterThan(0)
    expect(socket.text).toBe('')
    await heal()
    await expect.poll(() => socket.text).toContain('text/event-stream')
  },
  async compressing() {
    const socket = await askOverHttp1(['GET /transports/sse/rooms/square/events', 'Accept-Encoding: gzip'])
    await expect.poll(() => socket.text).toMatch(/\r\nContent-Encoding: gzip\r\n/)
  },
  async 'blocked-upgrade'() {
    const key = ['Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==']
    const upgrade = [
      'GET /transports/websocket/rooms/square/socket',
      'Connection: Upgrade',
      'Upgrade: websocket',
    ]
    const socket = await askOverHttp1([...upgrade, ...key])
    await expect.poll(() => socket.text).toMatch(/^HTTP\/1\.1 4\d\d /)
  },
  async 'lost-acknowledgement'() {
    const draft = JSON.stringify({ draftId: 'lost', author: 'Ada', text: 'stored' })
    const fields = ['Content-Type: application/json', `Content-Length: ${draft.length}`]
    const socket = await askOverHttp1([`POST ${MESSAGES}`, ...fields], draft)
    await expect.poll(() => socket.destroyed || socket.readableEnded).toBe(true)
    expect(socket.text).toBe('')
    await expect.poll(async () => (await ask(own, MESSAGES)).text).toContain('stored')
  },
}

describe('over TLS, a fault of the line works on a connection of HTTP/2', () => {
  const names = FAULTS.flatMap(({ about }) => (about.readsHttp ? [] : about.name))
  it.each(names)('%s', async (name) => {
    expect(ON_HTTP2, 'what is to be seen of it').toHaveProperty(name)
    await ON_HTTP2[name]!()
  })
})

describe('over TLS, a box that reads HTTP/1.1', () => {
  const names = FAULTS.flatMap(({ about }) => (about.readsHttp ? about.name : []))
  it.each(names)(
    'ends what speaks HTTP/2, is met over HTTP/1.1, and goes with its fault: %s',
    async (name) => {
      const [other, neighbour] = [await visitor(), await open(bench.portOf('sse'))]
      expect((await get(neighbour, other)).status).toBe(200)
      await order(name)
      await whenClosed(session)
      expect(IN_ITS_PLACE, 'what is to be seen of it').toHaveProperty(name)
      await IN_ITS_PLACE[name]!()
      expect((await get(neighbour, other)).status, 'the connection of another visitor').toBe(200)
      await heal()
      expect((await connect()).alpnProtocol).toBe('h2')
      session = await open(bench.portOf('sse'))
      await isAnswered()
    },
  )
})
