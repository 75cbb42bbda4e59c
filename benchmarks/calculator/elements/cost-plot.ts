/** Costs over the message rate, as lines: what the calculator draws, and what stands in the table beside it. */

import type { PlotAxis, PlotLine } from '../../plots/plot.ts'
import { logEnds } from '../../plots/plot-options.ts'
import { symbolsOf } from '../../plots/subject-symbol.ts'
import type { RunFile } from '../../run-file.ts'
import { candidates } from '../answer.ts'
import type { Contender } from '../compare.ts'
import { valueAt } from '../curve.ts'
import type { Question } from '../question.ts'
import { round } from '../words.ts'

/** Messages a minute: from one in ten minutes to more than a person can read. */
const LEAST = 0.1
const MOST = 10_000
const POINTS_PER_DECADE = 16

/** Rates, in messages a minute, that the table shows. */
export const TABLE_RATES: readonly number[] = [0.1, 1, 10, 100, 1_000, 10_000]

/** The rates that are drawn: the usual ones, and as far as the one that was asked for. */
export function rateRange({ messagesPerMinute }: Question): readonly [number, number] {
  const asked = messagesPerMinute > 0 ? messagesPerMinute : LEAST
  return [Math.min(LEAST, asked), Math.max(MOST, asked)]
}

/**
 * @param scale from the curve's unit (per second) to the axis' unit
 * @returns lines with x in messages a minute; the last one, upright, stands at the rate that was asked for
 */
export function costLines(
  run: RunFile,
  contenders: readonly Contender[],
  question: Question,
  scale: number,
): readonly PlotLine[] {
  const [least, most] = rateRange(question)
  const steps = Math.ceil(Math.log10(most / least) * POINTS_PER_DECADE)
  const rates = Array.from({ length: steps + 1 }, (_, i) => least * (most / least) ** (i / steps))
  const symbols = symbolsOf(candidates(run))
  const lines = contenders.map(({ subject, curve }): PlotLine => {
    // Its corners, too: between two samples one would be cut off.
    const corners = curve.points.map(({ x }) => x * 60).filter((x) => x > least && x < most)
    const all = [...rates, ...corners].sort((a, b) => a - b)
    const points = all.map((x) => ({ x, y: scale * valueAt(curve, x / 60) })).filter(({ y }) => y > 0)
    return { name: subject.title, symbol: symbols.get(subject.name)!, points, marked: 'some' }
  })
  const ends = logEnds(lines.flatMap(({ points }) => points.map(({ y }) => y)))
  const x = question.messagesPerMinute
  if (!ends || x <= 0) return lines
  const upright = { dash: [2, 2], marker: 'line', hue: 'floor', width: 1.5 } as const
  return [
    ...lines,
    { name: 'your rate', symbol: upright, points: ends.map((y) => ({ x, y })), marked: 'none' },
  ]
}

/** Of those that are not lit: there, and not in the way. */
const GREY: PlotLine['symbol'] = { dash: [], marker: 'line', hue: 'floor', width: 1 }

/** The same lines without the upright, the lit ones on top and the others grey. */
export function litLines(
  run: RunFile,
  contenders: readonly Contender[],
  question: Question,
  scale: number,
  lit: readonly string[],
): readonly PlotLine[] {
  const isLit = ({ subject }: Contender) => lit.includes(subject.name)
  const order = [...contenders.filter(isLit), ...contenders.filter((one) => !isLit(one))]
  const drawn = costLines(run, order, question, scale).slice(0, order.length)
  return drawn.map((line, at) =>
    isLit(order[at]!) ? line : { ...line, symbol: GREY, marked: 'none', quiet: true },
  )
}

export const rateAxis = (question: Question): PlotAxis => ({
  title: 'messages a minute, published in the room',
  scale: 'log',
  ends: rateRange(question),
  format: round,
})
