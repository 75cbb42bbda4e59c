import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createManualClock } from '../verify/kit/manual-clock.ts'
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoff, createCommonBackoff } from './backoff.ts'

it('doubles its bound up to a cap', () => {
  const almostOne = () => 1 - Number.EPSILON
  const bounds = Array.from({ length: 8 }, (_, attempt) => Math.round(backoff(attempt, almostOne)))
  expect(bounds).toEqual([500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
  expect(bounds[0]).toBe(BACKOFF_BASE_MS)
  expect(backoff(10_000, almostOne)).toBeLessThanOrEqual(BACKOFF_CAP_MS)
})

it('draws evenly from nothing to the bound: a crowd comes back spread out', () => {
  fc.assert(
    fc.property(fc.nat(20), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (attempt, x) => {
      expect(backoff(attempt, () => x)).toBeCloseTo(x * backoff(attempt, () => 1), 6)
    }),
  )
})

it('shared, brings back together all clients that lost their connection together, and draws again for the next wait', async () => {
  const clock = createManualClock()
  const draws = [0.8, 0.1]
  const wait = createCommonBackoff(clock, () => draws.shift()!)
  expect([wait(0), wait(0), wait(0)]).toEqual([400, 400, 400])
  await clock.pass(150)
  expect(wait(0)).toBe(250)
  await clock.pass(250)
  expect([wait(1), wait(1)]).toEqual([100, 100])
})

it('shared, makes none wait longer than it could have drawn by itself', async () => {
  const clock = createManualClock()
  const wait = createCommonBackoff(clock, () => 0.9)
  expect(wait(10)).toBeCloseTo(13_500)
  expect(wait(0)).toBeCloseTo(450)
})
