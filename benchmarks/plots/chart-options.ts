/** What the latency chart's axes look like, and how far they reach. */
import type { ChartOptions } from 'chart.js'
import { milliseconds } from './amounts.ts'

export interface Point {
  /** Seconds; 0 is now, and the past is negative. */
  readonly x: number
  /** Milliseconds. */
  readonly y: number
}

export interface Look {
  readonly ink: string
  readonly rule: string
  readonly font: string
}

export interface Decades {
  readonly min: number
  readonly max: number
}

/** Whole powers of ten with all points between them: an axis that follows each point would dance. */
export function decadesAround(lines: readonly (readonly Point[])[]): Decades {
  let min = 1
  let max = 10_000
  for (const line of lines) {
    for (const { y } of line) {
      while (y < min && min > SHORTEST_MS) min /= 10
      while (y > max) max *= 10
    }
  }
  return { min, max }
}

/** Below this, browsers round their clocks. */
const SHORTEST_MS = 0.1

export function chartOptions(
  seconds: number,
  { ink, rule, font }: Look,
  decades: Decades,
): ChartOptions<'line'> {
  const axis = {
    grid: { color: rule, drawTicks: false },
    border: { display: false },
  }
  const ticks = { color: ink, font: { family: font, size: 11 }, padding: 6, maxRotation: 0 }
  return {
    animation: false,
    parsing: false, // points come as the chart wants them: { x, y }, sorted
    normalized: true,
    events: [],
    maintainAspectRatio: false,
    scales: {
      x: {
        ...axis,
        type: 'linear',
        min: -seconds,
        max: 0,
        ticks: { ...ticks, stepSize: 5, callback: (value) => (value === 0 ? 'now' : `${-Number(value)} s`) },
      },
      y: {
        ...axis,
        ...decades,
        type: 'logarithmic',
        // Grid lines at 2, 3, 4, … would be a curtain; the powers of ten are what one reads.
        afterBuildTicks: (scale) => {
          scale.ticks = scale.ticks.filter(({ value }) => isPowerOfTen(value))
        },
        ticks: { ...ticks, callback: (value) => milliseconds(Number(value)).replace('.0 ', ' ') },
      },
    },
  }
}

const isPowerOfTen = (value: number) => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 1e-9
