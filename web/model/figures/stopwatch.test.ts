import { expect, test } from 'vitest'
import { createStopwatch } from './stopwatch.ts'

test('knows when a draft was published, as often as it is asked', () => {
  const stopwatch = createStopwatch(() => 0)
  stopwatch.start('a', 12)
  expect([stopwatch.startOf('a'), stopwatch.startOf('a')]).toEqual([12, 12])
})

test('does not time what another page published', () => {
  expect(createStopwatch(() => 0).startOf('theirs')).toBeNull()
})

test('does not time what was under way while the page was out of view', () => {
  let visibleSince = 0
  const stopwatch = createStopwatch(() => visibleSince)
  stopwatch.start('before', 10)
  visibleSince = Number.POSITIVE_INFINITY
  stopwatch.start('hidden', 20)
  visibleSince = 30
  stopwatch.start('after', 40)
  expect(['before', 'hidden', 'after'].map(stopwatch.startOf)).toEqual([null, null, 40])
})

test('forgets the oldest first, and all when it is cleared', () => {
  const stopwatch = createStopwatch(() => 0)
  for (let index = 0; index <= 10_000; index++) stopwatch.start(String(index), index)
  expect([stopwatch.startOf('0'), stopwatch.startOf('1'), stopwatch.startOf('10000')]).toEqual([
    null,
    1,
    10_000,
  ])
  stopwatch.clear()
  expect(stopwatch.startOf('10000')).toBeNull()
})
