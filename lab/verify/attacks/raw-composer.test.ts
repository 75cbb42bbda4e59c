/** Attempts to make of the raw composer a proxy to elsewhere, a weapon, or a way to more rights than its user has. */
import { once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../app/build-lab.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import type { LanesOptions } from '../../server/wires/lanes.ts'
import { MAX_RAW_ANSWER_BYTES, MAX_RAW_BYTES, OWN_COOKIE, type RawExchange } from '../../wires/control.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'
import { framesIn } from './frames.ts'
import { requestText } from './raw.ts'
import { HANDSHAKE } from './raw-web-socket.ts'

let bench: LanesBench
afterEach(() => bench?.close())
const start = async (options: Partial<LanesOptions> = {}, lab: LabOptions = {}) => {
  bench = await startWithLanes(options, lab)
}
/** A client that is not on this machine, as far as the server can tell: documentation's own address (RFC 5737). */
const FAR_AWAY = { addressOf: () => '203.0.113.9' }
const MESSAGES = '/transports/short-polling/rooms/square/messages'

type Bytes = string | Uint8Array
const base64 = (bytes: Bytes) => Buffer.from(bytes as string, 'latin1').toString('base64')
const orderOf = (lane: string, ...parts: readonly Bytes[]) => ({
  lane,
  parts: parts.map((bytes) => ({ bytes: base64(bytes) })),
  seconds: 0.2,
})
const post = (body: object, headers: Record<string, string>, at = bench.server.url) =>
  fetch(`${at}/wires/raw`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
const cameIn = ({ records }: RawExchange) =>
  Buffer.concat(
    records.flatMap((one) =>
      one.kind === 'bytes' && one.direction === 'toClient' ? Buffer.from(one.bytes, 'base64') : [],
    ),
  )

/** Sends on a connection of the visitor's own. @returns what came back, as Latin-1, and how it ended */
async function send(cookie: string, body: object, headers: Record<string, string> = {}, at?: string) {
  const response = await post(body, { cookie, ...headers }, at)
  const exchange = (await response.json()) as RawExchange
  expect(response.status, JSON.stringify(exchange)).toBe(200)
  return { ...exchange, text: cameIn(exchange).toString('latin1') }
}
const ask = (line: string, headers: readonly string[] = []) =>
  requestText(bench.server.port, line, ['Connection: close', ...headers])

describe('the raw composer', () => {
  it('is not for a visitor on another machine who has not the teacher’s token', async () => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    const order = orderOf('sse', ask('GET /healthz'))
    for (const headers of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { 'teacher-token': 'x'.repeat(bench.teacher.token.length) },
    ]) {
      const response = await post(
        order,
        { cookie, ...headers } as Record<string, string>,
        bench.laneOf('sse'),
      )
      expect(response.status).toBe(403)
    }
    const token = { 'teacher-token': bench.teacher.token }
    expect((await send(cookie, order, token, bench.laneOf('sse'))).text).toMatch(/^HTTP\/1.1 200 /)
  })

  it('takes a cookie, and no page of another origin', async () => {
    await start()
    const order = orderOf('sse', ask('GET /healthz'))
    expect((await post(order, {})).status).toBe(401)
    const cookie = await bench.visitor()
    expect((await post(order, { cookie, origin: 'https://evil.example' })).status).toBe(403)
  })

  it('leads nowhere but to this server, whatever an order or its bytes name', async () => {
    const elsewhere = createServer().listen(0, '127.0.0.1')
    await once(elsewhere, 'listening')
    let calls = 0
    elsewhere.on('connection', (socket) => {
      calls++
      socket.destroy()
    })
    const { port } = elsewhere.address() as { port: number }
    await start()
    const cookie = await bench.visitor()
    const good = orderOf('sse', ask('GET /healthz'))
    for (const more of [{ host: '127.0.0.1', port }, { url: `http://127.0.0.1:${port}` }])
      expect((await post({ ...good, ...more }, { cookie })).status).toBe(400)
    for (const lane of [`127.0.0.1:${port}`, `sse@127.0.0.1:${port}`, '../sse', ''])
      expect((await post({ ...good, lane }, { cookie })).status).toBe(400)
    for (const bytes of [
      `GET http://127.0.0.1:${port}/ HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`,
      `CONNECT 127.0.0.1:${port} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    ]) {
      const { text } = await send(cookie, orderOf('sse', bytes))
      expect(text).not.toMatch(/^HTTP\/1.1 2/)
    }
    expect(calls).toBe(0)
    elsewhere.close()
  })

  it('lends no address: the server sees the visitor’s own, so a teacher far away is not on this machine', async () => {
    await start(FAR_AWAY, { metricsRoute: { to: 'loopback' } })
    const cookie = await bench.visitor()
    const metrics = orderOf('sse', ask('GET /metrics'))
    const forged = orderOf('sse', ask('GET /metrics', ['X-Forwarded-For: 127.0.0.1']))
    expect((await send(cookie, metrics)).text).toMatch(/^HTTP\/1.1 200 /)
    const token = { 'teacher-token': bench.teacher.token }
    for (const order of [metrics, forged])
      expect((await send(cookie, order, token, bench.laneOf('sse'))).text).toMatch(/^HTTP\/1.1 404 /)
  })

  it('is refused where a proxy hides who asks: its address would pass for this machine', async () => {
    await start()
    const cookie = await bench.visitor()
    const headers = { cookie, 'teacher-token': bench.teacher.token, 'x-forwarded-for': '203.0.113.9' }
    const response = await post(orderOf('sse', ask('GET /healthz')), headers)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'not-allowed' })
  })

  it('is refused to an address that is believed when it names another', async () => {
    await start(FAR_AWAY, { trust: trustFrom(['203.0.113.0/24']) })
    const headers = { cookie: await bench.visitor(), 'teacher-token': bench.teacher.token }
    expect((await post(orderOf('sse', ask('GET /healthz')), headers, bench.laneOf('sse'))).status).toBe(403)
  })

  it('counts against the visitor’s own cap of connections', async () => {
    await start(FAR_AWAY, { connections: { perAddress: 1, total: 100 } })
    const cookie = await bench.visitor()
    const token = { 'teacher-token': bench.teacher.token }
    const { text } = await send(cookie, orderOf('sse', ask('GET /healthz')), token, bench.laneOf('sse'))
    expect(text).toContain('there are already 1 connections from your address')
  })

  it('writes the visitor’s own cookie into a Cookie field alone, and no other visitor’s anywhere', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const read = (exchange: RawExchange) => Buffer.from(JSON.stringify(exchange)).toString()
    const sent = ({ records }: RawExchange) =>
      records
        .map((one) =>
          one.kind === 'bytes' && one.direction === 'toServer'
            ? Buffer.from(one.bytes, 'base64').toString()
            : '',
        )
        .join('')
    const asked = [`Cookie: ${OWN_COOKIE}`, `X-Note: ${OWN_COOKIE}`]
    const exchange = await send(own, orderOf('sse', ask(`GET ${MESSAGES}`, asked)))
    expect(sent(exchange)).toContain(`Cookie: ${own}\r\n`)
    expect(sent(exchange)).toContain(`X-Note: ${OWN_COOKIE}\r\n`)
    expect(read(exchange)).not.toContain(other)
  })

  it('shows what it carries to the one who has opened it, and to no other, not even bytes with another’s name', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const readers = [await bench.read(own), await bench.read(other)]
    await send(own, orderOf('sse', ask(`GET ${MESSAGES}?composed`, [`Cookie: ${other}`])))
    await expect.poll(() => readers[0]!.text('toServer')).toContain('?composed')
    expect(readers[1]!.text('toServer')).toBe('')
  })

  it('is bounded in bytes, parts and time', async () => {
    await start()
    const cookie = await bench.visitor()
    const tooLong = await post(orderOf('sse', 'x'.repeat(MAX_RAW_BYTES + 1)), { cookie })
    expect([tooLong.status, await tooLong.json()]).toMatchObject([413, { code: 'too-large' }])
    const good = orderOf('sse', 'x')
    for (const bad of [
      { parts: Array.from({ length: 17 }, () => good.parts[0]) },
      { parts: [] },
      { parts: [{ bytes: 'no base64!' }] },
      { seconds: 11 },
      { seconds: 0 },
      { parts: [{ bytes: 'eA==', pauseMs: 60_000 }] },
    ])
      expect((await post({ ...good, ...bad }, { cookie })).status, JSON.stringify(bad)).toBe(400)
    expect(
      (await post({ ...good, parts: [{ bytes: 'x'.repeat(MAX_RAW_BYTES * 4) }] }, { cookie })).status,
    ).toBe(413)
  })

  it('keeps no more of an answer than its bound, and then ends', async () => {
    await start()
    for (let n = 0; n < 8; n++) bench.server.say('square', 'x'.repeat(60_000))
    const cookie = await bench.visitor()
    const stream = 'GET /transports/sse/rooms/square/events'
    const exchange = await send(cookie, { ...orderOf('sse', ask(stream)), seconds: 10 })
    expect(exchange.end).toBe('bound')
    expect(cameIn(exchange).length).toBe(MAX_RAW_ANSWER_BYTES)
  })

  it('is bounded in count: two at once, also when one asks for the next', async () => {
    await start()
    const cookie = await bench.visitor()
    const slow = { ...orderOf('sse', ask('GET /transports/sse/rooms/square/events')), seconds: 1 }
    const nested = (inner: object) => {
      const body = JSON.stringify(inner)
      return orderOf(
        'sse',
        `POST /wires/raw HTTP/1.1\r\nHost: 127.0.0.1:${bench.server.port}\r\nCookie: ${OWN_COOKIE}\r\nConnection: close\r\n` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
      )
    }
    const { text } = await send(cookie, { ...nested({ ...nested(slow), seconds: 1 }), seconds: 2 })
    expect(text).toMatch(/^HTTP\/1.1 200 /)
    const inner = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as RawExchange
    expect(cameIn(inner).toString()).toMatch(/^HTTP\/1.1 429 /)
    const statuses = await Promise.all(
      [slow, slow, slow].map(async (order) => (await post(order, { cookie })).status),
    )
    expect(statuses.toSorted()).toEqual([200, 200, 429])
    await expect.poll(() => bench.lanes.wires.connections.size).toBe(0)
  })
})

describe('what a connection of the raw composer is answered', () => {
  const socket = () =>
    requestText(bench.server.port, 'GET /transports/websocket/rooms/square/socket', HANDSHAKE)

  it.each(['websocket', 'websocket-by-hand'])(
    'by %s to a frame without a mask is the close code 1002',
    async (lane) => {
      await start()
      const handshake = socket().replace('/websocket/', `/${lane}/`)
      const order = {
        lane,
        parts: [
          { bytes: base64(handshake) },
          { bytes: base64(Uint8Array.of(0x81, 2, 0x68, 0x69)), afterAnswer: true },
        ],
        seconds: 5,
      }
      const exchange = await send(await bench.visitor(), order)
      expect(exchange.end).toBe('server')
      const bytes = cameIn(exchange)
      expect(framesIn(bytes.subarray(bytes.indexOf('\r\n\r\n') + 4)).closeCode).toBe(1002)
    },
  )

  it('to bytes that are no protocol is 400, and its records say what went each way', async () => {
    await start()
    const exchange = await send(await bench.visitor(), { ...orderOf('sse', 'hello?\r\n\r\n'), seconds: 5 })
    expect(exchange.text).toMatch(/^HTTP\/1.1 400 /)
    expect(exchange.records.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining(['open', 'bytes', 'close']),
    )
    expect(exchange).toMatchObject({ end: 'server', unsent: 0, connection: expect.any(Number) })
  })

  it('while the server restarts is nothing: it is not taken', async () => {
    await start()
    const cookie = await bench.visitor()
    bench.lanes.wires.takesNewcomers = false
    const exchange = await send(cookie, { ...orderOf('sse', ask('GET /healthz')), seconds: 5 })
    expect(['reset', 'refused']).toContain(exchange.end)
    expect(cameIn(exchange)).toHaveLength(0)
  })
})
