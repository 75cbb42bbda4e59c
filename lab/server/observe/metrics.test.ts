/** GET /metrics: that what it says is true, in the right form, and told only to those who may read it. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { dial, exchange, requestText } from '../../verify/attacks/raw.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { trustFrom } from '../limits/trust.ts'
import { createServerMetrics } from './server-metrics.ts'

let server: TestServer
let hub: Hub
let port: number
async function start(options: LabOptions = {}): Promise<void> {
  const metrics = createServerMetrics()
  hub = new Hub({ store: createMemoryStore(), onCommit: (ms) => metrics.committed(ms) })
  server = await startTestServer({ hub, metrics, ...options })
  port = server.port
}
beforeEach(() => start())
afterEach(() => server.close())

const at = (path: string) => `http://127.0.0.1:${port}${path}`
async function scrape(): Promise<Map<string, number>> {
  const response = await fetch(at('/metrics'))
  expect(response.status).toBe(200)
  return samplesIn(await response.text())
}
const post = (room: string, draftId: string, author = 'ada') =>
  fetch(at(`/rooms/${room}/messages`), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ draftId, author, text: 'hello' }),
  }).then((response) => response.status)

/**
 * The samples of a scrape, by name and labels. Fails on what is not the text format, version 0.0.4: a
 * HELP and a TYPE before the samples of each family, names and labels of the letters allowed, numbers,
 * no sample twice, and of a histogram buckets that grow up to +Inf, which is the count.
 */
function samplesIn(text: string): Map<string, number> {
  const samples = new Map<string, number>()
  const types = new Map<string, string>()
  const helped = new Set<string>()
  expect(text.endsWith('\n')).toBe(true)
  for (const line of text.split('\n')) {
    if (line === '') continue
    const help = /^# HELP ([a-z_][a-z0-9_]*) \S/.exec(line)
    const type = /^# TYPE ([a-z_][a-z0-9_]*) (counter|gauge|histogram|summary)$/.exec(line)
    if (help) helped.add(help[1]!)
    if (type) types.set(type[1]!, type[2]!)
    if (line.startsWith('#')) {
      expect(help ?? type, line).not.toBeNull()
      continue
    }
    const sample = /^([a-z_][a-z0-9_]*)(\{[a-z_]+="[^"\\\n]*"(?:,[a-z_]+="[^"\\\n]*")*\})? (\S+)$/.exec(line)
    expect(sample, line).not.toBeNull()
    const [, name, labels = '', value] = sample!
    const family = types.has(name!) ? name! : name!.replace(/_(bucket|sum|count)$/, '')
    expect(types.has(family) && helped.has(family), line).toBe(true)
    if (types.get(family) === 'counter') expect(name).toMatch(/_total$/)
    // Not a number is a value too, and is written in any case: what has not been measured yet.
    expect(value, line).toMatch(/^([+-]?\d+(\.\d+)?(e[+-]?\d+)?|[+-]inf|nan)$/i)
    expect(samples.has(name! + labels), line).toBe(false)
    samples.set(name! + labels, Number(value))
  }
  for (const [family, type] of types) {
    if (type !== 'histogram') continue
    const buckets = [...samples]
      .filter(([key]) => key.startsWith(`${family}_bucket`))
      .map(([, value]) => value)
    expect(buckets).toEqual(buckets.toSorted((a, b) => a - b))
    expect(samples.get(`${family}_bucket{le="+Inf"}`)).toBe(samples.get(`${family}_count`))
  }
  return samples
}

/** What the samples of one family are, by their label; without those that are zero. */
const byLabel = (samples: Map<string, number>, family: string) =>
  Object.fromEntries(
    [...samples]
      .filter(([key, value]) => key.startsWith(`${family}{`) && value > 0)
      .map(([key, value]) => [/="([^"]*)"/.exec(key)![1]!, value]),
  )

describe('the metrics', () => {
  it('are true of every transport', async () => {
    await post('lobby', 'd1')
    const page = await (await fetch(at('/transports/short-polling/rooms/lobby/messages'))).text()
    const { cursor } = JSON.parse(page) as { cursor: string }
    const poll = await (await fetch(at('/transports/long-polling/rooms/lobby/messages'))).text()
    const parked = fetch(at(`/transports/long-polling/rooms/lobby/messages?since=${cursor}&wait=30`))
    const wires: { readonly wire: Socket; readonly text: () => string }[] = []
    for (const _reader of [1, 2]) {
      const wire = await dial(port)
      let text = ''
      wire.on('data', (chunk) => (text += chunk))
      wire.write(requestText(port, 'GET /transports/sse/rooms/lobby/events'))
      await vi.waitFor(() => expect(text).toContain('"seq":1'))
      wires.push({ wire, text: () => text.replaceAll(HEARTBEAT, '') })
    }
    const socket = new WebSocket(at('/transports/websocket/rooms/lobby/socket').replace('http', 'ws'))
    const frames: string[] = []
    socket.on('message', (data) => {
      if (String(data).startsWith('{"type":"page"')) frames.push(String(data)) // no heartbeats
    })
    await vi.waitFor(() => expect(frames).toHaveLength(1))
    await vi.waitFor(() => expect(hub.followers).toBe(4))

    const before = await scrape()
    expect(byLabel(before, 'lab_readers')).toEqual({
      'long-polling': 1,
      sse: 2,
      websocket: 1,
    })
    expect(byLabel(before, 'lab_pages_written_total')).toEqual({
      'short-polling': 1,
      'long-polling': 1,
      sse: 2,
      websocket: 1,
    })

    await post('lobby', 'd2')
    await post('lobby', 'd2') // again: one message
    const woken = await (await parked).text()
    await vi.waitFor(() => expect(frames).toHaveLength(2))
    await vi.waitFor(() => {
      for (const { text } of wires) expect(text()).toContain('"seq":2')
    })
    const after = await scrape()
    expect(byLabel(after, 'lab_readers')).toEqual({
      sse: 2,
      websocket: 1,
    })
    const two = { 'short-polling': 1, 'long-polling': 2, sse: 4, websocket: 2 }
    expect(byLabel(after, 'lab_pages_written_total')).toEqual(two)
    expect(byLabel(after, 'lab_messages_delivered_total')).toEqual(two) // each page had one
    const chunks = wires.map(({ text }) => Buffer.byteLength(text().slice(text().indexOf('id: '))))
    expect(byLabel(after, 'lab_page_bytes_total')).toEqual({
      'short-polling': Buffer.byteLength(page),
      'long-polling': Buffer.byteLength(poll) + Buffer.byteLength(woken),
      // Of each first chunk, its size in hexadecimal and a line break stand before what is found here.
      sse: chunks.reduce((sum, bytes) => sum + bytes, 0) + 2 * sizeLine(wires[0]!.text()),
      websocket: frames.reduce((sum, frame) => sum + headerOf(frame) + Buffer.byteLength(frame), 0),
    })
    expect(after.get('lab_messages_published_total')).toBe(2)
    expect(after.get('lab_store_commit_seconds_count')).toBe(2)
    expect(after.get('lab_rooms')).toBe(1)
    for (const { wire } of wires) wire.destroy()
    socket.terminate()
    const untilGone = { timeout: 20_000 }
    await vi.waitFor(async () => expect(byLabel(await scrape(), 'lab_readers')).toEqual({}), untilGone)
  })

  it('count what is published in rooms that have been forgotten', async () => {
    await server.close()
    const store = createMemoryStore()
    hub = new Hub({ store, maxRooms: 1 })
    server = await startTestServer({ hub })
    port = server.port
    for (const room of ['one', 'two', 'one']) expect(await post(room, crypto.randomUUID())).toBe(201)
    expect((await scrape()).get('lab_messages_published_total')).toBe(3)
  })

  it('count each error that was told, by whichever way, by its code', async () => {
    await post('Bad Room', 'd1')
    await fetch(at('/nowhere'))
    await fetch(at('/nowhere'))
    const socket = new WebSocket(at('/transports/websocket/rooms/lobby/socket').replace('http', 'ws'))
    await once(socket, 'open')
    socket.send('{"type":"send","draft":{"draftId":"x"}}') // rejected: no text
    socket.send('nonsense') // and closed for this
    await once(socket, 'close')
    await exchange(
      port,
      requestText(port, 'GET /transports/websocket/rooms/lobby/socket', [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: short',
      ]),
    )
    expect(byLabel(await scrape(), 'lab_refusals_total')).toEqual({
      'bad-room': 1,
      'not-found': 2,
      'bad-draft': 1,
      'bad-json': 1,
      'bad-request': 1,
    })
  })

  it('count connections and their bytes, of those too that are gone', async () => {
    // Each by a connection of its own: a browser, or Node's fetch, opens some in reserve.
    const once = async (path: string) =>
      (await exchange(port, requestText(port, `GET ${path}`, ['Connection: close']))).text
    const look = async () => samplesIn((await once('/metrics')).split('\r\n\r\n')[1]!)
    const before = await look()
    const ask = requestText(port, 'GET /healthz', ['Connection: close'])
    const { text } = await exchange(port, ask)
    const after = await look()
    expect(after.get('lab_connections')).toBe(1) // the scraper's own
    expect(after.get('lab_connections_opened_total')).toBe(before.get('lab_connections_opened_total')! + 2)
    const grown = (direction: string) =>
      after.get(`lab_network_bytes_total{direction="${direction}"}`)! -
      before.get(`lab_network_bytes_total{direction="${direction}"}`)!
    expect(grown('received')).toBeGreaterThanOrEqual(ask.length)
    expect(grown('sent')).toBeGreaterThanOrEqual(text.length)
  })

  it('name no room, no person and no address: no stranger can add a series', async () => {
    const before = [...(await scrape()).keys()]
    for (const room of ['secret-room', 'another']) await post(room, 'd1', 'stranger')
    const text = await (await fetch(at('/metrics'))).text()
    expect(text).not.toMatch(/secret|another|stranger|127\.0\.0\.1/)
    expect([...samplesIn(text).keys()]).toEqual(before)
  })

  it('tell of the process when they are asked to', async () => {
    expect((await scrape()).has('process_resident_memory_bytes')).toBe(false)
    await server.close()
    await start({ metricsRoute: { to: 'loopback', ofProcess: true } })
    const samples = await scrape()
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(1_000_000)
    expect(samples.has('nodejs_eventloop_lag_p99_seconds')).toBe(true)
  })
})

/** A comment, as a chunk: it comes when it comes, and is no page. */
const HEARTBEAT = '2\r\n:\n\r\n'
/** Bytes of a text frame's header (RFC 6455 §5.2). */
const headerOf = (text: string) => (Buffer.byteLength(text) < 126 ? 2 : 4)
/** Bytes of the line in front of the first page's chunk (RFC 9112 §7.1). */
const sizeLine = (answer: string) => /\r\n([0-9a-f]+\r\n)id: /.exec(answer)![1]!.length

describe('who may read them', () => {
  const status = async (...headers: string[]) =>
    (await exchange(port, requestText(port, 'GET /metrics', [...headers, 'Connection: close']))).statuses[0]

  it('is this machine', async () => {
    expect(await status()).toBe(200)
  })

  it.each([
    'X-Forwarded-For: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
    'Via: 1.1 proxy',
    'X-Real-IP: 127.0.0.1',
  ])('is not a client beyond a proxy on this machine (%s)', async (header) => {
    expect(await status(header)).toBe(404)
  })

  it('is a client that a trusted proxy says is on this machine, and no other', async () => {
    await server.close()
    await start({ trust: trustFrom(['127.0.0.1']) })
    expect(await status('X-Forwarded-For: 192.0.2.1')).toBe(404)
    expect(await status('X-Forwarded-For: 127.0.0.1, 192.0.2.1')).toBe(404)
    expect(await status('X-Forwarded-For: 127.0.0.1')).toBe(200)
  })

  it.each([
    'Via: 1.1 proxy',
    'X-Forwarded-Proto: https',
    'X-Forwarded-Host: localhost',
    'X-Forwarded-Port: 443',
    'X-Real-IP: 127.0.0.1',
    'Forwarded: for=127.0.0.1',
    'CF-Connecting-IP: 127.0.0.1',
    'X-Forwarded-For:',
    'X-Forwarded-For: unknown',
    'X-Forwarded-For: unknown, 127.0.0.1',
  ])('is not a client whose address a trusted proxy does not name (%s)', async (header) => {
    await server.close()
    await start({ trust: trustFrom(['127.0.0.1']) })
    expect(await status()).toBe(200)
    expect(await status(header)).toBe(404)
  })

  it('is every client, or none, when the option says so', async () => {
    await server.close()
    await start({ metricsRoute: { to: 'all' } })
    expect(await status('X-Forwarded-For: 192.0.2.1')).toBe(200)
    await server.close()
    await start({ metricsRoute: { to: 'none' } })
    expect(await status()).toBe(404)
  })
})
