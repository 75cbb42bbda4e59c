/** The figures of a cluster, each beside what it is to be compared with, and how far it may be from that. */
import { median, spread } from '../measure/statistics.ts'

/** One round of a figure: what the cluster took, and what it is compared with. */
export interface Pair {
  readonly own: number
  readonly beside: number
}

export interface Figure {
  readonly name: string
  readonly unit: string
  /** What `own` and `beside` are, for the head of the table. */
  readonly words: readonly [own: string, beside: string]
  /** Of the ratio. */
  readonly target: { readonly atLeast: number } | { readonly atMost: number }
}

export const FIGURES = {
  sends: {
    name: 'acknowledged sends, 64 underway',
    unit: 'a second',
    words: ['hub on the log', 'client of the engine alone'],
    target: { atLeast: 0.7 },
  },
  latency: {
    name: 'publish to receive, p50',
    unit: 'ms',
    words: ['from one server to another', 'one lab alone, and 1.5 × append to follow'],
    target: { atMost: 1 },
  },
  cpu: {
    name: 'CPU time per delivery',
    unit: 'µs',
    words: ['a server of the cluster', 'one lab alone'],
    target: { atMost: 1.05 },
  },
  crowd: {
    name: 'a crowd is back and has all',
    unit: 'ms',
    words: ['its server was killed', 'its lines were cut'],
    target: { atMost: 2 },
  },
  requests: {
    name: 'requests of a long poll',
    unit: '',
    words: ['another server each time', 'the same server'],
    target: { atMost: 1 },
  },
  bytes: {
    name: 'bytes of a long poll',
    unit: 'B',
    words: ['another server each time', 'the same server'],
    target: { atMost: 1.02 },
  },
  hop: {
    name: 'publish to receive by a long poll, p50',
    unit: 'ms',
    words: ['another server each time', 'the same server'],
    target: { atMost: 1.2 },
  },
} satisfies Readonly<Record<string, Figure>>

export type FigureName = keyof typeof FIGURES

/** @returns three lines of text: what it is, what was measured, and whether the target was met */
export function linesOf(figure: Figure, pairs: readonly Pair[]): string[] {
  const { name, unit, words, target } = figure
  const ratios = pairs.map(({ own, beside }) => own / beside)
  const ratio = median(ratios)
  const [low, high] = spread(ratios)
  const isMet = 'atLeast' in target ? ratio >= target.atLeast : ratio <= target.atMost
  const goal = 'atLeast' in target ? `≥ ${target.atLeast}` : `≤ ${target.atMost}`
  const middle = (of: keyof Pair) => shown(median(pairs.map((pair) => pair[of])))
  return [
    `${name}${unit === '' ? '' : ` (${unit})`}`,
    `  ${words[0]}: ${middle('own')}; ${words[1]}: ${middle('beside')}`,
    `  ratio ${ratio.toFixed(2)} (${low.toFixed(2)}–${high.toFixed(2)}), target ${goal}: ${isMet ? 'met' : 'missed'}`,
  ]
}

const shown = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))
