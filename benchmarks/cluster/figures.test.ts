import { describe, expect, it } from 'vitest'
import { FIGURES, linesOf } from './figures.ts'

const pair = (own: number, beside: number) => ({ own, beside })

describe('a figure of the cluster', () => {
  it('is the median of the ratios of each round, and not the ratio of the medians', () => {
    const lines = linesOf(FIGURES.cpu, [pair(10, 10), pair(30, 20), pair(22, 11)])
    expect(lines).toEqual([
      'CPU time per delivery (µs)',
      '  a server of the cluster: 22.0; one lab alone: 11.0',
      '  ratio 1.50 (1.00–2.00), target ≤ 1.05: missed',
    ])
  })

  it('has met a target that it reaches exactly, in whichever direction that lies', () => {
    expect(linesOf(FIGURES.sends, [pair(700, 1_000)]).at(-1)).toContain('target ≥ 0.7: met')
    expect(linesOf(FIGURES.sends, [pair(690, 1_000)]).at(-1)).toContain('missed')
    expect(linesOf(FIGURES.crowd, [pair(2, 1)]).at(-1)).toContain('target ≤ 2: met')
    expect(linesOf(FIGURES.crowd, [pair(2.1, 1)]).at(-1)).toContain('missed')
  })
})
