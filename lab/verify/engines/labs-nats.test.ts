/** The same conversation on a real NATS: any reader at any server, while the engine is killed and comes back. */
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { holdConversation } from './conversation.ts'
import { type Labs, startLabs } from './labs.ts'
import { NATS, type Nats, startNats } from './nats-server.ts'
import { GIVE_UP_MS, writeWhileAway } from './through-trouble.ts'

const LIMIT_MS = 180_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS)('labs on one NATS', { timeout: LIMIT_MS }, () => {
  let nats: Nats
  let labs: Labs | null = null
  beforeAll(async () => {
    nats = await startNats()
    return () => nats.stop()
  }, LIMIT_MS)
  afterEach(async () => {
    await labs?.close()
    labs = null
  })
  const wayTo = (stream: string, giveUpMs: number) => async () => {
    const engine = await openNatsEngine(nats.address, { stream, giveUpMs })
    return { engine, bus: engine.bus }
  }
  const start = async (count: number, stream: string): Promise<Labs> => {
    labs = await startLabs(count, wayTo(stream, GIVE_UP_MS))
    return labs
  }

  it.each(['short-polling', 'long-polling', 'sse', 'websocket', 'tcp'] as const)(
    'let a reader over %s go from server to server, with nothing lost, doubled or called a gap, while NATS is killed and comes back',
    async (transport) => {
      const all = await start(3, `HOP_${transport}`)
      const { findings, said } = await holdConversation(all, {
        transport,
        async trouble(round) {
          if (round !== 2) return
          await nats.servers[0]!.kill()
          await nats.servers[0]!.start()
        },
      })
      expect(findings).toEqual([])
      expect(said).toBeGreaterThan(30)
    },
  )

  it('tell their writers in time that NATS is away, let read, and have the same draft once when it is back', async () => {
    labs = await startLabs(2, wayTo('AWAY', 500))
    await writeWhileAway(labs, nats.servers[0]!)
  })
})
