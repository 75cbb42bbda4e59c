/** The log on a real NATS, of one server and of three, keeps every promise of an engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openNatsEngine } from '../../store/engine/nats.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { type EngineLog, runEngineCase } from './case.ts'
import { ENGINE_CASES } from './cases.ts'
import { NATS, type Nats, startNats } from './nats-server.ts'

/** More than a minute: an election of three servers on a machine that does much else takes some of it. */
const LOOKS = 30_000
const LIMIT_MS = 180_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS).each([
  ['of one server', 1],
  ['of three servers', 3],
] as const)('a log on a NATS %s', { timeout: LIMIT_MS }, (_name, count) => {
  let nats: Nats
  beforeAll(async () => {
    nats = await startNats(count)
  }, LIMIT_MS)
  afterAll(() => nats?.stop())

  /** A stream for each case. */
  function ownLog(stream: string): EngineLog {
    const options = { stream, replicas: count, giveUpMs: 60_000 }
    return { open: () => openNatsEngine(nats.address, options), close: async () => {} }
  }

  it('tells what need not be kept to servers that listen, and keeps none of it', async () => {
    const options = { stream: 'BUS', replicas: count, giveUpMs: 60_000 }
    const [one, other] = await Promise.all([0, 1].map(() => openNatsEngine(nats.address, options)))
    const heard: string[] = []
    const stop = other!.bus.subscribe((body) => heard.push(Buffer.from(body).toString()))
    const tell = (text: string) => one!.bus.publish(Buffer.from(text))
    // The subscription may be on its way while the first are told.
    const isHeard = () => {
      tell('early')
      return heard.length > 0
    }
    await expect.poll(isHeard, { timeout: LOOKS, interval: 20 }).toBe(true)
    tell('last')
    await expect.poll(() => heard.at(-1), { timeout: LOOKS, interval: 20 }).toBe('last')
    one!.bus.publish(new Uint8Array(2_000_000)) // more than NATS takes: lost, and nothing else is
    stop()
    expect(await one!.newest()).toBe(0)
    await Promise.all([one!.close(), other!.close()])
    tell('closed')
  })

  it.each(ENGINE_CASES.map((one, i) => [one.name, one, `CASE_${i}`] as const))('%s', (_title, one, stream) =>
    runEngineCase(one, ownLog(stream), LOOKS),
  )
})
