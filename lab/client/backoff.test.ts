import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BACKOFF_BASE_MS, BACKOFF_CAP_MS, backoff } from './backoff.ts'

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
