/** What a plot is made of. */
import type { SubjectSymbol } from './subject-symbol.ts'

export interface PlotPoint {
  readonly x: number
  readonly y: number
}

export interface PlotLine {
  readonly name: string
  readonly symbol: SubjectSymbol
  /** By x, ascending. */
  readonly points: readonly PlotPoint[]
  /** Of another run: dashed, thinner, and without markers. */
  readonly other?: boolean
  /** Grey, for comparison: all of those have one place in the legend. */
  readonly quiet?: boolean
  /** Which points get a marker: all, a few, or the one in the middle (of smallest, median, largest). */
  readonly marked: 'all' | 'some' | 'middle' | 'none'
}

export interface PlotAxis {
  readonly title: string
  readonly scale: 'linear' | 'log'
  readonly format: (value: number) => string
  readonly ends?: readonly [number, number]
  /** Where there are to be ticks; by default, where they are round. */
  readonly ticks?: readonly number[]
  /** Names in the place of numbers, from 0 on, from the top down. */
  readonly names?: readonly string[]
}
