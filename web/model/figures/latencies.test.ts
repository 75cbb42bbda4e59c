import { expect, test } from 'vitest'
import { createLatencies, KEPT } from './latencies.ts'

const sample = (ms: number, isPages = false) => ({ startedAt: 0, ms, pageMs: ms / 2, isPages })

const of = (...all: number[]) => {
  const latencies = createLatencies()
  for (const ms of all) latencies.add(sample(ms))
  return latencies
}

test('has nothing to say before the first message', () => {
  const { count, last, quantile } = createLatencies()
  expect([count, last, quantile(0.5), quantile(1)]).toEqual([0, null, null, null])
})

test('a quantile is always one that was measured', () => {
  const latencies = of(40, 10, 30, 20)
  expect(latencies.quantile(0)).toBe(10)
  expect(latencies.quantile(0.5)).toBe(20)
  expect(latencies.quantile(0.51)).toBe(30)
  expect(latencies.quantile(0.95)).toBe(40)
  expect(latencies.quantile(1)).toBe(40)
})

test('p95 of 1 to 100 is 95, in whatever order they came', () => {
  const all = Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1)
  expect(of(...all).quantile(0.95)).toBe(95)
})

test('a message that comes after a quantile was read counts in the next reading', () => {
  const latencies = of(1)
  expect(latencies.quantile(1)).toBe(1)
  latencies.add(sample(9))
  expect([latencies.quantile(1), latencies.last]).toEqual([9, 9])
})

test('keeps the newest only, and counts all', () => {
  const latencies = of(...Array.from({ length: KEPT + 5 }, (_, index) => KEPT + 5 - index))
  expect(latencies.count).toBe(KEPT + 5)
  expect(latencies.samples).toHaveLength(KEPT)
  expect(latencies.quantile(1)).toBe(KEPT)
})

test('clearing begins again, and is a change', () => {
  const latencies = of(5)
  const { version } = latencies
  latencies.clear()
  expect([latencies.count, latencies.last]).toEqual([0, null])
  expect(latencies.version).toBeGreaterThan(version)
})

test('what of it was in the page has quantiles of its own', () => {
  const latencies = of(40, 10, 30, 20)
  expect([latencies.pageQuantile(0.5), latencies.pageQuantile(1)]).toEqual([10, 20])
  latencies.add(sample(100))
  expect(latencies.pageQuantile(1)).toBe(50)
  latencies.clear()
  expect(latencies.pageQuantile(1)).toBeNull()
})

test('a figure holds the page’s own queue when it would be another without what has waited for the page', () => {
  const latencies = of(...Array.from({ length: 20 }, (_, index) => 50 + index / 10))
  const figures = () => (['last', 0.5, 0.99] as const).map((one) => latencies.holdsQueue(one))
  expect(figures()).toEqual([false, false, false])
  latencies.add(sample(900, true))
  expect(figures()).toEqual([true, false, true])
  for (let n = 0; n < 30; n++) latencies.add(sample(800, true))
  expect(figures()).toEqual([true, true, true])
  for (let n = 0; n < 60; n++) latencies.add(sample(51))
  expect(figures()).toEqual([false, false, true])
  latencies.clear()
  expect(figures()).toEqual([false, false, false])
})

test('a figure of messages that have all waited for the page holds its queue, and one without any message does not', () => {
  const latencies = createLatencies()
  expect(latencies.holdsQueue(0.5)).toBe(false)
  latencies.add(sample(30, true))
  expect(latencies.holdsQueue(0.5)).toBe(true)
})
