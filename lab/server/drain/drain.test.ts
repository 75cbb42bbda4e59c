/** Goodbyes that are spread over a time: none in a crowd, none forgotten, none twice. */
import { afterEach, describe, expect, it } from 'vitest'
import { createManualClock } from '../../verify/kit/manual-clock.ts'
import { createRandom } from '../../wire/random.ts'
import { type Stopping, shutdownListenersOn } from '../transport-kit/shutdown.ts'
import { createDrain, type Drain } from './drain.ts'

const SEED = 20_261_130
let clock: ReturnType<typeof createManualClock> & { now: () => number }
let closing: AbortController
let drain: Drain
let changes: string[]
afterEach(() => closing?.abort())

/** When each reader was told, by the clock; a reader leaves when it is told, unless it is slow to go. */
function begin(sizes: readonly number[], { areSlow = false } = {}) {
  clock = createManualClock()
  closing = new AbortController()
  changes = []
  drain = createDrain({ clock, random: createRandom(SEED), onChange: (what) => changes.push(what) })
  drain.attach(closing.signal)
  const told: { readonly at: number; readonly transport: number; readonly reader: Stopping }[] = []
  const sets = sizes.map(() => shutdownListenersOn(closing.signal))
  const addTo = (transport: number) => {
    const reader: Stopping = {
      onShutdown() {
        told.push({ at: clock.now(), transport, reader })
        if (!areSlow) sets[transport]!.delete(reader)
      },
    }
    sets[transport]!.add(reader)
    return reader
  }
  for (const [transport, size] of sizes.entries()) for (let i = 0; i < size; i++) addTo(transport)
  return { told, sets, addTo }
}

/** The largest part of them that was told within 100 ms. */
const busiestShare = (told: readonly { readonly at: number }[]) => {
  const slots = new Map<number, number>()
  for (const { at } of told) slots.set(Math.floor(at / 100), (slots.get(Math.floor(at / 100)) ?? 0) + 1)
  return Math.max(...slots.values()) / told.length
}

describe(`goodbyes (seed ${SEED})`, () => {
  it('are told to each reader once, evenly over the time that was asked for', async () => {
    const { told } = begin([500, 300, 200])
    expect(drain.begin(2_000)).toEqual({ readers: 1_000, withinMs: 2_000 })
    await clock.pass(1_000)
    expect(told.length).toBeGreaterThan(490)
    expect(told.length).toBeLessThan(510)
    await clock.pass(1_000)
    expect(new Set(told.map(({ reader }) => reader)).size).toBe(1_000)
    expect(told).toHaveLength(1_000)
    expect(busiestShare(told)).toBeLessThanOrEqual(0.06) // 50 of 1,000, and what lies across the edges
    expect(changes).toEqual(['begun', 'done'])
  })

  it('take the transports in turns, and not one after the other', async () => {
    const { told } = begin([500, 500])
    drain.begin(2_000)
    await clock.pass(200)
    const first = told.filter(({ transport }) => transport === 0).length
    expect(first / told.length).toBeGreaterThan(0.3)
    expect(first / told.length).toBeLessThan(0.7)
  })

  it('do not make good in a crowd what a process that stood still has missed', async () => {
    const { told } = begin([1_000])
    let stoodStill = 0
    const ticking = clock.now
    clock.now = () => ticking() + stoodStill
    drain.begin(2_000)
    await clock.pass(500)
    const before = told.length
    stoodStill = 1_000
    await clock.pass(20)
    expect(told.length - before).toBeLessThanOrEqual(30)
    await clock.pass(1_600)
    expect(told).toHaveLength(1_000)
  })

  it('are not told to a reader that has gone by itself', async () => {
    const { told, sets } = begin([10])
    drain.begin(1_000)
    const [gone] = sets[0]!
    sets[0]!.delete(gone!)
    await clock.pass(2_000)
    expect(told).toHaveLength(9)
    expect(told.map(({ reader }) => reader)).not.toContain(gone)
  })

  it('are told to a reader that comes late, and to none twice, also while it takes its time to go', async () => {
    const { told, addTo } = begin([10], { areSlow: true })
    drain.begin(1_000)
    await clock.pass(500)
    addTo(0)
    await clock.pass(700)
    expect(told).toHaveLength(11)
    addTo(0)
    await clock.pass(5_000)
    expect(told).toHaveLength(12)
    expect(drain.now).toEqual({ readers: 12, withinMs: 0 })
  })

  it('go on as they were when they are asked for again', async () => {
    const { told } = begin([100])
    drain.begin(1_000)
    await clock.pass(500)
    const left = 100 - told.length
    expect(drain.begin(60_000)).toEqual({ readers: left, withinMs: 500 })
    await clock.pass(500)
    expect(told).toHaveLength(100)
    expect(changes).toEqual(['begun', 'done'])
  })

  it('are told at once when no time is given for them, and leave no timer when the server closes', async () => {
    const { told } = begin([100])
    drain.begin(0)
    await clock.pass(0)
    expect(told).toHaveLength(100)
    closing.abort()
    expect(clock.alarms).toBe(0)
  })

  it('are the shutdown’s own when it comes meanwhile', async () => {
    const { told } = begin([100])
    drain.begin(1_000)
    await clock.pass(500)
    closing.abort()
    expect(told).toHaveLength(100)
    expect(clock.alarms).toBe(0)
  })
})
