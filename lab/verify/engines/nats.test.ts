/** The log on a real NATS, of one server and of three, keeps every promise of an engine. */
import { afterAll, beforeAll, describe, it } from 'vitest'
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

  it.each(ENGINE_CASES.map((one, i) => [one.name, one, `CASE_${i}`] as const))('%s', (_title, one, stream) =>
    runEngineCase(one, ownLog(stream), LOOKS),
  )
})
