import { describe, expect, it } from 'vitest'
import {
  createHistogram,
  mergeHistograms,
  packHistogram,
  percentileUs,
  recordUs,
  stepsOf,
  unpackHistogram,
} from './histogram.ts'

/** 1, 2, … `count` µs. */
function ramp(count: number) {
  const histogram = createHistogram()
  for (let us = 1; us <= count; us++) recordUs(histogram, us)
  return histogram
}

describe('a histogram', () => {
  it('reads known percentiles within three digits', () => {
    const histogram = ramp(10_000)
    expect(percentileUs(histogram, 50) / 5_000).toBeCloseTo(1, 2)
    expect(percentileUs(histogram, 99) / 9_900).toBeCloseTo(1, 2)
    expect(percentileUs(histogram, 100) / 10_000).toBeCloseTo(1, 2)
  })

  it('survives the way between two processes', () => {
    const there = ramp(5_000)
    const back = unpackHistogram(packHistogram(there))
    expect(back.totalCount).toBe(5_000)
    expect(percentileUs(back, 90)).toBe(percentileUs(there, 90))
  })

  it('is merged, not averaged: the p99 of a fast and a slow half is the slow half’s', () => {
    const fast = createHistogram()
    const slow = createHistogram()
    for (let i = 0; i < 100; i++) {
      recordUs(fast, 10)
      recordUs(slow, 1_000)
    }
    const merged = mergeHistograms([fast, slow])
    expect(merged.totalCount).toBe(200)
    expect(percentileUs(merged, 99) / 1_000).toBeCloseTo(1, 2)
    expect(percentileUs(merged, 50)).toBe(10)
  })

  it('takes what lies outside of its range to its edge', () => {
    const histogram = createHistogram()
    recordUs(histogram, -3)
    recordUs(histogram, 1e12)
    expect(histogram.totalCount).toBe(2)
  })

  it('says that it is empty instead of telling a percentile', () => {
    expect(percentileUs(createHistogram(), 50)).toBeNaN()
    expect(stepsOf(createHistogram())).toEqual([])
  })
})

describe('the steps of a distribution', () => {
  const steps = stepsOf(ramp(10_000))

  it('rise, from the first sample to the last', () => {
    const values = steps.map(({ value }) => value)
    expect(values).toEqual([...values].sort((a, b) => a - b))
    expect(steps.at(-1)?.p).toBe(1)
  })

  it('are no finer than the samples', () => {
    expect(stepsOf(ramp(100)).filter(({ p }) => p > 0.99 && p < 1)).toEqual([])
  })
})
