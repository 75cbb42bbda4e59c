/** Two subjects over all message rates: which costs less, and from which rate on. */
import { median, spread } from '../measure/statistics.ts'
import type { RunFile, SubjectInfo } from '../run-file.ts'
import { candidates, costsOf } from './answer.ts'
import { type Curve, crossings, valueAt } from './curve.ts'
import { type Measured, measured } from './measured.ts'
import type { Question } from './question.ts'

export type Compared = 'bytes' | 'cpu'

export interface Contender {
  readonly subject: SubjectInfo
  /** Per second, all clients together, over messages per second. */
  readonly curve: Curve
  /** The same, reckoned with the smallest and with the largest samples. */
  readonly band: readonly [Curve, Curve]
  /** Messages per second between which it rests on measurements: outside, nothing is said about which is cheaper. */
  readonly sure: readonly [number, number]
}

export interface Crossing {
  /** Cheaper below, dearer above. */
  readonly below: SubjectInfo
  readonly above: SubjectInfo
  readonly messagesPerMinute: number
}

/** All for whom that cost was measured. */
export function contenders(run: RunFile, question: Question, what: Compared): readonly Contender[] {
  return candidates(run).flatMap((subject) => {
    const usual = measured(run, subject.name, median)
    // The interval is one and the same; only the costs have a spread.
    const { intervalMs } = costsOf(usual, question)
    const fixed = { ...question, pollMs: intervalMs }
    const [low, middle, high] = [
      measured(run, subject.name, (samples) => spread(samples)[0]),
      usual,
      measured(run, subject.name, (samples) => spread(samples)[1]),
    ].map((known) => costsOf(known, fixed)[what]?.over)
    if (!low || !middle || !high) return []
    return {
      subject,
      curve: middle,
      band: [low, high] as const,
      sure: sureOf(usual, question, intervalMs, what),
    }
  })
}

/** Where idleness was not seen, it is reckoned as nothing: that will do for a chart, but not for a verdict. */
function sureOf(
  { idle, range, deliveriesPerSecond }: Measured,
  { clients }: Question,
  intervalMs: number | null,
  what: Compared,
): readonly [number, number] {
  if (what === 'cpu') return [idle ? 0 : Number.POSITIVE_INFINITY, deliveriesPerSecond / clients]
  const period = intervalMs === null ? 1 : intervalMs / 1_000
  const [least, most] = range ?? [0, 0]
  return [idle ? 0 : least / period, most / period]
}

/**
 * Where two of them change places, from the lowest rate to the highest, within `range` (messages a minute).
 * A crossing counts only where both were measured, and where the spreads part on both sides: the rest is no
 * difference.
 */
export function crossingsAmong(
  all: readonly Contender[],
  [least, most]: readonly [number, number],
): readonly Crossing[] {
  const found: Crossing[] = []
  all.forEach((one, i) => {
    for (const other of all.slice(i + 1)) {
      for (const x of crossings(one.curve, other.curve)) {
        if (x * 60 < least || x * 60 > most) continue
        if ([one, other].some(({ sure: [from, to] }) => x < from || x > to)) continue
        const before = cheaper(one, other, x / APART)
        const after = cheaper(one, other, x * APART)
        if (!before || !after || before === after) continue
        found.push({ below: before.subject, above: after.subject, messagesPerMinute: x * 60 })
      }
    }
  })
  return found.sort((a, b) => a.messagesPerMinute - b.messagesPerMinute)
}

/** How far from the crossing, as a factor, the two must be apart by more than their spreads. */
const APART = 4

function cheaper(one: Contender, other: Contender, x: number): Contender | null {
  if (valueAt(one.band[1], x) < valueAt(other.band[0], x)) return one
  return valueAt(other.band[1], x) < valueAt(one.band[0], x) ? other : null
}
