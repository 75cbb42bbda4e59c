/** The lab over TLS: HTTP/2 to who offers it, HTTP/1.1 to who does not, and every guard as without. */
import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import {
  ask,
  dialHttp2,
  FLAG,
  frame,
  getHeaders,
  openSession,
  PREFACE,
  TYPE,
} from '../../verify/attacks/http2.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { createServerMetrics } from '../observe/server-metrics.ts'
import { type Certificate, ownCertificate } from './certificates.ts'

let tls: Certificate
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1', 'localhost'])
})

let server: TestServer
let hub: Hub
let metrics: ReturnType<typeof createServerMetrics>
let port: number
const sessions: ClientHttp2Session[] = []
async function start(options: LabOptions = {}) {
  hub = new Hub()
  metrics = createServerMetrics()
  server = await startTestServer({ hub, tls, metrics, ...options })
  port = server.port
}
beforeEach(() => start())
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await server.close()
})
async function connect(): Promise<ClientHttp2Session> {
  const session = await openSession(port, tls.cert)
  sessions.push(session)
  return session
}
const SSE = '/transports/sse/rooms/lobby/events'
const SHORT = '/transports/short-polling/rooms/lobby/messages'
const LONG = '/transports/long-polling/rooms/lobby/messages'
const SOCKET = '/transports/websocket/rooms/lobby/socket'
const JSON_TYPE = { ':method': 'POST', 'content-type': 'application/json' }
const draft = (draftId: string) => JSON.stringify({ draftId, author: 'ada', text: 'over TLS' })

describe('a client', () => {
  it('that offers HTTP/2 is served so, and one that does not by HTTP/1.1', async () => {
    const session = await connect()
    expect(session.alpnProtocol).toBe('h2')
    expect(await ask(session, '/healthz')).toMatchObject({ status: 200, text: '{"status":"ok"}' })
    const request = httpsRequest({ host: '127.0.0.1', port, path: '/healthz', ca: tls.cert }).end()
    const [response] = await once(request, 'response')
    expect({ status: response.statusCode, version: response.httpVersion }).toEqual({
      status: 200,
      version: '1.1',
    })
    response.resume()
  })

  it('has seven event streams on one connection, and a poll and a post beside them', async () => {
    const session = await connect()
    const seen = Array.from({ length: 7 }, () => '')
    const streams = seen.map((_, index) => {
      const stream = session.request({ ':path': SSE })
      stream.on('data', (chunk) => (seen[index] += chunk))
      return stream
    })
    // The seventh over HTTP/1.1, in a browser, would wait for one of the six to end: which they never do.
    await Promise.all(streams.map((stream) => once(stream, 'response')))
    expect(metrics.transport('sse').readers()).toBe(7)
    expect(await ask(session, '/rooms/lobby/messages', JSON_TYPE, draft('d1'))).toMatchObject({ status: 201 })
    await vi.waitFor(() => {
      for (const text of seen) expect(text).toContain('"seq":1')
    })
    expect(JSON.parse((await ask(session, SHORT)).text)).toMatchObject({ messages: [{ seq: 1 }] })
    expect(metrics.connections.sockets.size).toBe(1)
  })

  it('gets events that are whole, however its frames are cut, and all that a stream over HTTP/1.1 gets', async () => {
    const session = await connect()
    for (let n = 0; n < 250; n++)
      hub.room('lobby').publish({ draftId: `d${n}`, author: 'hub', text: `n\n${n} ${'x'.repeat(n)}` })
    const stream = session.request({ ':path': SSE })
    stream.setEncoding('utf8')
    let text = ''
    stream.on('data', (chunk) => (text += chunk))
    const numbers = () =>
      [...text.matchAll(/^data: (.*)\n\n/gm)].flatMap(([, json]) =>
        (JSON.parse(json!) as { messages: { seq: number }[] }).messages.map(({ seq }) => seq),
      )
    await vi.waitFor(() => expect(numbers()).toEqual(Array.from({ length: 250 }, (_, index) => index + 1)))
    expect(text.startsWith('retry: 1000\nid: ')).toBe(true)
  })

  it('that goes is not kept: neither its poll nor its stream', async () => {
    const session = await connect()
    const { cursor } = JSON.parse((await ask(session, SHORT)).text) as { cursor: string }
    const streams = [SSE, `${LONG}?since=${cursor}`].map((path) => session.request({ ':path': path }))
    await vi.waitFor(() => expect(hub.followers).toBe(2))
    for (const stream of streams) stream.on('error', () => {}).close(8) // CANCEL
    await vi.waitFor(() => expect(hub.followers).toBe(0))
    expect(metrics.transport('sse').readers() + metrics.transport('long-polling').readers()).toBe(0)
  })

  it('that offers only HTTP/1.1 opens a WebSocket by upgrade, and a plain GET over HTTP/2 gets 426', async () => {
    const socket = new WebSocket(`wss://127.0.0.1:${port}${SOCKET}`, { ca: tls.cert })
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'send', draft: JSON.parse(draft('d1')) }))
    const frames: unknown[] = []
    socket.on('message', (data) => frames.push(JSON.parse(String(data))))
    await vi.waitFor(() => {
      expect(frames).toContainEqual(expect.objectContaining({ type: 'accepted' }))
      expect(JSON.stringify(frames)).toContain('"page":{"messages":[{"seq":1,')
    })
    socket.terminate()
    expect(await ask(await connect(), SOCKET)).toMatchObject({ status: 426 })
  })
})

describe('the guards', () => {
  const post = async (headers: Record<string, string>) =>
    ask(await connect(), '/rooms/lobby/messages', { ...JSON_TYPE, ...headers }, draft('d1'))

  it('take the page of this server for what it is: one by https', async () => {
    expect(await post({ origin: `https://127.0.0.1:${port}` })).toMatchObject({ status: 201 })
    expect(await post({ origin: `https://localhost:${port}` })).toMatchObject({ status: 201 })
    for (const origin of [`http://127.0.0.1:${port}`, 'https://evil.example', 'null', 'https://127.0.0.1']) {
      const { status, text } = await post({ origin })
      expect({ origin, status, text }).toMatchObject({
        status: 403,
        text: expect.stringContaining('foreign-origin'),
      })
    }
  })

  it.each(['http', 'https'])('refuse a WebSocket of a foreign page by %s', async (scheme) => {
    const origin = scheme === 'http' ? `http://127.0.0.1:${port}` : 'https://evil.example'
    const socket = new WebSocket(`wss://127.0.0.1:${port}${SOCKET}`, { ca: tls.cert, origin })
    const [error] = await once(socket, 'error')
    expect((error as Error).message).toContain('403')
  })

  it('look at :authority as they look at Host, and at both if there are both', async () => {
    const session = await connect()
    const own = `127.0.0.1:${port}`
    const status = async (headers: Record<string, string>) => (await ask(session, SHORT, headers)).status
    expect(await status({ ':authority': 'evil.example' })).toBe(421)
    expect(await status({ ':authority': 'localhost:1' })).toBe(200)
    expect(await status({ ':authority': own, host: 'evil.example' })).toBe(421)
    expect(await status({ ':authority': 'evil.example', host: own })).toBe(421)
  })

  it('cap connections: what is beyond is closed, and streams count like connections', async () => {
    await server.close()
    await start({ connections: { perAddress: 5, total: 100 } })
    const session = await connect() // 1
    for (let n = 0; n < 4; n++) await once(session.request({ ':path': SSE }), 'response') // 5
    const refused = await ask(session, '/healthz')
    expect(refused).toMatchObject({ status: 503, text: expect.stringContaining('too-many-connections') })
    expect(refused.headers['retry-after']).toBe('5')
    await expect(openSession(port, tls.cert)).rejects.toThrow()
    expect(metrics.refusals.get('too-many-connections')).toBe(2)
    session.destroy()
    await vi.waitFor(async () =>
      expect(await ask(await connect(), '/healthz')).toMatchObject({ status: 200 }),
    )
  })

  it('send no HSTS: it would hold for everything else that runs on localhost, and for a year', async () => {
    const session = await connect()
    for (const path of ['/healthz', SHORT, '/nowhere'])
      expect((await ask(session, path)).headers).not.toHaveProperty('strict-transport-security')
  })
})

it('serves a request that offers another protocol, over TLS as without', async () => {
  const headers = { connection: 'Upgrade', upgrade: 'tea/1.0' }
  const request = httpsRequest({ host: '127.0.0.1', port, path: '/healthz', ca: tls.cert, headers }).end()
  const [response] = await once(request, 'response')
  expect(response.statusCode).toBe(200)
  response.resume()
})

it('announces its end to every reader within 2 s, and cuts no response short', async () => {
  const session = await connect()
  const { cursor } = JSON.parse((await ask(session, SHORT)).text) as { cursor: string }
  const stream = ask(session, SSE)
  const parked = ask(session, `${LONG}?since=${cursor}&wait=25`)
  const socket = new WebSocket(`wss://127.0.0.1:${port}${SOCKET}?since=${cursor}`, { ca: tls.cert })
  await once(socket, 'open')
  await vi.waitFor(() => expect(hub.followers).toBe(3))
  const goaway = once(session, 'goaway')
  const gone = once(session, 'close')
  const closed = once(socket, 'close')

  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(2_000)
  expect((await goaway)[0]).toBe(0) // NO_ERROR (RFC 9113 §7)
  expect(await stream).toMatchObject({
    status: 200,
    code: 0,
    text: expect.stringContaining('data: {"messages":[]'),
  })
  expect(await parked).toMatchObject({
    status: 200,
    code: 0,
    text: expect.stringContaining(`"cursor":"${cursor}"`),
  })
  expect((await closed)[0]).toBe(1001)
  await gone
})

it('closes within 2 s even if the peers do not', async () => {
  const { socket } = await dialHttp2(port, tls.cert)
  socket.write(
    Buffer.concat([PREFACE, frame(TYPE.headers, FLAG.endHeaders | FLAG.endStream, 1, getHeaders(port, SSE))]),
  )
  await vi.waitFor(() => expect(hub.followers).toBe(1))
  socket.pause() // and takes no notice of anything any more
  const before = performance.now()
  await server.close()
  expect(performance.now() - before).toBeLessThan(2_000)
})
