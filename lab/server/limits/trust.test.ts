/** Who is believed about where a request comes from. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { LabOptions } from '../../app/build-lab.ts'
import { dial, exchange, requestText } from '../../verify/attacks/raw.ts'
import { HANDSHAKE } from '../../verify/attacks/raw-web-socket.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { createServerMetrics } from '../observe/server-metrics.ts'
import { isLoopback, trustFrom } from './trust.ts'

let server: TestServer | null = null
let port = 0
const metrics = () => current
let current = createServerMetrics()
afterEach(async () => {
  await server?.close()
  server = null
})
async function start(options: LabOptions): Promise<void> {
  current = createServerMetrics()
  server = await startTestServer({ metrics: current, ...options })
  port = server.port
}
const body = (draftId: string) => JSON.stringify({ draftId, author: 'ada', text: 'hello' })
let drafts = 0
/** Posts, with these headers, and tells the status. */
async function post(headers: readonly string[]): Promise<number> {
  const draft = body(`d${drafts++}`)
  const all = [
    ...headers,
    'Content-Type: application/json',
    `Content-Length: ${draft.length}`,
    'Connection: close',
  ]
  const { statuses } = await exchange(port, requestText(port, 'POST /rooms/lobby/messages', all, draft))
  return statuses[0]!
}

describe('trust', () => {
  it.each<readonly [values: string[], address: string, hop: number, isTrusted: boolean]>([
    [[], '127.0.0.1', 0, false],
    [['127.0.0.1'], '127.0.0.1', 0, true],
    [['127.0.0.1'], '::ffff:127.0.0.1', 0, true],
    [['127.0.0.1'], '127.0.0.2', 0, false],
    [['10.0.0.0/8', '::1'], '10.200.3.4', 5, true],
    [['10.0.0.0/8,::1'], '::1', 0, true],
    [['10.0.0.0/8'], '11.0.0.1', 0, false],
    [['fd00::/8'], 'fd12::9', 0, true],
    [['fd00::/8'], 'fe12::9', 0, false],
    [['10.0.0.0/8'], 'not an address', 0, false],
    [['10.0.0.0/8'], '', 0, false],
    [['2'], '203.0.113.7', 1, true],
    [['2'], '203.0.113.7', 2, false],
    [['0'], '127.0.0.1', 0, false],
  ])('%j, and %s at hop %i: %s', (values, address, hop, isTrusted) => {
    expect(trustFrom(values)(address, hop)).toBe(isTrusted)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.9.9.9', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['128.0.0.1', false],
    ['::2', false],
    ['localhost', false],
    ['', false],
  ])('%s is loopback: %s', (address, is) => {
    expect(isLoopback(address)).toBe(is)
  })
})

/** Writers are told apart by whose bucket is empty: one message each, and then no more for a while. */
describe('the address that counts', () => {
  const messagesPerSecond = 0.5 // a burst of one, and the next in two seconds
  const isRefused = async (...headers: string[]) => (await post(headers)) === 429

  it('is the peer’s own, whatever its headers say, unless a proxy is trusted', async () => {
    await start({ messagesPerSecond })
    expect(await post(['X-Forwarded-For: 192.0.2.1'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 192.0.2.2')).toBe(true)
    expect(await isRefused('Forwarded: for=192.0.2.3')).toBe(true)
    expect(await isRefused('X-Real-IP: 192.0.2.4')).toBe(true)
  })

  it('is what a trusted proxy has added, and never what stood there before (spoofing)', async () => {
    await start({ messagesPerSecond, trust: trustFrom(['127.0.0.1']) })
    // A client at 192.0.2.1 writes an address of its choice; the proxy adds the true one at the right.
    expect(await post(['X-Forwarded-For: 198.51.100.1, 192.0.2.1'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 198.51.100.2, 192.0.2.1')).toBe(true)
    expect(await isRefused('X-Forwarded-For: 127.0.0.1, 10.9.8.7, 192.0.2.1')).toBe(true)
    expect(await isRefused('X-Forwarded-For: 198.51.100.3', 'X-Forwarded-For: 192.0.2.1')).toBe(true)
    expect(await post(['X-Forwarded-For: 192.0.2.1, 192.0.2.9'])).toBe(201) // another client
  })

  it('goes past as many proxies as are trusted, and no further', async () => {
    await start({ messagesPerSecond, trust: trustFrom(['127.0.0.1', '10.0.0.0/8']) })
    expect(await post(['X-Forwarded-For: 192.0.2.1, 10.0.0.3, 10.0.0.2'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 192.0.2.1, 10.0.0.7')).toBe(true)
    expect(await isRefused('X-Forwarded-For: 10.0.0.9, 192.0.2.1, 10.0.0.7')).toBe(true)
  })

  it('is found by the number of hops, too', async () => {
    await start({ messagesPerSecond, trust: trustFrom(['2']) })
    expect(await post(['X-Forwarded-For: 192.0.2.1, 203.0.113.5'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 198.51.100.1, 192.0.2.1, 203.0.113.6')).toBe(true)
  })

  it('is without a port, and what is no address is not taken for one', async () => {
    await start({ messagesPerSecond, trust: trustFrom(['127.0.0.1']) })
    expect(await post(['X-Forwarded-For: 192.0.2.1:5000'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 192.0.2.1:5001')).toBe(true)
    expect(await post(['X-Forwarded-For: [2001:db8::1]:5000'])).toBe(201)
    expect(await isRefused('X-Forwarded-For: 2001:db8::2')).toBe(true) // of the same network
    expect(await post(['X-Forwarded-For: whatever'])).toBe(201) // the proxy's own bucket
    expect(await isRefused(`X-Forwarded-For: ${'x'.repeat(2_000)}`)).toBe(true)
  })
})

describe('caps on connections behind a trusted proxy', () => {
  const trust = trustFrom(['127.0.0.1'])
  const connections = { perAddress: 3, total: 100 }
  /** One more event stream of a client, on a connection of the proxy's; its status. */
  async function stream(client: string, path = 'sse/rooms/lobby/events', headers: readonly string[] = []) {
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    socket.write(requestText(port, `GET /transports/${path}`, [`X-Forwarded-For: ${client}`, ...headers]))
    await vi.waitFor(() => expect(text).toContain('\r\n\r\n'))
    return { socket, status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]) }
  }

  it('count for each client by itself, and for the proxy never', async () => {
    await start({ connections, trust })
    const open = []
    for (const client of ['192.0.2.1', '192.0.2.2', '192.0.2.3'])
      for (let n = 0; n < connections.perAddress; n++) open.push(await stream(client))
    expect(open.map(({ status }) => status)).toEqual(open.map(() => 200))
    expect((await stream('192.0.2.1')).status).toBe(503)
    expect((await stream('9.9.9.9, 192.0.2.1')).status).toBe(503) // by whatever name
    open[0]!.socket.destroy()
    await vi.waitFor(async () => expect((await stream('192.0.2.1')).status).toBe(200))
    for (const { socket } of open) socket.destroy()
  })

  it('count WebSockets for as long as they are open', async () => {
    await start({ connections, trust })
    const socket = () => stream('192.0.2.1', 'websocket/rooms/lobby/socket', HANDSHAKE)
    const open = [await socket(), await socket(), await socket()]
    expect(open.map(({ status }) => status)).toEqual([101, 101, 101])
    expect((await socket()).status).toBe(503)
    open[0]!.socket.destroy()
    await vi.waitFor(async () => expect((await socket()).status).toBe(101))
    for (const one of open) one.socket.destroy()
  })

  it('count requests one after another on one connection as one at a time', async () => {
    await start({ connections: { perAddress: 1, total: 100 }, trust })
    const ask = requestText(port, 'GET /healthz', ['X-Forwarded-For: 192.0.2.1'])
    const socket = await dial(port)
    let text = ''
    socket.on('data', (chunk) => (text += chunk))
    for (let n = 1; n <= 10; n++) {
      socket.write(ask)
      await vi.waitFor(() => expect(text.match(/"status":"ok"/g)).toHaveLength(n), { interval: 5 })
    }
    socket.destroy()
    expect(metrics().refusals.size).toBe(0)
  })

  it('do not let a stranger through as anybody else', async () => {
    await start({ connections, trust: trustFrom(['10.0.0.1']) })
    const open = [await stream('192.0.2.1'), await stream('192.0.2.2'), await stream('192.0.2.3')]
    expect((await stream('192.0.2.4')).status).toBe(503)
    for (const { socket } of open) socket.destroy()
  })
})

describe('the name that was asked for', () => {
  const POLL = 'GET /transports/short-polling/rooms/lobby/messages'
  const status = async (...headers: string[]) =>
    (await exchange(port, requestText(port, POLL, [...headers, 'Connection: close']))).statuses[0]

  it('is Host, whatever a stranger forwards', async () => {
    await start({})
    expect(await status('X-Forwarded-Host: evil.example')).toBe(200)
    expect(await status('Host: evil.example', 'X-Forwarded-Host: localhost')).toBe(421)
  })

  it('is what a trusted proxy forwards, and its Host must be ours besides', async () => {
    await start({ trust: trustFrom(['127.0.0.1']), origins: ['https://chat.example'] })
    expect(await status('X-Forwarded-Host: chat.example')).toBe(200)
    expect(await status('Host: chat.example', 'X-Forwarded-Proto: https')).toBe(200)
    expect(await status('X-Forwarded-Host: evil.example')).toBe(421)
    expect(await status('Host: evil.example', 'X-Forwarded-Host: chat.example')).toBe(421)
    expect(await status('X-Forwarded-Host: chat.example, evil.example')).toBe(421) // the last was added last
  })
})

it('believes a trusted proxy, and no other client, that its client came by https', async () => {
  const signIn = async (...headers: string[]) => {
    const asked = JSON.stringify({ name: `guest ${drafts++}` })
    const all = [
      ...headers,
      'Content-Type: application/json',
      `Content-Length: ${asked.length}`,
      'Connection: close',
    ]
    const { text } = await exchange(port, requestText(port, 'POST /session', all, asked))
    return /^set-cookie: (.*)\r$/im.exec(text)?.[1]
  }
  await start({ trust: trustFrom(['127.0.0.1']) })
  expect(await signIn('X-Forwarded-Proto: https')).toContain('; Secure')
  expect(await signIn('X-Forwarded-Proto: https, http')).not.toContain('; Secure') // the last was added last
  await server?.close()
  await start({ trust: trustFrom(['10.0.0.1']) })
  expect(await signIn('X-Forwarded-Proto: https')).not.toContain('; Secure')
})

it('takes the page at https://chat.example behind a proxy that ends TLS, and no other', async () => {
  await start({ trust: trustFrom(['127.0.0.1']), origins: ['https://chat.example'] })
  const behind = ['Host: chat.example', 'X-Forwarded-Proto: https', 'X-Forwarded-For: 192.0.2.1']
  expect(await post([...behind, 'Origin: https://chat.example'])).toBe(201)
  expect(await post([...behind, 'Origin: http://chat.example'])).toBe(403)
  expect(await post([...behind, 'Origin: https://evil.example'])).toBe(403)
})
