/** A run as rows and columns: one row per question and load, one column per subject. */
import { METRICS, metricOf } from '../../metrics.ts'
import type { Distribution, Figure, RunFile, SubjectInfo } from '../../run-file.ts'
import { SCENARIO_NAMES, type ScenarioName } from '../../settings.ts'
import { loadInWords } from '../units.ts'

export interface Row {
  readonly scenario: ScenarioName
  readonly metric: string
  readonly title: string
  readonly load: string
  readonly at: Figure['at']
}

/** One load of one scenario, whatever the order of its words. */
export const loadKey = (at: Figure['at']): string =>
  Object.keys(at)
    .sort()
    .map((name) => `${name}=${at[name]}`)
    .join(',')

/** In the order of the metrics, and of the loads from light to heavy. */
export function rowsOf(run: RunFile, scenario: ScenarioName): readonly Row[] {
  const figures = run.figures.filter((figure) => figure.scenario === scenario)
  return Object.keys(METRICS[scenario]).flatMap((metric) => {
    const loads = new Map(
      figures.filter((figure) => figure.metric === metric).map(({ at }) => [loadKey(at), at]),
    )
    return [...loads.values()].sort(byLoad).map((at) => ({
      scenario,
      metric,
      title: metricOf(scenario, metric)!.title,
      load: loadInWords(at),
      at,
    }))
  })
}

function byLoad(a: Figure['at'], b: Figure['at']): number {
  for (const name of Object.keys(a)) {
    const [one, other] = [a[name], b[name]]
    if (typeof one === 'number' && typeof other === 'number' && one !== other) return one - other
    if (typeof one === 'string' && typeof other === 'string' && one !== other) return one < other ? -1 : 1
  }
  return Object.keys(a).length - Object.keys(b).length
}

export function figureAt(
  run: RunFile,
  subject: string,
  row: Pick<Figure, 'scenario' | 'metric' | 'at'>,
): Figure | undefined {
  const key = loadKey(row.at)
  return run.figures.find(
    (figure) =>
      figure.subject === subject &&
      figure.scenario === row.scenario &&
      figure.metric === row.metric &&
      loadKey(figure.at) === key,
  )
}

/** Those who have a figure in that scenario, in the run's order. */
export const subjectsIn = (run: RunFile, scenario: string): readonly SubjectInfo[] =>
  run.subjects.filter(({ name }) =>
    run.figures.some((figure) => figure.subject === name && figure.scenario === scenario),
  )

export const wasMeasured = (run: RunFile, scenario: string): boolean =>
  run.figures.some((figure) => figure.scenario === scenario)

/** The scenarios of which this run holds nothing. */
export const unmeasured = (run: RunFile): readonly ScenarioName[] =>
  SCENARIO_NAMES.filter((name) => !wasMeasured(run, name))

/** The distributions of a scenario, by their load: one chart each. */
export function distributionsByLoad(run: RunFile, scenario: string): readonly (readonly Distribution[])[] {
  const byLoad = new Map<string, Distribution[]>()
  for (const one of run.distributions) {
    if (one.scenario !== scenario || one.steps.length === 0) continue
    const key = loadKey(one.at)
    byLoad.set(key, [...(byLoad.get(key) ?? []), one])
  }
  return [...byLoad.values()]
}

/** Some rows say most of it. Of each, the heaviest load that was measured. */
const HEADLINES: readonly (readonly [ScenarioName, string, Figure['at']])[] = [
  ['latency', 'p50', {}],
  ['latency', 'p99', {}],
  ['connect', 'first-message-p50', {}],
  ['connect', 'cpu-per-connection', {}],
  ['idle', 'rss-per-connection', {}],
  ['wire', 'bytes-up', { headers: 'browser' }],
  ['wire', 'bytes-down', { headers: 'browser' }],
  ['fan-out', 'cpu-per-delivery', { burst: 1 }],
  ['fan-out', 'cpu-per-delivery', { burst: 16 }],
  ['storm', 'caught-up', {}],
]

export function headlines(run: RunFile): readonly Row[] {
  return HEADLINES.flatMap(([scenario, metric, at]) => {
    const rows = rowsOf(run, scenario).filter(
      (row) => row.metric === metric && Object.entries(at).every(([name, value]) => row.at[name] === value),
    )
    // Bytes at a rate at which a poll still finds something, now and then, to share its headers.
    const chosen = scenario === 'wire' ? rows[rows.length >> 1] : rows.at(-1)
    return chosen ? [chosen] : []
  })
}
