/** What the charts draw, computed from the run alone. */
import type { PlotAxis, PlotLine, PlotPoint } from '../../plots/plot.ts'
import { type SubjectSymbol, symbolsOf } from '../../plots/subject-symbol.ts'
import type { Distribution, Figure, RunFile } from '../../run-file.ts'
import { digits, inWords } from '../units.ts'
import { loadKey } from './rows.ts'

export interface Plot {
  readonly title: string
  readonly lines: readonly PlotLine[]
  readonly x: PlotAxis
  readonly y: PlotAxis
}

/** This run, and the one that is laid over it. */
export interface Runs {
  readonly run: RunFile
  readonly other: RunFile | null
}

type Marks = PlotLine['marked']

/** Lines of the run and, dashed, of the other one; the same symbol for the same subject. */
function linesOf(
  { run, other }: Runs,
  marked: Marks,
  points: (run: RunFile, subject: string) => readonly PlotPoint[],
): readonly PlotLine[] {
  const symbols = symbolsOf(run.subjects)
  const of = (one: RunFile, isOther: boolean) =>
    run.subjects.flatMap(({ name, title }): PlotLine[] => {
      const found = points(one, name)
      if (found.length === 0) return []
      const line = { name: title, symbol: symbols.get(name) as SubjectSymbol, points: found }
      return [isOther ? { ...line, other: true, marked: 'none' } : { ...line, marked }]
    })
  return [...of(run, false), ...(other ? of(other, true) : [])]
}

const distributionOf = (run: RunFile, subject: string, scenario: string, at: Figure['at']) =>
  run.distributions.find(
    (one) => one.subject === subject && one.scenario === scenario && loadKey(one.at) === loadKey(at),
  )

/** µs, shown as what suits. */
export function microseconds(us: number): string {
  if (us >= 1e6) return `${digits(us / 1e6)} s`
  return us >= 1e3 ? `${digits(us / 1e3)} ms` : `${digits(us)} µs`
}

const short = (format: (value: number) => string) => (value: number) =>
  format(value)
    .replace(/\.0+(?=\D|$)/, '')
    .replace(/(\.\d*?)0+(?=\D|$)/, '$1')

const latencyAxis: PlotAxis = { title: 'latency', scale: 'log', format: short(microseconds) }

/** The share of messages that had arrived by then. */
export function ecdf(runs: Runs, scenario: string, at: Figure['at'], title: string): Plot {
  return {
    title,
    lines: linesOf(runs, 'some', (run, subject) => ecdfPoints(distributionOf(run, subject, scenario, at))),
    x: latencyAxis,
    y: {
      title: 'share that had arrived',
      scale: 'linear',
      ends: [0, 1],
      ticks: [0, 0.25, 0.5, 0.75, 1],
      format: (share) => `${digits(100 * share)} %`.replace(/\.0+ /, ' '),
    },
  }
}

/** A value of 0 is less than a microsecond, and is drawn at one. */
export const ecdfPoints = (one: Distribution | undefined): readonly PlotPoint[] =>
  one?.steps.map(({ p, value }) => ({ x: Math.max(1, value), y: p })) ?? []

/** The tail, which a cumulative curve squeezes into its last pixels: here each nine takes the same room. */
export function percentilePlot(runs: Runs, scenario: string, at: Figure['at'], title: string): Plot {
  return {
    title,
    lines: linesOf(runs, 'some', (run, subject) => tailPoints(distributionOf(run, subject, scenario, at))),
    x: {
      title: 'percentile',
      scale: 'log',
      ticks: TAIL_TICKS,
      format: percentileName,
      ends: tailEnds(runs.run, scenario),
    },
    y: latencyAxis,
  }
}

/** One in so many is later: 2 is the median, 100 is p99. */
const TAIL_TICKS = [1, 2, 10, 100, 1_000, 10_000, 100_000, 1_000_000]

export const percentileName = (oneIn: number): string =>
  oneIn < 1.5 ? 'min' : `p${Number((100 - 100 / oneIn).toPrecision(6))}`

/** The largest of n samples stands at one in n. */
export const tailPoints = (one: Distribution | undefined): readonly PlotPoint[] =>
  one?.steps.map(({ p, value }) => ({
    x: p < 1 ? Math.min(1 / (1 - p), one.count) : one.count,
    y: Math.max(1, value),
  })) ?? []

function tailEnds(run: RunFile, scenario: string): readonly [number, number] {
  const counts = run.distributions.filter((one) => one.scenario === scenario).map(({ count }) => count)
  return [1, Math.max(100, ...counts)]
}

/** A figure over a load that grows. */
export function growth(
  runs: Runs,
  { scenario, metric, load, at }: { scenario: string; metric: string; load: string; at: Figure['at'] },
  title: string,
  loadTitle: string,
  scale: PlotAxis['scale'] = 'log',
): Plot {
  const figures = runs.run.figures.filter(
    (figure) => figure.scenario === scenario && figure.metric === metric,
  )
  const unit = figures[0]?.unit ?? '1'
  const loads = [...new Set(figures.flatMap((figure) => numbersIn(figure.at[load])))]
  return {
    title,
    lines: linesOf(runs, 'all', (run, subject) => growthPoints(run, subject, { scenario, metric, load, at })),
    x: {
      title: loadTitle,
      scale: 'log',
      format: (value) => value.toLocaleString('en'),
      ...(loads.length < 7 ? { ticks: loads } : {}),
    },
    y: { title: '', scale, format: short((value) => inWords(value, unit)) },
  }
}

const numbersIn = (value: string | number | undefined): number[] => (typeof value === 'number' ? [value] : [])

export function growthPoints(
  run: RunFile,
  subject: string,
  { scenario, metric, load, at }: { scenario: string; metric: string; load: string; at: Figure['at'] },
): readonly PlotPoint[] {
  return run.figures
    .filter(
      (figure) =>
        figure.subject === subject &&
        figure.scenario === scenario &&
        figure.metric === metric &&
        figure.median > 0 &&
        Object.entries(at).every(([name, value]) => figure.at[name] === value) &&
        typeof figure.at[load] === 'number',
    )
    .map((figure) => ({ x: figure.at[load] as number, y: figure.median }))
    .sort((a, b) => a.x - b.x)
}

/** Bytes of both directions, per delivery, over the rate. */
export function bytesOverRate(runs: Runs): Plot {
  const way = (run: RunFile, subject: string, metric: string) =>
    run.figures.filter(
      (figure) =>
        figure.subject === subject &&
        figure.scenario === 'wire' &&
        figure.metric === metric &&
        figure.at.headers === 'browser',
    )
  return {
    title: 'Bytes per delivered message, both ways, with a browser’s headers',
    lines: linesOf(runs, 'all', (run, subject) =>
      way(run, subject, 'bytes-down')
        .flatMap((down) => {
          const up = way(run, subject, 'bytes-up').find((one) => loadKey(one.at) === loadKey(down.at))
          return up ? [{ x: Number(down.at['messages-per-second']), y: up.median + down.median }] : []
        })
        .sort((a, b) => a.x - b.x),
    ),
    x: { title: 'messages per second', scale: 'log', format: (value) => value.toLocaleString('en') },
    y: { title: '', scale: 'log', format: short((value) => inWords(value, 'B')) },
  }
}

/**
 * One figure of each subject: its median as a mark, its spread as a line. On a logarithmic axis, so that
 * factors are distances; but on a linear one from 0 where a spread reaches 0, which the other does not have.
 */
export function spreads(runs: Runs, scenario: string, metric: string, at: Figure['at'], title: string): Plot {
  const of = (run: RunFile, subject: string) =>
    run.figures.find(
      (figure) =>
        figure.subject === subject &&
        figure.scenario === scenario &&
        figure.metric === metric &&
        loadKey(figure.at) === loadKey(at),
    )
  const shown = runs.run.subjects.filter(({ name }) => of(runs.run, name))
  const place = new Map(shown.map(({ name }, i) => [name, i]))
  const lines = linesOf(runs, 'middle', (run, subject) => {
    const figure = of(run, subject)
    const y = place.get(subject)
    if (!figure || y === undefined) return []
    const row = run === runs.run ? y : y + OTHER_BELOW
    return [figure.spread[0], figure.median, figure.spread[1]].map((x) => ({ x, y: row }))
  })
  const lowest = Math.min(...lines.flatMap(({ points }) => points.map(({ x }) => x)))
  const unit = of(runs.run, shown[0]?.name ?? '')?.unit ?? '1'
  return {
    title,
    lines: lines.map((line) => ({ ...line, marked: 'middle' })),
    x: { title: '', scale: lowest > 0 ? 'log' : 'linear', format: short((value) => inWords(value, unit)) },
    y: {
      title: '',
      scale: 'linear',
      ends: [-0.5, shown.length - 0.5],
      ticks: shown.map((_, i) => i),
      names: shown.map(({ name, title: full }) => (full.length > 18 ? name : full)),
      format: String,
    },
  }
}

/** The other run's line, a little below. */
const OTHER_BELOW = 0.28
