/** A WebSocket as a stream of HTTP/2: the same handshake as over HTTP/1.1, the same refusals, and the same end. */
import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { request as httpsRequest } from 'node:https'
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { TRANSPORTS } from '../../../transports/manifest.ts'
import type { LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { closeFrame, frame } from '../../verify/attacks/frames.ts'
import { ask, openSession, openTunnel, type Tunnel } from '../../verify/attacks/http2.ts'
import { HANDSHAKE, KEY } from '../../verify/attacks/raw-web-socket.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { openLog } from '../observe/log.ts'
import { createServerMetrics } from '../observe/server-metrics.ts'
import { type Certificate, ownCertificate } from './certificates.ts'

let tls: Certificate
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1', 'localhost'])
})

let server: TestServer
let hub: Hub
let metrics: ReturnType<typeof createServerMetrics>
const sessions: ClientHttp2Session[] = []
async function start(options: LabOptions = {}) {
  hub = new Hub()
  metrics = createServerMetrics()
  server = await startTestServer({ hub, tls, metrics, ...options })
}
beforeEach(() => start())
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await server.close()
})
async function connect(): Promise<ClientHttp2Session> {
  const session = await openSession(server.port, tls.cert)
  sessions.push(session)
  return session
}
/** Both take the stream where they take a socket. */
const SERVERS = TRANSPORTS.filter((name) => name.startsWith('websocket'))

describe.each(SERVERS)('%s', (name) => {
  const SOCKET = `/transports/${name}/rooms/lobby/socket`
  const send = (draftId: string) =>
    frame({
      payload: JSON.stringify({ type: 'send', draft: { draftId, author: 'ada', text: 'by a stream' } }),
    })
  const readers = () => metrics.transport(name).readers()

  describe('a WebSocket over HTTP/2', () => {
    it('opens on the connection that there is, and carries messages both ways', async () => {
      const session = await connect()
      const tunnel = await openTunnel(session, SOCKET)
      expect(tunnel.status).toBe(200)
      expect(Object.keys(tunnel.headers).sort()).toEqual([':status', 'date'])
      tunnel.stream.write(send('d1'))
      await vi.waitFor(() => expect(tunnel.texts().join()).toContain('"type":"accepted"'))
      await vi.waitFor(() => expect(tunnel.texts().join()).toContain('"page":{"messages":[{"seq":1,'))
      expect(readers()).toBe(1)
      expect(metrics.connections.sockets.size).toBe(1)
      expect(await ask(session, '/healthz')).toMatchObject({ status: 200 }) // beside it
    })

    it('has the proof of a key for a client that sends one, and the subprotocol that it likes best', async () => {
      const tunnel = await openTunnel(await connect(), SOCKET, {
        'sec-websocket-key': KEY,
        'sec-websocket-protocol': 'chat.v2, chat.v1',
      })
      expect(tunnel.headers).toMatchObject({
        ':status': 200,
        'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=', // RFC 6455 §1.3
        'sec-websocket-protocol': 'chat.v2',
      })
      for (const name of ['upgrade', 'connection']) expect(tunnel.headers).not.toHaveProperty(name)
    })

    it.runIf(name === 'websocket')('is compressed when both sides agree', async () => {
      await server.close()
      await start({ compress: true })
      const offer = { 'sec-websocket-extensions': 'permessage-deflate' }
      const { headers } = await openTunnel(await connect(), SOCKET, offer)
      expect(headers['sec-websocket-extensions']).toContain('permessage-deflate')
    })

    it('answers a close frame with its code and ends the stream, and the connection goes on', async () => {
      const session = await connect()
      const tunnel = await openTunnel(session, SOCKET)
      tunnel.stream.write(closeFrame(1000))
      await once(tunnel.stream, 'close')
      expect(tunnel.closeCode()).toBe(1000)
      expect(tunnel.stream.rstCode).toBe(0)
      await vi.waitFor(() => expect([hub.followers, readers()]).toEqual([0, 0]))
      expect(await ask(session, '/healthz')).toMatchObject({ status: 200 })
    })

    it('closes with the code that it has over HTTP/1.1 when a frame breaks the protocol', async () => {
      const tunnel = await openTunnel(await connect(), SOCKET)
      tunnel.stream.write(frame({ masked: false, payload: 'not masked' }))
      await once(tunnel.stream, 'close')
      expect(tunnel.closeCode()).toBe(1002)
    })

    it.each<readonly [string, (tunnel: Tunnel) => void]>([
      ['resets its stream', ({ stream }) => stream.close(8)],
      ['ends its half', ({ stream }) => stream.end()],
      ['loses its connection', ({ stream }) => stream.session!.destroy()],
    ])('leaves nothing behind when its peer %s', async (_what, go) => {
      const tunnel = await openTunnel(await connect(), SOCKET)
      await vi.waitFor(() => expect([hub.followers, readers()]).toEqual([1, 1]))
      go(tunnel)
      await vi.waitFor(() => expect([hub.followers, readers()]).toEqual([0, 0]))
    })

    it('is not read while its peer reads no answers, and other requests on the connection go on', async () => {
      const session = await connect()
      const tunnel = await openTunnel(session, SOCKET)
      tunnel.stream.pause()
      // No drafts: each is rejected by an answer that is larger. 4,000 of them do not go into a window of 64 KiB.
      const rejected = (n: number) =>
        frame({ payload: JSON.stringify({ type: 'send', draft: { draftId: `${n} ${'x'.repeat(100)}` } }) })
      for (let n = 0; n < 4_000; n += 100)
        tunnel.stream.write(Buffer.concat(Array.from({ length: 100 }, (_, index) => rejected(n + index))))
      const draft = JSON.stringify({ draftId: 'd1', author: 'ada', text: 'x'.repeat(20_000) })
      const post = { ':method': 'POST', 'content-type': 'application/json' }
      expect(await ask(session, '/rooms/lobby/messages', post, draft)).toMatchObject({ status: 201 })
      expect(tunnel.stream.writableLength).toBeGreaterThan(400_000)
      tunnel.stream.resume()
      const answers = () => tunnel.texts().filter((text) => text.includes('"rejected"'))
      await vi.waitFor(() => expect(answers()).toHaveLength(4_000), { timeout: 20_000, interval: 50 })
    })

    it('is told that the server is going away, within 2 s', async () => {
      const session = await connect()
      const tunnel = await openTunnel(session, SOCKET)
      tunnel.stream.on('data', () => {
        if (tunnel.closeCode() !== null) tunnel.stream.write(closeFrame(1001))
      })
      const gone = once(session, 'close')
      const before = performance.now()
      await server.close()
      expect(performance.now() - before).toBeLessThan(2_000)
      expect(tunnel.closeCode()).toBe(1001)
      await gone
    })

    it('counts against the cap on connections of its client, for as long as it is open', async () => {
      await server.close()
      await start({ connections: { perAddress: 3, total: 100 } })
      const session = await connect() // 1
      const tunnels = [await openTunnel(session, SOCKET), await openTunnel(session, SOCKET)] // 3
      const refused = await openTunnel(session, SOCKET)
      expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
      await vi.waitFor(() =>
        expect(JSON.parse(refused.text())).toMatchObject({ code: 'too-many-connections' }),
      )
      tunnels[0]!.stream.close(8)
      await vi.waitFor(async () => expect((await openTunnel(session, SOCKET)).status).toBe(200))
    })

    it('stands in the log of requests when it is over, with the status that it was answered with', async () => {
      await server.close()
      let lines = ''
      await start({ requestLog: openLog({ sink: { write: (line) => (lines += line) } }) })
      const tunnel = await openTunnel(await connect(), SOCKET)
      expect(lines).toBe('')
      tunnel.stream.close(8)
      await vi.waitFor(() => expect(lines).not.toBe(''))
      expect(JSON.parse(lines)).toMatchObject({
        event: 'request',
        method: 'GET',
        path: SOCKET,
        http: '2.0',
        status: 200,
      })
    })
  })

  describe('a handshake over HTTP/2 that is refused', () => {
    type Headers = Record<string, string>
    const VERSION = { 'sec-websocket-version': '13' }

    /** Over HTTP/1.1. */
    async function upgraded(path: string, headers: Headers) {
      const { ':authority': host, ...others } = headers
      const all = Object.fromEntries(HANDSHAKE.map((line) => line.split(': ') as [string, string]))
      if (others['sec-websocket-version'] !== undefined) delete all['Sec-WebSocket-Version']
      const request = httpsRequest({
        ...{ host: '127.0.0.1', servername: 'localhost', port: server.port, path, ca: tls.cert },
        headers: { ...all, ...(host !== undefined && { host }), ...others },
      }).end()
      const [response] = await once(request, 'response')
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      await once(response, 'end')
      return { status: response.statusCode as number, text }
    }
    async function tunnelled(path: string, headers: Headers) {
      const tunnel = await openTunnel(await connect(), path, headers)
      if (!tunnel.stream.closed) await once(tunnel.stream, 'close')
      return { status: tunnel.status, text: tunnel.text() }
    }

    const refused: readonly (readonly [what: string, status: number, headers: Headers, path?: string])[] = [
      ['from a foreign page', 403, { origin: 'https://evil.example' }],
      ['from a page without an origin', 403, { origin: 'null' }],
      ['from a page by http', 403, { origin: 'http://127.0.0.1' }],
      ['under a name that is not ours', 421, { ':authority': 'rebound.evil.example' }],
      ['with a token that does not hold', 401, { authorization: 'Bearer lab_0000' }],
      ['with a ticket that does not hold', 401, {}, `${SOCKET}?ticket=0000`],
      ['of another version', 426, { 'sec-websocket-version': '12' }],
      ['with a malformed subprotocol', 400, { 'sec-websocket-protocol': 'a,,b' }],
      ['to a bad room', 400, {}, `/transports/${name}/rooms/..%2f..%2fetc/socket`],
      ['with a bad cursor', 400, {}, `${SOCKET}?since=nonsense`],
      ['with a bad client id', 400, {}, `${SOCKET}?tab=%20`],
      ['to nowhere', 404, {}, '/socket'],
    ]
    const each = refused.map(([what, status, headers, path = SOCKET]) => ({ what, status, headers, path }))
    it.each(each)('$what is answered with $status, and in the words of HTTP/1.1', async (one) => {
      const { status, headers, path } = one
      const all = { ...VERSION, ...headers }
      const answer = await tunnelled(path, all)
      expect(answer.status).toBe(status)
      expect(answer).toEqual(await upgraded(path, all))
      expect(Object.keys(JSON.parse(answer.text))).toEqual(['code', 'message'])
      // The connection of HTTP/2 goes on, and nothing else is left.
      await vi.waitFor(() =>
        expect([metrics.connections.sockets.size, hub.followers, readers()]).toEqual([1, 0, 0]),
      )
    })

    it('without a version is answered with 426', async () => {
      const session = await connect()
      const tunnel = await openTunnel(session, SOCKET, { 'sec-websocket-version': undefined })
      expect(tunnel.status).toBe(426)
      await vi.waitFor(() => expect(JSON.parse(tunnel.text())).toMatchObject({ code: 'upgrade-required' }))
    })

    it.each(['connect-udp', 'websockets', 'tcp'])(
      'for the protocol %j is answered with 501',
      async (protocol) => {
        const session = await connect()
        const tunnel = await openTunnel(session, SOCKET, { ':protocol': protocol })
        expect(tunnel.status).toBe(501)
        await vi.waitFor(() => expect(JSON.parse(tunnel.text())).toMatchObject({ code: 'not-implemented' }))
        expect(metrics.refusals.get('not-implemented')).toBe(1)
        expect(await ask(session, '/healthz')).toMatchObject({ status: 200 })
      },
    )

    it('as a CONNECT to another host is answered with 400: the server is no proxy', async () => {
      const session = await connect()
      const stream = session.request({ ':method': 'CONNECT', ':authority': 'example.com:443' })
      const [headers] = await once(stream, 'response')
      let text = ''
      stream.setEncoding('utf8').on('data', (chunk) => (text += chunk))
      await once(stream, 'close')
      expect(headers[':status']).toBe(400)
      expect(JSON.parse(text)).toMatchObject({ code: 'bad-request' })
    })

    it('as a plain GET is told to upgrade, as over HTTP/1.1', async () => {
      expect(await ask(await connect(), SOCKET)).toMatchObject({ status: 426 })
    })
  })
})
