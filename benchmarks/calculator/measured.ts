/** What a run knows about one subject, in the form in which the calculator asks for it. */
import { median } from '../measure/statistics.ts'
import type { Figure, RunFile } from '../run-file.ts'
import { type Curve, curveThrough, type Point } from './curve.ts'

/** Which of a figure's samples to reckon with: the middle one, the smallest, the largest. */
export type Pick = (samples: readonly number[]) => number

export interface Measured {
  /** Milliseconds between the requests of a subject that polls on a clock; null for one that pushes, or holds its polls. */
  readonly intervalMs: number | null
  /** Bytes of text in the messages that were measured with. */
  readonly payload: number
  /**
   * Per period and client, over messages per period. The period of one that polls on a clock is from
   * request to request: what a response holds depends on how many messages came meanwhile, and on nothing
   * else, so it can be told for any other interval. The period of the others is a second.
   */
  readonly bytesUp: Curve | null
  readonly bytesDown: Curve | null
  readonly requests: Curve | null
  /** Messages per period in those measurements: fewest and most. Null when `wire` was not run. */
  readonly range: readonly [number, number] | null
  /** What it does while nothing is published; null when `idle` was not run, or was too short to see anything. */
  readonly idle: Idle | null
  /** Server CPU, µs per delivery, over the number of subscribers; for one that polls on a clock, without its requests. */
  readonly deliveryCpuUs: readonly Point[]
  /** The most deliveries per second at which that was measured. */
  readonly deliveriesPerSecond: number
  /** Publish to receive, p99, ms, over the number of subscribers. */
  readonly p99Ms: readonly Point[]
  /** Bytes of the server's memory per idle connection, and with how many that was measured. */
  readonly memory: { readonly rss: number; readonly connections: number } | null
}

export interface Idle {
  /** Server CPU, µs per client and period. */
  readonly cpuUs: number
  readonly requests: number
  readonly bytesUp: number
  readonly bytesDown: number
}

const LOAD = 'messages-per-second'

export function measured(run: RunFile, subject: string, pick: Pick = median): Measured {
  const figures = run.figures.filter((figure) => figure.subject === subject)
  const all = (scenario: string, metric: string, at: Figure['at'] = {}) =>
    figures.filter(
      (figure) =>
        figure.scenario === scenario &&
        figure.metric === metric &&
        Object.entries(at).every(([name, value]) => figure.at[name] === value),
    )
  const points = (scenario: string, metric: string, load: string, at: Figure['at'] = {}): Point[] =>
    all(scenario, metric, at)
      .flatMap((figure) => ({ x: Number(figure.at[load]), y: pick(figure.samples) }))
      .filter(({ x }) => Number.isFinite(x))
      .sort((a, b) => a.x - b.x)

  const wire = (metric: string) => all('wire', metric, { headers: 'browser' })
  const requestsIdle = all('idle', 'requests-per-minute')[0]
  const intervalMs = intervalOf(run, wire('requests-per-delivery'), requestsIdle)
  const idle = idleOf()

  function idleOf(): Idle | null {
    const of = (metric: string) => {
      const figure = all('idle', metric)[0]
      if (!figure || !requestsIdle) return 0
      const perPeriod = figure.samples.map((sample, i) =>
        intervalMs === null ? sample / 60 : sample / (requestsIdle.samples[i] || Number.NaN),
      )
      const known = perPeriod.filter(Number.isFinite)
      return known.length > 0 ? pick(known) : 0
    }
    if (!requestsIdle) return null
    return {
      cpuUs: of('cpu-per-minute'),
      requests: of('requests-per-minute'),
      bytesUp: of('bytes-up-per-minute'),
      bytesDown: of('bytes-down-per-minute'),
    }
  }

  /** Messages in one period, for a figure of `wire`. */
  function messagesPerPeriod({ at }: Figure): number {
    if (intervalMs === null) return Number(at[LOAD])
    const requests = all('wire', 'requests-per-delivery', at)[0]
    return requests ? 1 / median(requests.samples) : Number.NaN
  }
  function traffic(metric: string, atZero: number): Curve | null {
    // Counted per delivery; times the deliveries of a period it is per period.
    const known = wire(metric).map((figure) => {
      const x = messagesPerPeriod(figure)
      return { x, y: x * pick(figure.samples) }
    })
    return known.length > 0 ? curveThrough(known.filter(isFinitePoint), atZero) : null
  }

  const periods = wire('bytes-down').map(messagesPerPeriod).filter(Number.isFinite)
  const rates = points('fan-out', 'deliveries-per-second', 'subscribers', { burst: 1 })
  const rss = all('idle', 'rss-per-connection')[0]
  return {
    intervalMs,
    payload: numberIn(run, 'payload') ?? 0,
    bytesUp: traffic('bytes-up', idle?.bytesUp ?? 0),
    bytesDown: traffic('bytes-down', idle?.bytesDown ?? 0),
    requests: traffic('requests-per-delivery', idle?.requests ?? (intervalMs === null ? 0 : 1)),
    range: periods.length > 0 ? [Math.min(...periods), Math.max(...periods)] : null,
    idle,
    deliveryCpuUs: points('fan-out', 'cpu-per-delivery', 'subscribers', { burst: 1 }).map(({ x, y }) => ({
      x,
      y: Math.max(0, y - requestsIn(rates, x, intervalMs) * (idle?.cpuUs ?? 0)),
    })),
    deliveriesPerSecond: Math.max(0, ...rates.map(({ y }) => y)),
    p99Ms: joined(
      points('latency', 'p99', 'subscribers'),
      points('fan-out', 'p99', 'subscribers', { burst: 1 }),
    ),
    memory: rss ? { rss: Math.max(0, pick(rss.samples)), connections: Number(rss.at.connections) } : null,
  }
}

/**
 * A subject that polls on a clock is told by its own figures: with nothing published it asks once per interval of
 * the run's setting, and with much published hardly more often. (A held poll is sent again after each message.)
 */
function intervalOf(run: RunFile, wire: readonly Figure[], idle: Figure | undefined): number | null {
  const intervalMs = numberIn(run, 'pollMs')
  if (intervalMs === null) return null
  const perSecond = 1_000 / intervalMs
  const near = (value: number) => value > perSecond / NEAR && value < perSecond * NEAR
  if (idle) return near(idle.median / 60) ? intervalMs : null
  const busiest = [...wire].sort((a, b) => Number(b.at[LOAD]) - Number(a.at[LOAD]))[0]
  if (!busiest) return null
  const rate = Number(busiest.at[LOAD])
  return rate > 4 * NEAR * perSecond && near(busiest.median * rate) ? intervalMs : null
}

/** A short window may hold twice as many requests, or half; subjects that do not poll on a clock are further off. */
const NEAR = 2.5

/** How many requests came with one delivery, at a load of the fan-out: none when the subject does not poll on a clock. */
function requestsIn(rates: readonly Point[], subscribers: number, intervalMs: number | null): number {
  const perSecond = rates.find(({ x }) => x === subscribers)?.y
  return intervalMs === null || !perSecond ? 0 : ((1_000 / intervalMs) * subscribers) / perSecond
}

/** Both, but where both know a load, the first: it was measured for this very purpose. */
function joined(first: readonly Point[], second: readonly Point[]): Point[] {
  const known = new Set(first.map(({ x }) => x))
  return [...first, ...second.filter(({ x }) => !known.has(x))].sort((a, b) => a.x - b.x)
}

const isFinitePoint = ({ x, y }: Point) => Number.isFinite(x) && Number.isFinite(y)

export function numberIn(run: RunFile, setting: string): number | null {
  const value = run.settings[setting]
  return typeof value === 'number' ? value : null
}

/**
 * Between two measured loads, straight over the logarithm of the load (from 100 to 1,000 subscribers is as
 * far as from 1,000 to 10,000); outside, what was measured nearest. Null when nothing was measured.
 */
export function between(points: readonly Point[], x: number): number | null {
  const first = points[0]
  const last = points.at(-1)
  if (!first || !last) return null
  if (x <= first.x) return first.y
  if (x >= last.x) return last.y
  const after = points.findIndex((point) => point.x >= x)
  const [from, to] = [points[after - 1]!, points[after]!]
  return from.y + (Math.log(x / from.x) / Math.log(to.x / from.x)) * (to.y - from.y)
}

/** Whether x lies outside of what was measured. */
export const isBeyond = (points: readonly Point[], x: number): boolean =>
  points.length > 0 && (x < points[0]!.x || x > points.at(-1)!.x)
