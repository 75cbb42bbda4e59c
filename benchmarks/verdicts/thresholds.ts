/**
 * Thresholds: `--threshold 'websocket.latency.p99<20'`.
 *
 *     SUBJECT.SCENARIO.METRIC[LOAD] OPERATOR NUMBER [x]
 *
 * The number is in the unit in which the table shows the metric: ms for latencies, µs for CPU, bytes. With an
 * `x` behind it, it is a ratio to raw TCP. LOAD, as in `[subscribers=1000,burst=1]`, picks out single
 * loads; without it, the threshold holds for all. Operators: < <= > >=.
 */
import { UsageError } from '../errors.ts'
import { METRICS, metricOf } from '../metrics.ts'
import type { Figure, RunFile } from '../run-file.ts'
import { SCENARIO_NAMES } from '../settings.ts'
import { SUBJECTS } from '../subjects/all.ts'

export interface Threshold {
  readonly text: string
  readonly subject: string
  readonly scenario: string
  readonly metric: string
  readonly at: Readonly<Record<string, string>>
  readonly operator: Operator
  readonly bound: number
  readonly isRatio: boolean
}

type Operator = '<' | '<=' | '>' | '>='

const HOLDS: Readonly<Record<Operator, (value: number, bound: number) => boolean>> = {
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
}

// Subjects and metrics may have dots in their names (socket.io-websocket, p99.9); scenarios have none.
const GRAMMAR = new RegExp(
  `^(?<subject>.+)\\.(?<scenario>${SCENARIO_NAMES.join('|')})\\.(?<metric>[a-z0-9.-]+)` +
    '(?:\\[(?<at>[^\\]]*)\\])?\\s*(?<operator><=|>=|<|>)\\s*(?<bound>\\d+(?:\\.\\d+)?)(?<x>x?)$',
)

/** @throws UsageError */
export function parseThreshold(text: string): Threshold {
  const parts = GRAMMAR.exec(text)?.groups
  if (!parts) throw new UsageError(`--threshold must look like 'websocket.latency.p99<20', not '${text}'`)
  const { subject, scenario, metric, at, operator, bound, x } = parts as Record<string, string>
  if (!SUBJECTS.includes(subject!)) throw new UsageError(`--threshold: there is no subject '${subject}'`)
  if (!metricOf(scenario!, metric!)) {
    const known = Object.keys(METRICS[scenario as keyof typeof METRICS]).join(', ')
    throw new UsageError(`--threshold: ${scenario} has no metric '${metric}', but ${known}`)
  }
  return {
    text,
    subject: subject!,
    scenario: scenario!,
    metric: metric!,
    at: parseAt(at ?? ''),
    operator: operator as Operator,
    bound: Number(bound),
    isRatio: x === 'x',
  }
}

function parseAt(text: string): Record<string, string> {
  const at: Record<string, string> = {}
  for (const part of text.split(',').filter((one) => one !== '')) {
    const [name, value] = part.split('=')
    if (!name || !value)
      throw new UsageError(`--threshold: a load is written [subscribers=1000], not [${text}]`)
    at[name.trim()] = value.trim()
  }
  return at
}

/** What is broken, one line for each; a threshold on what was not measured is broken too. */
export function brokenThresholds(thresholds: readonly Threshold[], run: RunFile): string[] {
  return thresholds.flatMap((threshold) => {
    const figures = run.figures.filter((figure) => isMeant(threshold, figure))
    if (figures.length === 0) return [`threshold ${threshold.text}: this was not measured`]
    return figures.flatMap((figure) => {
      const value = threshold.isRatio ? figure.ratio?.median : figure.median
      if (value === undefined) return [`threshold ${threshold.text}: there is no ratio to raw TCP`]
      if (HOLDS[threshold.operator](value, threshold.bound)) return []
      const unit = threshold.isRatio ? '× raw TCP' : figure.unit
      return [`threshold ${threshold.text} is broken: ${Number(value.toPrecision(4))} ${unit}${load(figure)}`]
    })
  })
}

function isMeant({ subject, scenario, metric, at }: Threshold, figure: Figure): boolean {
  return (
    figure.subject === subject &&
    figure.scenario === scenario &&
    figure.metric === metric &&
    Object.entries(at).every(([name, value]) => String(figure.at[name]) === value)
  )
}

const load = ({ at }: Figure) => {
  const words = Object.entries(at).map(([name, value]) => `${name} ${value}`)
  return words.length === 0 ? '' : ` at ${words.join(', ')}`
}
