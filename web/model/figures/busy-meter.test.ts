import { expect, it } from 'vitest'
import { createBusyMeter } from './busy-meter.ts'

/** A clock whose thread can be at work: what falls due then runs late. Nothing here awaits, so minutes cost milliseconds. */
function createThread() {
  let time = 0
  const alarms = new Set<{ readonly at: number; readonly act: () => void }>()
  return {
    now: () => time,
    after(ms: number, act: () => void) {
      const alarm = { at: time + ms, act }
      alarms.add(alarm)
      return () => void alarms.delete(alarm)
    },
    work(ms: number) {
      time += ms
    },
    rest(ms: number) {
      const end = time + ms
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        time = Math.max(time, next.at)
        alarms.delete(next)
        next.act()
      }
      time = Math.max(time, end)
    },
    get alarms() {
      return alarms.size
    },
  }
}

/** A meter of a page that makes a frame every `frameMs`; `live` lets its thread work for `work` of each `every` milliseconds. */
function meterOf(seed = 1) {
  const clock = createThread()
  let [state, draws] = [seed, 0]
  const random = () => {
    draws++
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648
    return state / 2_147_483_648
  }
  const page = { frameMs: 1_000 / 60 }
  let readings = 0
  const meter = createBusyMeter({
    clock,
    random,
    frame: (act) => {
      if (page.frameMs < Number.POSITIVE_INFINITY) clock.after(page.frameMs, act)
    },
    onReading: () => readings++,
  })
  function live(ms: number, { work = 0, every = 100 } = {}): void {
    for (let passed = 0; passed < ms; passed += every) {
      clock.work(work)
      clock.rest(every - work)
    }
  }
  return { clock, meter, live, page, readings: () => readings, draws: () => draws }
}

it('a page that rests is not busy, and makes all its frames', () => {
  const { meter, live } = meterOf()
  meter.start()
  live(6_000)
  expect(meter.reading).toEqual({ taken: 0, fps: expect.closeTo(60, 0), isOver: false })
  expect(meter.overMs).toBe(0)
})

it.each([
  [200, 250, 0.8],
  [30, 100, 0.3],
  [600, 1_000, 0.6],
])('the share of time that is taken is found: %i of each %i ms', (work, every, share) => {
  for (const seed of [1, 2, 3]) {
    const { meter, live } = meterOf(seed)
    meter.start()
    const found: number[] = []
    for (let n = 0; n < 10; n++) {
      live(3_000, { work, every })
      found.push(meter.reading!.taken)
    }
    const mean = found.reduce((sum, one) => sum + one, 0) / found.length
    expect(mean, `seed ${seed}`).toBeGreaterThan(share - 0.06)
    expect(mean, `seed ${seed}`).toBeLessThan(share + 0.06)
  }
})

it('a page is over the limit while its thread is taken most of the time, and for how long is counted', () => {
  const { meter, live } = meterOf()
  meter.start()
  live(5_000, { work: 160, every: 200 })
  expect(meter.reading?.isOver).toBe(true)
  live(5_000)
  expect(meter.reading).toMatchObject({ taken: 0, isOver: false })
  expect(meter.overMs).toBeGreaterThan(2_000)
  expect(meter.overMs).toBeLessThan(9_000)
})

it('a page whose share goes to and fro about the limit does not come and go', () => {
  const { meter, live } = meterOf()
  meter.start()
  live(5_000, { work: 160, every: 200 })
  const states = new Set<boolean>()
  for (let n = 0; n < 20; n++) {
    live(1_000, { work: 55, every: 100 })
    states.add(meter.reading!.isOver)
  }
  expect([...states]).toEqual([true])
})

it('a page that makes few frames is over the limit, though its thread rests', () => {
  const { meter, live, page } = meterOf()
  page.frameMs = 100
  meter.start()
  live(5_000)
  expect(meter.reading).toEqual({ taken: 0, fps: expect.closeTo(10, 0), isOver: true })
})

it('a page whose frames stay out tells so', () => {
  const { meter, live, page } = meterOf()
  page.frameMs = Number.POSITIVE_INFINITY
  meter.start()
  live(5_000)
  expect(meter.reading).toMatchObject({ fps: 0, isOver: true })
})

it('a meter that is stopped leaves no timer and no frame, and has nothing to say', () => {
  const { clock, meter, live, readings } = meterOf()
  meter.start()
  live(3_000, { work: 80, every: 100 })
  meter.stop()
  const said = readings()
  live(1_000)
  expect([clock.alarms, meter.reading, readings()]).toEqual([0, null, said])
  meter.start()
  live(3_000)
  expect(meter.reading?.isOver).toBe(false)
})

it('a machine that has slept for a day is not looked at for each moment of it', () => {
  const { clock, meter, live, draws } = meterOf()
  meter.start()
  live(3_000)
  const before = draws()
  clock.work(24 * 3_600_000)
  live(2_000)
  expect(draws() - before).toBeLessThan(300)
  expect(meter.reading).not.toBeNull()
})
