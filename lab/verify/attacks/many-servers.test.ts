/** One client that goes round three servers of one log, over a real NATS: it gets the limit and the stated slack, and not three times the limit. */
import { afterEach, describe, expect, it } from 'vitest'
import { TELL_MS } from '../../server/limits/shared/link.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { type Labs, startLabs } from '../engines/labs.ts'
import { NATS, type Nats, startNats } from '../engines/nats-server.ts'
import { PASSPHRASE, tokenOf } from '../kit/browser-like.ts'
import { skipLoudly } from '../proxies/programs.ts'

const LIMIT_MS = 120_000
const PER_SECOND = 20
const BURST = 2 * PER_SECOND
const ATTACK_MS = 6_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS)('one client at three servers of one log', { timeout: LIMIT_MS }, () => {
  let nats: Nats | null = null
  let labs: Labs | null = null
  let count = 0
  afterEach(async () => {
    await labs?.close()
    await nats?.stop()
    labs = nats = null
  })

  async function start(): Promise<Labs> {
    nats = await startNats()
    const { address } = nats
    const way = async () => {
      const engine = await openNatsEngine(address, { stream: 'FLOOD' })
      return { engine, bus: engine.bus }
    }
    labs = await startLabs(3, way, { options: { messagesPerSecond: PER_SECOND, trust: trustFrom(['1']) } })
    await expect.poll(() => labs!.all.map(({ hub }) => hub.readiness?.status)).toEqual(['ok', 'ok', 'ok'])
    return labs
  }

  async function statusOf(url: string, path: string, body: object, headers: Record<string, string>) {
    const response = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
    await response.arrayBuffer()
    return response.status
  }

  /** As fast as it can, at all servers at once. @returns what it got, and in how many seconds */
  async function flood(all: Labs, headersOf: () => Record<string, string>, author: object) {
    const begun = performance.now()
    let got = 0
    const attack = async (url: string) => {
      while (performance.now() - begun < ATTACK_MS) {
        const draft = { draftId: `f${count++}`, text: 'more', ...author }
        if ((await statusOf(url, '/rooms/lobby/messages', draft, headersOf())) === 201) got++
      }
    }
    await Promise.all(all.all.flatMap(({ server }) => [attack(server.url), attack(server.url)]))
    return { got, seconds: (performance.now() - begun) / 1_000 }
  }

  // What two other servers give before they have heard: a burst each, at most, however long it lasts.
  const most = (seconds: number) => BURST + PER_SECOND * seconds + 2 * BURST

  it('cannot write more from one address than the limit and two bursts', async () => {
    const all = await start()
    const { got, seconds } = await flood(all, () => ({ 'x-forwarded-for': '203.0.113.7' }), { author: 'eve' })
    expect(got).toBeGreaterThan(BURST)
    expect(got).toBeLessThanOrEqual(most(seconds))
  })

  it('cannot write more as one person from a thousand addresses', async () => {
    const all = await start()
    const authorization = `Bearer ${await tokenOf(all.all[0]!.server.url, 'Eve')}`
    await all.settle()
    const another = () => ({ 'x-forwarded-for': `198.51.${count % 200}.${(count * 7) % 250}`, authorization })
    const { got, seconds } = await flood(all, another, {})
    expect(got).toBeGreaterThan(BURST)
    expect(got).toBeLessThanOrEqual(most(seconds))
  })

  it('has used up its tries of a passphrase at a third server too, when it has at two', async () => {
    const all = await start()
    await tokenOf(all.all[0]!.server.url, 'Emmy')
    await all.settle()
    const guess = ({ server }: Labs['all'][number]) =>
      statusOf(
        server.url,
        '/session',
        { name: 'Emmy', passphrase: `${PASSPHRASE} ${count++}` },
        { 'x-forwarded-for': '203.0.113.7' },
      )
    const [first, second, third] = all.all
    const two = [first!, second!]
    const atOnce = await Promise.all(two.flatMap((lab) => Array.from({ length: 20 }, () => guess(lab))))
    const tried = atOnce.filter((status) => status === 401).length
    expect(tried).toBeGreaterThanOrEqual(10)
    expect(tried).toBeLessThanOrEqual(20)
    // From then on, none at any of them: not at the one that was never asked either.
    await new Promise((resolve) => setTimeout(resolve, 2 * TELL_MS))
    for (const lab of [third!, ...two]) expect(await guess(lab)).toBe(429)
  })
})
