/**
 * Auto behind real proxies: ones that pass no upgrade, hold streams back, let nothing through but short answers, or
 * change while it runs. What it settles on, how soon, and that no switch loses or repeats a message.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { loadClient } from '../../../transports/load-client.ts'
import { countRequests } from '../../../web/model/figures/counting.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { createSignals } from '../../client/signals.ts'
import type { Switch } from '../../client/transport.ts'
import { createSkippingClock } from '../kit/clock.ts'
import { platformOver } from '../kit/network/network.ts'
import { haproxy, nginx } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import type { ProxyKind } from './proxy.ts'
import { handshake, openProxyBench, type ProxyBench, TIMEOUT } from './proxy-bench.ts'
import { networkBehind, type ProxyNetwork } from './proxy-client.ts'
import type { Change } from './published.ts'

const ROOM = 'auto'
/** Longer than a handshake takes on a busy machine. */
const TRY_MS = 3_000
const RETRY_MS = 50
/** From settling on a lower transport to the first look for a better one. */
const CLIMB_MS = 30_000
const STEP_MS = 500
const SOCKET = `/transports/websocket/rooms/${ROOM}/socket`

/** As nginx does unless it is told otherwise. */
const NO_UPGRADE: Change = ['proxy_set_header Upgrade $upgrade_to_lab;', '']
/** As by default, and deaf to the header by which the lab asks it not to buffer. */
const HTTP_1_0: Change = ['proxy_http_version 1.1;', '']
const BUFFERS: Change = ['proxy_buffering off;', 'proxy_ignore_headers X-Accel-Buffering;']
/** What is open ends with a reload: it would go on by the old file otherwise. */
const AT_ONCE = nginx.drainLimit(1)
const only = (...names: readonly string[]): Change => [
  '    location / {',
  `    location ~ ^/transports/(?!(${names.join('|')})/) { return 403; }\n    location / {`,
]
const HAPROXY_REFUSES: Change = [
  '  http-request set-header X-Forwarded-Proto https',
  '  http-request deny deny_status 403 if { hdr(Upgrade) -i websocket }\n  http-request set-header X-Forwarded-Proto https',
]
const HAPROXY_DROPS: Change = [
  '  http-request set-header X-Forwarded-Proto https',
  '  http-request del-header Upgrade\n  http-request set-header X-Forwarded-Proto https',
]

const opened: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

async function open(kind: ProxyKind, changes: readonly Change[]): Promise<ProxyBench> {
  const bench = await openProxyBench(kind, { changes })
  opened.push(bench)
  return bench
}

interface Reader {
  readonly client: ChatClient
  readonly texts: readonly string[]
  readonly switches: readonly Switch[]
  readonly signals: ReturnType<typeof createSignals>
  readonly clock: ReturnType<typeof createSkippingClock>
  /** How many it has sent by `fetch`. */
  readonly requests: number
  carrier(): string | undefined
}

async function join({ proxy }: ProxyBench): Promise<Reader> {
  const network: ProxyNetwork = networkBehind(proxy, 'HTTP/1.1')
  const clock = createSkippingClock()
  const signals = createSignals()
  let requests = 0
  const transport = await loadClient('auto', { tryMs: TRY_MS, intervalMs: 50 })
  const client = createChatClient(transport, {
    baseUrl: new URL(`/transports/auto/rooms/${ROOM}/`, proxy.url),
    author: 'ada',
    platform: countRequests({ ...platformOver(network), clock, signals }, () => requests++),
    backoffMs: () => RETRY_MS,
  })
  opened.push(network, client)
  const texts: string[] = []
  const switches: Switch[] = []
  client.onMessage(({ text }) => texts.push(text))
  client.onSwitch((taken) => switches.push(taken))
  client.connect()
  return {
    ...{ client, texts, switches, signals, clock },
    get requests() {
      return requests
    },
    carrier: () => switches.at(-1)?.to,
  }
}

async function expectOn(reader: Reader, name: string, what: string): Promise<void> {
  await expect.poll(() => [reader.carrier(), reader.client.state.status], TIMEOUT).toEqual([name, 'open'])
  const { from, to, tried, tookMs } = reader.switches.at(-1)!
  const tries = tried.map((one) => `${one.name}: ${one.why}`).join('; ') || 'nothing else tried'
  console.log(`${what}: ${from ?? 'nothing'} → ${to} in ${tookMs.toFixed(0)} ms (${tries})`)
}

/** Says so much on both sides, and looks that all of it has come, once and in order. */
async function expectConversation(
  { server }: ProxyBench,
  { client, texts }: Reader,
  what: string,
): Promise<void> {
  const said = [...texts]
  for (const text of [`${what} 1`, `${what} 2`]) {
    server.say(ROOM, text)
    said.push(text)
    await expect.poll(() => texts, TIMEOUT).toEqual(said)
  }
  await client.send(`${what} back`)
  said.push(`${what} back`)
  await expect.poll(() => texts, TIMEOUT).toEqual(said)
  expect(client.figures).toMatchObject({ duplicates: 0, lost: 0, gaps: 0 })
}

function behind(kind: ProxyKind, define: () => void): void {
  if (find(kind.program)) describe(`auto behind ${kind.program}`, { timeout: 60_000 }, define)
  else skipLoudly(kind.program, kind.program)
}

const FIRST: readonly (readonly [what: string, kind: ProxyKind, changes: readonly Change[], to: string])[] = [
  ['that passes all', nginx, [], 'websocket'],
  ['that passes no upgrade on', nginx, [NO_UPGRADE], 'sse'],
  ['that passes no upgrade on and holds streams back', nginx, [HTTP_1_0, BUFFERS], 'long-polling'],
  ['that lets nothing through but short polls', nginx, [only('short-polling')], 'short-polling'],
  ['that passes all', haproxy, [], 'websocket'],
  ['that takes the offer to upgrade away', haproxy, [HAPROXY_DROPS], 'sse'],
  ['that answers the offer with a page of its own', haproxy, [HAPROXY_REFUSES], 'sse'],
]

for (const kind of [nginx, haproxy]) {
  behind(kind, () => {
    it.each(FIRST.filter(([, one]) => one === kind))(
      '%s settles on what works',
      async (what, _kind, changes, to) => {
        const bench = await open(kind, changes)
        const reader = await join(bench)
        await expectOn(reader, to, `${kind.program} ${what}`)
        await expectConversation(bench, reader, what)
      },
    )
  })
}

behind(nginx, () => {
  it('goes down and up again while the network changes, and loses and repeats nothing', async () => {
    const bench = await open(nginx, AT_ONCE)
    const reader = await join(bench)
    await expectOn(reader, 'websocket', 'at first')
    await expectConversation(bench, reader, 'by WebSocket')

    await bench.proxy.reload([...AT_ONCE, NO_UPGRADE])
    bench.server.say(ROOM, 'while it fell')
    const written = reader.client.send('written while it fell')
    await expectOn(reader, 'sse', 'no upgrade any more')
    await written
    await expect.poll(() => [...reader.texts].sort().slice(-2), TIMEOUT).toContain('written while it fell')
    await expectConversation(bench, reader, 'by SSE')

    await bench.proxy.reload([...AT_ONCE, only('short-polling')])
    bench.server.say(ROOM, 'while it fell again')
    await expectOn(reader, 'short-polling', 'short polls only')
    await expectConversation(bench, reader, 'by short polling')

    await bench.proxy.reload(AT_ONCE)
    await expect.poll(() => handshake(bench, SOCKET), TIMEOUT).toBe(101)
    bench.server.say(ROOM, 'while it climbed')
    // A little at a time, so that polls go on: half a minute without one would be a dead line.
    for (let past = 0; past < CLIMB_MS; past += STEP_MS) {
      const { requests } = reader
      reader.clock.skip(STEP_MS)
      const goesOn = () => reader.requests > requests || reader.carrier() === 'websocket'
      await expect.poll(goesOn, TIMEOUT).toBe(true)
    }
    await expectOn(reader, 'websocket', 'all passes again')
    await expectConversation(bench, reader, 'by WebSocket again')
    expect(new Set(reader.texts).size).toBe(reader.texts.length)
  })

  it('is back on the best as soon as the machine is on another network', async () => {
    const bench = await open(nginx, [...AT_ONCE, NO_UPGRADE])
    const reader = await join(bench)
    await expectOn(reader, 'sse', 'in the office')
    await bench.proxy.reload(AT_ONCE)
    await expect.poll(() => handshake(bench, SOCKET), TIMEOUT).toBe(101)
    reader.signals.tell('offline')
    reader.signals.tell('online')
    await expectOn(reader, 'websocket', 'at home')
    await expectConversation(bench, reader, 'at home')
  })
})
