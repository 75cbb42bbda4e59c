import { describe, expect, it } from 'vitest'
import { median, ratioOf, spread, width } from './statistics.ts'

describe('median and spread', () => {
  it.each([
    [[3], 3],
    [[3, 1], 2],
    [[9, 1, 5], 5],
    [[4, 1, 3, 2], 2.5],
  ])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected))

  it('the median of nothing is no number', () => expect(median([])).toBeNaN())

  it('the spread is the smallest and the largest', () => {
    expect(spread([3, 1, 2])).toEqual([1, 3])
    expect(width([1, 3])).toBe(2)
  })
})

describe('a ratio', () => {
  it('is taken round by round: what slowed both down cancels', () => {
    const ratio = ratioOf([2, 20, 200], [1, 10, 100], 'lower')
    expect(ratio).toEqual({ median: 2, spread: [2, 2], verdict: 'worse' })
  })

  it.each([
    ['higher is worse where lower is better', [1.5, 1.52, 1.51], 'lower', 'worse'],
    ['lower is better where lower is better', [0.5, 0.52, 0.51], 'lower', 'better'],
    ['higher is better where higher is better', [1.5, 1.52, 1.51], 'higher', 'better'],
    ['lower is worse where higher is better', [0.5, 0.52, 0.51], 'higher', 'worse'],
    ['a spread with 1 in it is no difference', [0.9, 1.3, 1.4], 'lower', 'no difference'],
    ['far from each other but farther from 1 is a difference', [60, 84, 300], 'lower', 'worse'],
    ['nearer to 1 than to each other is no difference', [1.05, 1.06, 1.3], 'lower', 'no difference'],
  ] as const)('%s', (_, samples, better, verdict) => {
    expect(ratioOf(samples, [1, 1, 1], better)?.verdict).toBe(verdict)
  })

  it('is none without a floor, or with a floor of zero', () => {
    expect(ratioOf([1], [], 'lower')).toBeNull()
    expect(ratioOf([1, 2], [1, 0], 'lower')).toBeNull()
  })

  it('pairs only the rounds that both have, as after an interruption', () => {
    expect(ratioOf([4], [2, 3], 'lower')?.median).toBe(2)
  })
})
