/**
 * A rolling update behind a real nginx: a thousand readers at two labs, one of which is drained. They all end up at the other, one after
 * the other and with nothing lost; and the same crowd, told goodbye in one moment, is what that spares the other lab.
 */
import type { IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, expect, it } from 'vitest'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { createRandom } from '../../wire/random.ts'
import { platformOver } from '../kit/network/network.ts'
import { NAME } from '../proxies/certificate.ts'
import { nginx } from '../proxies/kinds.ts'
import { find, skipLoudly } from '../proxies/programs.ts'
import { type RealProxy, startProxy } from '../proxies/proxy.ts'
import { networkBehind, type ProxyNetwork } from '../proxies/proxy-client.ts'
import { type LabOfMany, type Labs, startLabs } from './labs.ts'

const HAS_NGINX = find(nginx.program) !== null
if (!HAS_NGINX) skipLoudly(nginx.program, nginx.program)

const SEED = 85
const LIMIT = { timeout: 120_000, interval: 50 }
/** Over how long the goodbyes are spread, in milliseconds. */
const WITHIN_MS = 6_000
/** In which it is empty, on a busy machine: a lab that drains, and lets readers in again, never is. */
const EMPTY_MS = 10 * WITHIN_MS
/**
 * The most of all comings that the other lab may get in one tenth of a second. Even shares would be 0.017; a client draws its wait from
 * half a second beside that, and a busy machine bunches what has come meanwhile.
 */
const BUSIEST_SHARE = 0.1

/** How many read where. A poll comes again with each message in any case, so theirs is a room in which nothing is said meanwhile. */
const STREAMS: readonly TransportName[] = ['http-streaming', 'sse', 'websocket', 'websocket-by-hand']
const CROWD = [
  ...STREAMS.map((name) => ({ name, room: 'lobby', count: 195 })),
  { name: 'long-polling', room: 'hall', count: 200 },
  { name: 'short-polling', room: 'lobby', count: 20 },
] as const
const READS = /^\/transports\/(?!short)[^/]+\/rooms\/[^/]+\/(stream|events|socket|messages)(\?|$)/

interface Reader {
  readonly name: TransportName
  readonly room: string
  readonly client: ChatClient
  readonly texts: string[]
}

let labs: Labs | undefined
let proxy: RealProxy | undefined
let network: ProxyNetwork | undefined
const readers: Reader[] = []
afterEach(async () => {
  for (const { client } of readers.splice(0)) client.close()
  await network?.close()
  await proxy?.stop()
  await labs?.close()
})

async function begin(): Promise<readonly [left: LabOfMany, right: LabOfMany]> {
  labs = await startLabs(2, undefined, { options: { origins: [`https://${NAME}`] } })
  const [left, right] = labs.all as [LabOfMany, LabOfMany]
  proxy = await startProxy(nginx, left.server.port, [
    // As docs/deploy says: a line for each lab.
    ['    keepalive 64;', `    server 127.0.0.1:${right.server.port};\n    keepalive 64;`],
  ])
  network = networkBehind(proxy, 'HTTP/1.1')
  const random = createRandom(SEED)
  for (const { name, room, count } of CROWD) {
    const transport = await loadClient(name, { intervalMs: 1_000, holdMs: 55_000 })
    for (let i = 0; i < count; i++) {
      const client = createChatClient(transport, {
        baseUrl: new URL(`/transports/${name}/rooms/${room}/`, proxy.url),
        author: `reader ${i} on ${name}`,
        platform: platformOver(network, random),
        silenceMs: LIMIT.timeout,
      })
      const reader: Reader = { name, room, client, texts: [] }
      client.onMessage(({ text }) => reader.texts.push(text))
      client.connect()
      readers.push(reader)
    }
    await expect
      .poll(() => readers.filter(({ client }) => client.state.status !== 'open').length, LIMIT)
      .toBe(0)
  }
  return [left, right]
}

/** Readers that wait at a lab: on a stream, or with a poll that is held. */
const followersAt = ({ hub }: LabOfMany) => hub.room('lobby').followers + hub.room('hall').followers
const STAYING = CROWD.reduce((sum, { name, count }) => sum + (name === 'short-polling' ? 0 : count), 0)

/** Notes when each reader comes to a lab. @returns the moments, in milliseconds */
function watchComings({ server }: LabOfMany): number[] {
  const comings: number[] = []
  const note = ({ url = '', method }: IncomingMessage) => {
    if (method === 'GET' && READS.test(url)) comings.push(performance.now())
  }
  server.app.server.on('request', note)
  server.app.server.on('upgrade', note)
  return comings
}

/** The largest part of all comings within a tenth of a second, wherever that begins. */
function busiestShare(comings: readonly number[]): number {
  const within = (from: number) => comings.filter((at) => at >= from && at < from + 100).length
  return Math.max(...comings.map(within)) / comings.length
}

/** Says it to both rooms, and waits until all have read all. */
async function sayAndSettle(said: Record<string, string[]>, text: string, by: LabOfMany): Promise<void> {
  for (const room of ['lobby', 'hall']) {
    by.server.say(room, text)
    said[room]!.push(text)
  }
  const behind = () => readers.filter(({ room, texts }) => texts.length < said[room]!.length).length
  await expect.poll(behind, LIMIT).toBe(0)
}

it.runIf(HAS_NGINX)(
  `a lab that is drained gives a thousand readers to the other, none of them in a crowd and none with a loss (seed ${SEED})`,
  { timeout: 300_000 },
  async () => {
    const [left, right] = await begin()
    const said: Record<string, string[]> = { lobby: [], hall: [] }
    await sayAndSettle(said, 'before', right)
    const atLeft = followersAt(left)
    expect(atLeft).toBeGreaterThan(STAYING / 4)

    const comings = watchComings(right)
    const response = await fetch(`${left.server.url}/drain`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ withinMs: WITHIN_MS }),
    })
    expect(response.status).toBe(202)
    expect(await response.json()).toEqual({ readers: atLeft, withinMs: WITHIN_MS })
    expect((await fetch(`${left.server.url}/healthz`)).status).toBe(503)
    // Meanwhile all go on writing: those on sockets by their sockets, the others by POSTs through nginx.
    const writers = STREAMS.map((name) => readers.find((one) => one.name === name)!)
    const late = performance.now() + EMPTY_MS
    for (let round = 0; followersAt(left) > 0; round++) {
      if (performance.now() > late)
        throw new Error(`${followersAt(left)} readers are still at a lab that drains`)
      for (const { name, client } of writers) {
        await client.send(`${round} ${name}`)
        said.lobby!.push(`${round} ${name}`)
      }
      await pause(250)
    }
    await expect.poll(() => followersAt(right), LIMIT).toBe(STAYING)
    const share = busiestShare(comings) // now: what is said next answers all polls of the other room
    await sayAndSettle(said, 'after', right)
    console.info(`drained: ${atLeft} moved, ${share.toFixed(3)} of them in the busiest 100 ms`)
    expect(comings.length).toBeGreaterThanOrEqual(atLeft)
    expect(share).toBeLessThanOrEqual(BUSIEST_SHARE)
    for (const { name, room, client, texts } of readers) {
      expect(texts, name).toEqual(said[room])
      expect(client.figures, name).toMatchObject({ duplicates: 0, lost: 0, gaps: 0 })
    }
    const before = performance.now()
    await left.stop()
    expect(performance.now() - before).toBeLessThan(2_000)
    await sayAndSettle(said, 'by one lab', right)
  },
)

it.runIf(HAS_NGINX)(
  `the same crowd, told goodbye in one moment, comes to the other lab in a crowd (seed ${SEED})`,
  { timeout: 300_000 },
  async () => {
    const [left, right] = await begin()
    const said: Record<string, string[]> = { lobby: [], hall: [] }
    await sayAndSettle(said, 'before', right)
    const atLeft = followersAt(left)
    const comings = watchComings(right)
    await left.stop()
    await expect.poll(() => followersAt(right), LIMIT).toBe(STAYING)
    const share = busiestShare(comings)
    console.info(`told in one moment: ${atLeft} moved, ${share.toFixed(3)} of them in the busiest 100 ms`)
    expect(comings.length).toBeGreaterThanOrEqual(atLeft)
    expect(share).toBeGreaterThan(2 * BUSIEST_SHARE)
    await sayAndSettle(said, 'after', right)
  },
)
