/** Whether the machine is quiet, by readings and a clock that are made up. */
import { describe, expect, it } from 'vitest'
import { type Measured, type RepeatOptions, type Round, repeatDisturbed } from '../rounds.ts'
import { coresOf, readCpuTime } from './cpu-time.ts'
import { type Quietness, watchOthers } from './others.ts'
import { waitUntilQuiet } from './wait.ts'
import { busyBefore, disturbed, isAboutMachine, repeated } from './words.ts'

const CORES = 2
const BUSY = 1.3
const QUIET = 0.05

/** Waits with these readings, one a second; the last one comes again and again. */
async function wait(
  readings: readonly (number | null)[],
  seconds: number,
  abortAt = Number.POSITIVE_INFINITY,
) {
  let now = 0
  let at = 0
  const told: [number, number][] = []
  const stop = new AbortController()
  const watch: Quietness = { cores: CORES, lap: () => readings[Math.min(at++, readings.length - 1)]! }
  const waited = await waitUntilQuiet({
    ...{ watch, seconds, signal: stop.signal },
    onWaiting: (others, left) => void told.push([others, left]),
    now: () => now,
    async pause(s) {
      now += s
      if (now >= abortAt) stop.abort()
    },
  })
  return { ...waited, now, told }
}

describe('waiting for a quiet machine', () => {
  it('is over after one reading where it is quiet, and leaves the time to wait untouched', async () => {
    expect(await wait([QUIET], 60)).toEqual({
      others: QUIET,
      isQuiet: true,
      secondsLeft: 60,
      now: 1,
      told: [],
    })
  })

  it('is over after one reading where no time was given, and says what it read', async () => {
    expect(await wait([BUSY], 0)).toMatchObject({ others: BUSY, isQuiet: false, now: 1, told: [] })
  })

  it('goes on until three readings in a row are quiet, and tells of each', async () => {
    const { isQuiet, now, told, secondsLeft } = await wait(
      [BUSY, QUIET, QUIET, BUSY, QUIET, QUIET, QUIET],
      60,
    )
    expect({ isQuiet, now, secondsLeft }).toEqual({ isQuiet: true, now: 7, secondsLeft: 54 })
    expect(told.map(([others]) => others)).toEqual([BUSY, QUIET, QUIET, BUSY, QUIET, QUIET])
    expect(told.map(([, left]) => left)).toEqual([60, 59, 58, 57, 56, 55])
  })

  it('gives up when its time is over', async () => {
    expect(await wait([BUSY], 20)).toMatchObject({ isQuiet: false, now: 21, secondsLeft: 0 })
  })

  it('ends when the user interrupts it', async () => {
    expect(await wait([BUSY], 600, 5)).toMatchObject({ isQuiet: false, now: 5 })
  })

  it('takes a machine for quiet whose load cannot be known', async () => {
    expect(await wait([null], 60)).toMatchObject({ isQuiet: true, others: null, now: 1 })
  })
})

describe('what other programs take', () => {
  const watchOn = (...readings: [atS: number, busyS: number, ownS: number][]) => {
    const left = readings.map(([atS, busyS, ownS]) => ({ atS, busyS, ownS }))
    return watchOthers(() => left.shift()!, CORES)
  }

  it('is what the machine was busy with beyond ourselves, in cores', () => {
    const watch = watchOn([10, 100, 5], [12, 103.5, 6.5], [13, 103.6, 6.6])
    expect(watch.lap()).toBeCloseTo(1)
    expect(watch.lap()).toBeCloseTo(0)
  })

  it('is not told of a moment, and neither below nothing nor above all cores', () => {
    const watch = watchOn([10, 100, 5], [10.1, 100.2, 5], [11, 100.2, 5.4], [12, 109, 5.4])
    expect([watch.lap(), watch.lap(), watch.lap()]).toEqual([null, 0, CORES])
  })

  it.runIf(process.platform === 'linux')('does not count what this process does itself', () => {
    const before = readCpuTime()
    const until = performance.now() + 300
    while (performance.now() < until);
    const after = readCpuTime()
    expect(after.ownS - before.ownS).toBeGreaterThan(0.02)
    expect(after.busyS - before.busyS).toBeGreaterThan(0.1)
    expect(coresOf()).toBeGreaterThan(0)
  })
})

describe('a disturbed round', () => {
  const roundOf = (repetition: number) =>
    ({ repetition, scenario: { name: 'fan-out' }, steps: [] }) as unknown as Round
  const rounds = (...others: (number | null)[]): Measured[] =>
    others.map((one, i) => ({ round: roundOf(i), others: one, seconds: 10 }))

  /** @param readings of the machine between rounds, each half a second; @param then what each round takes again */
  function repeat(
    measured: readonly Measured[],
    limit: number,
    readings: number[],
    then: readonly number[] = [],
  ) {
    let now = 0
    const tried: number[] = []
    const options: RepeatOptions = {
      cores: CORES,
      secondsLeft: () => limit - now,
      async read() {
        now += 0.5
        return readings.length > 1 ? readings.shift()! : readings[0]!
      },
      async measure(round) {
        now += 10
        tried.push(round.repetition)
        return { round, others: then[tried.length - 1] ?? QUIET, seconds: 10 }
      },
    }
    return repeatDisturbed(measured, options).then(({ again, disturbed: still }) => ({
      tried,
      now,
      again: again.map(({ repetition }) => repetition),
      still: still.map(({ round }) => round.repetition),
    }))
  }

  it('is measured again, the worst first; a quiet one, and one of which nothing is known, are not', async () => {
    const { tried, again, still } = await repeat(rounds(0.5, QUIET, BUSY, null), 100, [QUIET])
    expect({ tried, again, still }).toEqual({ tried: [2, 0], again: [2, 0], still: [] })
  })

  it('waits for a quiet moment, and stays as it is when none comes in time', async () => {
    expect(await repeat(rounds(BUSY), 30, [BUSY, BUSY, QUIET])).toMatchObject({ tried: [0], now: 11.5 })
    expect(await repeat(rounds(BUSY), 30, [BUSY])).toMatchObject({ tried: [], still: [0], now: 20.5 })
  })

  it('is not begun again when there is no time to finish it', async () => {
    expect(await repeat(rounds(BUSY, BUSY), 25, [QUIET])).toMatchObject({ tried: [0, 1], still: [] })
    expect(await repeat(rounds(BUSY, BUSY), 19, [QUIET])).toMatchObject({ tried: [0], still: [1] })
  })

  it('is tried once more and no oftener, and counts as disturbed if that was too', async () => {
    expect(await repeat(rounds(BUSY), 1_000, [QUIET], [BUSY])).toMatchObject({
      tried: [0],
      again: [],
      still: [0],
    })
  })
})

it('each sentence on the machine is found among the notes, and one on what was mended is not', () => {
  expect([busyBefore(1, 2), disturbed(['idle 1'], 3, 1, 2)].every(isAboutMachine)).toBe(true)
  expect(isAboutMachine(repeated(['idle 1']))).toBe(false)
  expect(disturbed(['latency 1', 'latency 2', 'idle 1', 'wire 1'], 20, 1.26, 2)).toBe(
    'the machine was not quiet in 4 of 20 rounds (latency 1, latency 2, idle 1, …): other programs took 1.26 of 2 cores at worst',
  )
})
