/** Several servers' limits over a bus in memory, with a clock that is turned by hand. */
import { describe, expect, it } from 'vitest'
import { createMemoryBus } from '../../../store/engine/bus.ts'
import { createManualClock } from '../../../verify/kit/manual-clock.ts'
import { createRandom } from '../../../wire/random.ts'
import { createConnectionSlots } from '../connections.ts'
import { createBuckets, MAX_DEBT_BURSTS } from '../rate-limit.ts'
import { BEAT_MS, SILENT_MS } from './counts.ts'
import { createLimitLink, type LimitBus, TELL_MS } from './link.ts'
import { MAX_NAMES, noticeIn, written } from './notice.ts'

const RATE = { perSecond: 10, burst: 20, words: 'slowly' }
const CAP = 16
const EVE = '203.0.113.7'

/** @param isShared false plants the defect: each server for itself */
function servers(count: number, isShared = true) {
  const bus = createMemoryBus()
  const clock = createManualClock()
  const told: Uint8Array[] = []
  bus.open().subscribe((body) => told.push(body))
  const start = () => {
    const way = bus.open()
    const link = createLimitLink({ bus: way, log: 'a-log', clock })
    const admit = createBuckets(RATE, clock.now, isShared ? link.buckets('messages') : undefined)
    const slots = createConnectionSlots({ perAddress: CAP, total: 1_000 }, isShared ? link : undefined)
    const slot = { address: EVE, inAll: true }
    return {
      ...{ way, link },
      /** How many of so many tries are admitted. */
      tries: (tries: number, key = EVE) =>
        Array.from({ length: tries }).filter(() => isLet(() => admit(key))).length,
      connect: (tries: number) =>
        Array.from({ length: tries }).filter(() => isLet(() => slots.acquire(slot))).length,
      hangUp: () => slots.release(slot),
    }
  }
  return { all: Array.from({ length: count }, start), clock, told, start, bus }
}

function isLet(act: () => void): boolean {
  try {
    act()
    return true
  } catch {
    return false
  }
}

describe('a bucket that servers share', () => {
  it('is empty at each of them a moment after it was emptied at one', async () => {
    const { all, clock } = servers(3)
    expect(all[0]!.tries(100)).toBe(RATE.burst)
    await clock.pass(TELL_MS)
    // What dripped meanwhile went into one bucket. The others were full, and were charged when they heard of it.
    expect(all.map((one) => one.tries(100))).toEqual([(TELL_MS / 1_000) * RATE.perSecond, 0, 0])
    await clock.pass(TELL_MS + 10_000)
    expect(all[2]!.tries(100)).toBe(RATE.burst)
  })

  it('gives a client that goes round no more than the limit and what the others had not been told', async () => {
    for (let seed = 1; seed <= 8; seed++) {
      const { all, clock } = servers(3)
      const random = createRandom(seed)
      let got = 0
      let latest: number[] = []
      for (let step = 0; step < 80; step++) {
        const now = all[Math.floor(random() * 3)]!.tries(Math.floor(random() * 12))
        got += now
        latest = [...latest.slice(-4), now]
        await clock.pass(TELL_MS / 4)
      }
      const untold = latest.reduce((sum, one) => sum + one, 0)
      const limit = RATE.burst + (clock.now() / 1_000) * RATE.perSecond
      expect(got, `seed ${seed}`).toBeLessThanOrEqual(limit + untold)
    }
  })

  it('is paid back by waiting: a client that empties all in one instant has no more in the end', async () => {
    const { all, clock } = servers(3)
    let got = 0
    for (let i = 0; i < 100; i++) {
      got += all.reduce((sum, one) => sum + one.tries(1_000), 0)
      await clock.pass(TELL_MS / 2)
    }
    const limit = RATE.burst + (clock.now() / 1_000) * RATE.perSecond
    expect(got).toBeGreaterThan(2 * RATE.burst)
    expect(got).toBeLessThanOrEqual(limit + 2 * RATE.burst)
  })

  it('is known to be not shared by the same test, when the sharing is left out', async () => {
    const { all, clock } = servers(3, false)
    let got = 0
    for (let i = 0; i < 100; i++) {
      got += all.reduce((sum, one) => sum + one.tries(1_000), 0)
      await clock.pass(TELL_MS / 2)
    }
    expect(got).toBeGreaterThan(RATE.burst + (clock.now() / 1_000) * RATE.perSecond + 2 * RATE.burst)
  })

  it('holds at each server by itself when no word comes through, and is shared again afterwards', async () => {
    const { all, clock } = servers(2)
    all[1]!.way.isCut = true
    expect(all.map((one) => one.tries(100))).toEqual([RATE.burst, RATE.burst])
    await clock.pass(10_000)
    expect(all.map((one) => one.tries(100))).toEqual([RATE.burst, RATE.burst])
    all[1]!.way.isCut = false
    await clock.pass(10_000)
    all[0]!.tries(100)
    await clock.pass(TELL_MS)
    expect(all[1]!.tries(100)).toBe(0)
  })

  it('is another for another client', async () => {
    const { all, clock } = servers(2)
    all[0]!.tries(100)
    await clock.pass(TELL_MS)
    expect(all[1]!.tries(100, '203.0.113.8')).toBe(RATE.burst)
  })

  it('is not below empty by more than a bound, whatever is told', async () => {
    const { all, clock, bus } = servers(1)
    const name = all[0]!.link.buckets('messages').nameOf(EVE)
    bus.open().publish(written({ from: 'a liar', took: { messages: [[name, 900_000]] } }))
    await clock.pass((MAX_DEBT_BURSTS * RATE.burst * 1_000) / RATE.perSecond + 1_000 / RATE.perSecond)
    expect(all[0]!.tries(100)).toBe(1)
  })
})

describe('what is told', () => {
  it('is one notice for all of a fifth of a second, under any flood', async () => {
    const { all, clock, told } = servers(1)
    for (let i = 0; i < 100; i++) {
      for (let j = 0; j < 20; j++) all[0]!.tries(1, `198.51.100.${j}`)
      await clock.pass(10)
    }
    await clock.pass(1_000)
    expect(told).toHaveLength(1_000 / TELL_MS)
    expect(told.map((body) => noticeIn(body)?.took.messages?.length)).toEqual([20, 20, 20, 20, 20])
  })

  it('is nothing when nothing was taken, and leaves no timer running', async () => {
    const { all, clock, told } = servers(2)
    await clock.pass(60_000)
    expect([told.length, clock.alarms]).toEqual([0, 0])
    for (const { link } of all) link.close()
    expect([told.length, clock.alarms]).toEqual([0, 0])
  })

  it('holds no address and no name', async () => {
    const { all, clock, told } = servers(1)
    all[0]!.tries(1, `${EVE} emmy`)
    all[0]!.tries(1, 'person a1')
    all[0]!.connect(CAP)
    await clock.pass(TELL_MS)
    const text = Buffer.concat(told).toString()
    expect(text).toMatch(
      /^L\{.*"messages":\[\["[\w-]{12}",1\],\["[\w-]{12}",1\]\].*"connections":\[\["[\w-]{12}",16\]\]/,
    )
    expect(text).not.toMatch(/203\.0|emmy|person|a1"/)
  })

  it('is cut to what a notice holds; the rest comes with the next', async () => {
    const { all, clock, told } = servers(1)
    for (let i = 0; i < MAX_NAMES + 5; i++) all[0]!.tries(1, `client ${i}`)
    await clock.pass(2 * TELL_MS)
    expect(told.map((body) => noticeIn(body)?.took.messages?.length)).toEqual([MAX_NAMES, 5])
    expect(Math.max(...told.map(({ length }) => length))).toBeLessThan(64 * 1024)
  })

  it.each([
    ['nothing', ''],
    ['another’s word', '{"from":"x","kind":"beat","number":1}'],
    ['no JSON', 'L{'],
    ['no sender', 'L{"took":{}}'],
    ['no numbers', 'L{"from":"x","took":7}'],
    ['no UTF-8', new Uint8Array([76, 0xff])],
  ])('is passed when it is %s', (_what, body) => {
    expect(noticeIn(typeof body === 'string' ? new TextEncoder().encode(body) : body)).toBeNull()
  })

  it('is passed in part when a part is not ours', () => {
    const took = { messages: [['a', 1]], names: [['a', 'many']], addresses: [['a', 1e300]], more: [['a', 1]] }
    const body = new TextEncoder().encode(`L${JSON.stringify({ from: 'x', took })}`)
    expect(noticeIn(body)).toEqual({ from: 'x', took: { messages: [['a', 1]] } })
  })
})

describe('the connections of an address', () => {
  it('are counted over all servers', async () => {
    const { all, clock } = servers(3)
    expect(all[0]!.connect(10)).toBe(10)
    await clock.pass(TELL_MS)
    expect(all[1]!.connect(100)).toBe(CAP - 10)
    await clock.pass(TELL_MS)
    expect(all.map((one) => one.connect(1))).toEqual([0, 0, 0])
    all[1]!.hangUp()
    await clock.pass(TELL_MS)
    expect(all.map((one) => one.connect(1))).toEqual([1, 1, 1]) // at once, so that none has heard of the others
  })

  it('go with a server that ends, at once, and with one that falls silent, in six seconds', async () => {
    const { all, clock, start } = servers(2)
    all[0]!.connect(CAP)
    await clock.pass(TELL_MS)
    expect(all[1]!.connect(1)).toBe(0)
    all[0]!.link.close()
    await clock.pass(0)
    expect(all[1]!.connect(1)).toBe(1)
    all[1]!.hangUp()

    const third = start()
    third.connect(CAP)
    await clock.pass(TELL_MS)
    await clock.pass(10 * BEAT_MS)
    expect(all[1]!.connect(1)).toBe(0) // it says so again and again
    third.way.isCut = true
    await clock.pass(SILENT_MS + BEAT_MS)
    expect(all[1]!.connect(1)).toBe(1)
  })

  it('are told again, so that a notice that was lost is made good', async () => {
    const { all, clock } = servers(2)
    all[1]!.way.isCut = true
    all[0]!.connect(CAP)
    await clock.pass(TELL_MS)
    all[1]!.way.isCut = false
    expect(all[1]!.connect(1)).toBe(1)
    all[1]!.hangUp()
    await clock.pass(BEAT_MS)
    expect(all[1]!.connect(1)).toBe(0)
  })

  it('are not told below a share of the cap', async () => {
    const bus = createMemoryBus()
    const clock = createManualClock()
    const told: Uint8Array[] = []
    const way: LimitBus = bus.open()
    way.subscribe((body) => told.push(body))
    const slots = createConnectionSlots(
      { perAddress: 160, total: 1_000 },
      createLimitLink({ bus: way, log: 'a', clock }),
    )
    for (let i = 0; i < 9; i++) slots.acquire({ address: EVE, inAll: true })
    await clock.pass(60_000)
    expect(told).toEqual([])
    slots.acquire({ address: EVE, inAll: true })
    await clock.pass(TELL_MS)
    expect(told).toHaveLength(1)
  })
})
