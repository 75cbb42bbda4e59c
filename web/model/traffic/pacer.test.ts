import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import { createPacer, MAX_DEBT_MS } from './pacer.ts'

/** A world whose timers fire `late` ms after they are due. Without chance, acts begin their slots. */
function world({ late = 0, random = (): number => 0 } = {}) {
  const clock = createManualClock()
  const lateClock = {
    now: clock.now,
    after: (ms: number, action: () => void) => clock.after(ms + late, action),
  }
  return { clock, platform: { clock: lateClock, random } }
}

test('acts at its rate, and says when each act was meant to be', async () => {
  const { clock, platform } = world()
  const acts: number[] = []
  createPacer(
    platform,
    () => 4,
    (at) => acts.push(at),
  ).start()
  await clock.pass(1_000)
  expect(acts).toEqual([0, 250, 500, 750, 1_000])
})

test('acts at a random moment of its slot, not at its beginning', async () => {
  const draws = [0.5, 0.25, 0]
  const { clock, platform } = world({ random: () => draws.shift() ?? 0 })
  const acts: number[] = []
  createPacer(
    platform,
    () => 10,
    (at) => acts.push(at),
  ).start()
  await clock.pass(300)
  expect(acts).toEqual([0, 150, 225, 300])
})

test('has one act in each slot, whatever chance says', async () => {
  const chance = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), {
    minLength: 1,
    maxLength: 5,
  })
  await fc.assert(
    fc.asyncProperty(chance, async (draws) => {
      let draw = 0
      const { clock, platform } = world({ random: () => draws[draw++ % draws.length]! })
      const slots: number[] = []
      createPacer(
        platform,
        () => 10,
        (at) => slots.push(Math.floor(at / 100 + 1e-9)),
      ).start()
      await clock.pass(1_000)
      expect(slots.slice(0, 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8])
    }),
    { numRuns: 10 },
  )
})

test('keeps to the schedule however late timers fire: the rate is whole, and no intended time drifts', async () => {
  const { clock, platform } = world({ late: 70 })
  const acts: number[] = []
  createPacer(
    platform,
    () => 10,
    (at) => acts.push(at),
  ).start()
  await clock.pass(5_000)
  expect(acts.length).toBeGreaterThanOrEqual(49)
  expect(acts).toEqual(acts.map((_, index) => expect.closeTo(index * 100, 6)))
})

test('makes up at once for what fell due while nothing could run', async () => {
  const { clock, platform } = world({ late: 450 })
  const acts: { at: number; now: number }[] = []
  createPacer(
    platform,
    () => 10,
    (at) => acts.push({ at, now: clock.now() }),
  ).start()
  await clock.pass(450)
  expect(acts.map(({ at }) => at)).toEqual([0, 100, 200, 300, 400])
  expect(new Set(acts.map(({ now }) => now))).toEqual(new Set([450]))
})

test('drops debts older than a second, and counts them', async () => {
  const { clock, platform } = world({ late: 60_000 })
  const acts: number[] = []
  const pacer = createPacer(
    platform,
    () => 10,
    (at) => acts.push(at),
  )
  pacer.start()
  await clock.pass(60_000)
  expect(acts[0]).toBe(60_000 - MAX_DEBT_MS)
  expect(acts.length + pacer.skipped).toBe(601)
})

test('pausing leaves no timer behind, and time that passed in pause is not owed', async () => {
  const { clock, platform } = world()
  let acts = 0
  const pacer = createPacer(
    platform,
    () => 1,
    () => acts++,
  )
  pacer.start()
  await clock.pass(2_500)
  pacer.pause()
  expect(clock.alarms).toBe(0)
  await clock.pass(10_000)
  expect(acts).toBe(3)
  pacer.start()
  await clock.pass(0)
  expect(acts).toBe(4)
})

test('an act may pause the pacer, even in the middle of making up', async () => {
  const { clock, platform } = world({ late: 900 })
  let acts = 0
  const pacer = createPacer(
    platform,
    () => 10,
    () => {
      acts++
      pacer.pause()
    },
  )
  pacer.start()
  await clock.pass(5_000)
  expect(acts).toBe(1)
  expect(clock.alarms).toBe(0)
})

test('a higher rate takes effect at once, not after the long wait that was begun', async () => {
  const { clock, platform } = world()
  let rate = 0.2
  let acts = 0
  const pacer = createPacer(
    platform,
    () => rate,
    () => acts++,
  )
  pacer.start()
  await clock.pass(1_000)
  expect(acts).toBe(1)
  rate = 10
  pacer.retime()
  await clock.pass(450)
  expect(acts).toBe(6)
})
