/** The log on a real etcd, of one member and of three, keeps every promise of an engine. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openEtcdEngine } from '../../store/engine/etcd/etcd.ts'
import { skipLoudly } from '../proxies/programs.ts'
import { type EngineLog, runEngineCase } from './case.ts'
import { ENGINE_CASES } from './cases.ts'
import { ETCD, type Etcd, startEtcd } from './etcd-server.ts'

/** More than a minute: an election of three on a machine that does much else takes some of it. */
const LOOKS = 30_000
const LIMIT_MS = 180_000

if (ETCD === null) skipLoudly('etcd', 'etcd-server')

describe.runIf(ETCD).each([
  ['of one member', 1],
  ['of three members', 3],
] as const)('a log on an etcd %s', { timeout: LIMIT_MS }, (_name, count) => {
  let etcd: Etcd
  beforeAll(async () => {
    etcd = await startEtcd(count)
  }, LIMIT_MS)
  afterAll(() => etcd?.stop())

  /** Keys of its own for each case. */
  function ownLog(prefix: string): EngineLog {
    const options = { prefix: `${prefix}/`, giveUpMs: 60_000 }
    return { open: () => openEtcdEngine(etcd.address, options), close: async () => {} }
  }

  it('tells what need not be kept to servers that listen, and keeps none of it', async () => {
    const options = { prefix: 'bus/', giveUpMs: 60_000 }
    const [one, other] = await Promise.all([0, 1].map(() => openEtcdEngine(etcd.address, options)))
    const heard: string[] = []
    const stop = other!.bus.subscribe((body) => heard.push(Buffer.from(body).toString()))
    const tell = (text: string) => one!.bus.publish(Buffer.from(text))
    // The watch may be on its way while the first are told.
    const isHeard = () => {
      tell('early')
      return heard.length > 0
    }
    await expect.poll(isHeard, { timeout: LOOKS, interval: 20 }).toBe(true)
    const isLast = () => {
      tell('last') // of many at once, some are lost
      return heard.at(-1)
    }
    await expect.poll(isLast, { timeout: LOOKS, interval: 20 }).toBe('last')
    one!.bus.publish(new Uint8Array(2_000_000)) // more than etcd takes: lost, and nothing else is
    const again = () => {
      tell('behind')
      return heard.at(-1)
    }
    await expect.poll(again, { timeout: LOOKS, interval: 20 }).toBe('behind')
    stop()
    expect(await one!.newest()).toBe(0)
    await Promise.all([one!.close(), other!.close()])
    tell('closed')
  })

  it.each(ENGINE_CASES.map((one, i) => [one.name, one, `case-${i}`] as const))('%s', (_title, one, prefix) =>
    runEngineCase(one, ownLog(prefix), LOOKS),
  )
})
