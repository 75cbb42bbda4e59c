/** A lone server that is drained: who is refused and how, who goes on, and that it still ends in time. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'

/** Longer than any test here: who is told goodbye within it is told by something else. */
const FOR_EVER_MS = 600_000
const TIMEOUT = { timeout: 10_000, interval: 10 }
/** What a server that forgets to refuse, or to say goodbye, would keep waiting for ever. In milliseconds. */
const SOON_MS = 5_000

/** @throws Error that says what did not come, where the test's own limit would only say that time is up */
function soon<T>(what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${SOON_MS / 1_000} s`)), SOON_MS)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

let server: TestServer
const sockets: (Socket | WebSocket)[] = []
beforeEach(async () => {
  server = await startTestServer({ listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }] })
})
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket instanceof WebSocket ? socket.terminate() : socket.destroy()
  await server.close()
})

const at = (path: string, scheme = 'http') => `${scheme}://127.0.0.1:${server.port}${path}`
const transport = (path: string, scheme?: string) => at(`/transports/${path}`, scheme)
const drain = (withinMs: number) =>
  fetch(at('/drain'), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ withinMs }),
  })
const post = (path: string, body: object) =>
  fetch(at(path), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
const DRAFT = { draftId: 'd1', author: 'ada', text: 'hello' }

function openSocket(name = 'websocket'): WebSocket {
  const socket = new WebSocket(transport(`${name}/rooms/lobby/socket`, 'ws'))
  socket.on('error', () => {})
  sockets.push(socket)
  return socket
}
function hello(): { readonly socket: Socket; readonly text: () => string } {
  const socket = connect(server.tcpPort('tcp')!, '127.0.0.1')
  sockets.push(socket)
  let text = ''
  socket.on('data', (bytes) => (text += bytes))
  socket.on('error', () => {})
  socket.write('{"type":"hello","room":"lobby"}\n')
  return { socket, text: () => text }
}

it('says so at /healthz before any reader is told goodbye, and counts those who are left', async () => {
  const streaming = await fetch(transport('sse/rooms/lobby/events'))
  expect(await (await drain(FOR_EVER_MS)).json()).toEqual({ readers: 1, withinMs: FOR_EVER_MS })
  const health = await fetch(at('/healthz'))
  expect(health.status).toBe(503)
  expect(await health.json()).toMatchObject({ status: 'draining', readers: 1 })
  await streaming.body!.cancel()
  await expect.poll(async () => (await fetch(at('/healthz'))).json(), TIMEOUT).toMatchObject({ readers: 0 })
})

it.each([
  'short-polling/rooms/lobby/messages',
  'long-polling/rooms/lobby/messages?wait=20',
  'http-streaming/rooms/lobby/stream',
  'sse/rooms/lobby/events',
])('lets no new reader in, and names a time to come back: %s', async (path) => {
  await drain(FOR_EVER_MS)
  const response = await soon('a refusal', fetch(transport(path)))
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
  expect(response.headers.get('connection')).toBe('close')
  expect(await soon('the words of the refusal', response.json())).toMatchObject({
    code: 'stopping',
    retryAfterS: 1,
  })
})

it.each(['websocket', 'websocket-by-hand'])('answers the handshake of a %s with 503', async (name) => {
  await drain(FOR_EVER_MS)
  const socket = openSocket(name)
  const [what, response] = await soon(
    'an answer to the handshake',
    Promise.race([
      once(socket, 'unexpected-response').then(([, answer]) => ['refused', answer] as const),
      once(socket, 'open').then(() => ['let in', null] as const),
    ]),
  )
  expect(what).toBe('refused')
  expect(response.statusCode).toBe(503)
  expect(response.headers['retry-after']).toBe('1')
})

it('says goodbye on a TCP port to a connection that comes, and to one that was there and had not said who it is', async () => {
  const early = connect(server.tcpPort('tcp')!, '127.0.0.1')
  sockets.push(early)
  let text = ''
  early.on('data', (bytes) => (text += bytes))
  await expect.poll(() => text, TIMEOUT).toContain('#') // greeted
  await drain(FOR_EVER_MS)
  early.write('{"type":"hello","room":"lobby"}\n')
  await expect.poll(() => text, TIMEOUT).toContain('"code":"stopping"')
  const late = hello()
  await expect.poll(late.text, TIMEOUT).toContain('"code":"stopping"')
  expect(late.text()).toContain('"retryAfterS":1')
})

it('takes no write, and is asked for pages, signs of life and what was said as before', async () => {
  await drain(FOR_EVER_MS)
  for (const path of ['/rooms/lobby/messages', '/transports/sse/rooms/lobby/messages']) {
    const response = await soon('a refusal', post(path, DRAFT))
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  }
  expect((await post('/people', { name: 'ada', passphrase: 'long enough it is' })).status).toBe(503)
  expect((await fetch(at('/session'), { method: 'DELETE' })).status).toBe(503)
  expect((await post('/transports/sse/rooms/lobby/presence', { tab: 'tab1' })).status).toBe(204)
  expect((await fetch(at('/rooms/lobby/messages'))).status).toBe(200)
  expect((await fetch(at('/wires'))).status).toBe(200)
})

it('goes on serving readers whose turn has not come: they read, and on a socket they are heard', async () => {
  const socket = openSocket()
  const frames: string[] = []
  socket.on('message', (data) => frames.push(String(data)))
  await soon('the handshake', once(socket, 'open'))
  await drain(FOR_EVER_MS)
  server.say('lobby', 'said meanwhile')
  await expect.poll(() => frames.join('\n'), TIMEOUT).toContain('said meanwhile')
  socket.send(JSON.stringify({ type: 'send', draft: DRAFT }))
  await expect.poll(() => frames.join('\n'), TIMEOUT).toContain('"draftId":"d1"')
})

it('ends each line in its transport’s own way: 1001, an answer, the stream’s end, a last line', async () => {
  const socket = openSocket()
  const byHand = openSocket('websocket-by-hand')
  await Promise.all([once(socket, 'open'), once(byHand, 'open')])
  const closed = [once(socket, 'close'), once(byHand, 'close')]
  const tcp = hello()
  await expect.poll(tcp.text, TIMEOUT).toContain('"type":"open"')
  const stream = await fetch(transport('sse/rooms/lobby/events'))
  const lines = await fetch(transport('http-streaming/rooms/lobby/stream'))
  const { cursor } = server.hub.room('lobby').read(null)
  const poll = fetch(transport(`long-polling/rooms/lobby/messages?wait=55&since=${cursor}`))
  await expect.poll(() => server.hub.room('lobby').followers, TIMEOUT).toBe(6)
  const ended = once(tcp.socket, 'close')
  expect(await (await drain(100)).json()).toMatchObject({ readers: 6 })
  for (const end of closed) {
    const [code, reason] = await soon('the goodbye of a socket', end)
    expect([code, String(reason)]).toEqual([1001, 'stopping'])
  }
  const answered = poll.then((response) => response.json())
  expect(await soon('the answer to a held poll', answered)).toMatchObject({ messages: [], gap: false })
  expect(await soon('the end of the event stream', stream.text())).toContain('retry: ')
  expect(await soon('the end of the stream of lines', lines.text())).not.toContain('stopping')
  await soon('the end of the TCP connection', ended)
  expect(tcp.text()).toContain('"code":"stopping"')
  expect(server.hub.room('lobby').followers).toBe(0)
})

it('is not made to drain by another time, and does no harm, when it is asked again', async () => {
  const streaming = await fetch(transport('sse/rooms/lobby/events'))
  await drain(FOR_EVER_MS)
  const again = await drain(0)
  expect(again.status).toBe(202)
  expect(await again.json()).toMatchObject({ readers: 1 })
  server.say('lobby', 'still here')
  const reader = streaming.body!.getReader()
  let text = ''
  while (!text.includes('still here')) {
    const { value, done } = await soon('what was said meanwhile', reader.read())
    if (done) break
    text += Buffer.from(value!).toString()
  }
  expect(text).toContain('still here')
  await reader.cancel()
})

it('stops within two seconds while it drains, and tells all who are left', async () => {
  const socket = openSocket()
  await once(socket, 'open')
  const stream = await fetch(transport('sse/rooms/lobby/events'))
  await drain(FOR_EVER_MS)
  const closed = once(socket, 'close')
  const before = performance.now()
  await soon('the end of the server', server.close())
  expect(performance.now() - before).toBeLessThan(2_000)
  expect((await soon('the goodbye of the socket', closed))[0]).toBe(1001)
  expect(await soon('the end of the stream', stream.text())).toContain('retry: ')
})
