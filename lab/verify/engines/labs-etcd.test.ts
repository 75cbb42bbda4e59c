/** The same conversation on a real etcd: any reader at any server, while the engine is killed and comes back. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openEtcdEngine } from '../../store/engine/etcd/etcd.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { holdConversation } from './conversation.ts'
import { ETCD, type Etcd, startEtcd } from './etcd-server.ts'
import { type Labs, startLabs } from './labs.ts'
import { GIVE_UP_MS, writeWhileAway } from './through-trouble.ts'

const LIMIT_MS = 180_000

if (ETCD === null) skipLoudly('etcd', 'etcd-server')

describe.runIf(ETCD)('labs on one etcd', { timeout: LIMIT_MS }, () => {
  let etcd: Etcd
  let labs: Labs | null = null
  beforeAll(async () => {
    etcd = await startEtcd()
    return () => etcd.stop()
  }, LIMIT_MS)
  afterEach(async () => {
    await labs?.close()
    labs = null
  })
  const wayTo = (prefix: string, giveUpMs: number) => async () => {
    const engine = await openEtcdEngine(etcd.address, { prefix: `${prefix}/`, giveUpMs })
    return { engine, bus: engine.bus }
  }

  it.each(['short-polling', 'long-polling', 'sse', 'websocket', 'tcp'] as const)(
    'let a reader over %s go from server to server, with nothing lost, doubled or called a gap, while etcd is killed and comes back',
    async (transport) => {
      labs = await startLabs(3, wayTo(`hop-${transport}`, GIVE_UP_MS))
      const { findings, said } = await holdConversation(labs, {
        transport,
        async trouble(round) {
          if (round !== 2) return
          await etcd.servers[0]!.kill()
          await etcd.servers[0]!.start()
        },
      })
      expect(findings).toEqual([])
      expect(said).toBeGreaterThan(30)
    },
  )

  it('tell each other by it who is here, and that they have gone', async () => {
    labs = await startLabs(2, wayTo('presence', GIVE_UP_MS))
    const [left, right] = labs.all
    const at = (lab: typeof left, path: string) => `${lab!.server.url}/transports/${path}`
    const leaving = new AbortController()
    const reader = await fetch(at(left, 'sse/rooms/lobby/events?tab=one'), { signal: leaving.signal })
    const other = async () => {
      const page = await fetch(at(right, 'short-polling/rooms/lobby/messages?tab=two'))
      return ((await page.json()) as { readonly here?: { readonly visitors: number } }).here
    }
    expect(reader.status).toBe(200)
    const visitors = async () => (await other())?.visitors
    await expect.poll(visitors, { timeout: 30_000 }).toBe(2)
    leaving.abort()
    // The reader that asks is the one that is left.
    await expect.poll(visitors, { timeout: 80_000, interval: 200 }).toBe(1)
  })

  it('tell their writers in time that etcd is away, let read, and have the same draft once when it is back', async () => {
    labs = await startLabs(2, wayTo('away', 500))
    await writeWhileAway(labs, etcd.servers[0]!)
  })
})
