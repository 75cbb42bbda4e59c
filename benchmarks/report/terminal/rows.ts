/** The few figures that decide which transport to take: a row each, at one load, in one unit. */
import { keyOf } from '../../collect.ts'
import { median, ratioOf, spread as spreadOf } from '../../measure/statistics.ts'
import type { Figure, RunFile } from '../../run-file.ts'
import type { ScenarioName } from '../../settings.ts'
import { FLOOR } from '../../subjects/all.ts'
import { digits } from '../units.ts'

/** One subject's figure in the unit of its row. */
export interface Cell {
  readonly median: number
  readonly low: number
  readonly high: number
  /** To raw TCP in the same rounds; null where there is none. */
  readonly ratio: number | null
  /** Whether it differs from raw TCP by no more than the rounds do among themselves. */
  readonly isSame: boolean
}

export type RowName = 'p50' | 'p99' | 'cpu' | 'memory' | 'bytes' | 'silence' | 'connect'

export interface Row {
  readonly name: RowName
  readonly label: string
  /** For a narrow terminal. */
  readonly short: string
  readonly unit: string
  readonly scenario: ScenarioName
  readonly at: Figure['at']
  /** By the subject's name. */
  readonly cells: ReadonlyMap<string, Cell>
}

interface Question {
  readonly name: RowName
  readonly label: string
  readonly short: string
  readonly unit: string
  readonly scenario: ScenarioName
  /** Added up: bytes go both ways. */
  readonly metrics: readonly string[]
  /** The figure's own unit is so many times smaller. */
  readonly per: number
  /** Which of the loads that were measured, lightest first. */
  readonly load: (loads: readonly Figure['at'][]) => Figure['at'] | undefined
}

const first: Question['load'] = (loads) => loads[0]

const QUESTIONS: readonly Question[] = [
  {
    ...{ name: 'p50', label: 'latency p50, ms', short: 'p50, ms', unit: 'ms' },
    ...{ scenario: 'latency', metrics: ['p50'], per: 1, load: first },
  },
  {
    ...{ name: 'p99', label: 'latency p99, ms', short: 'p99, ms', unit: 'ms' },
    ...{ scenario: 'latency', metrics: ['p99'], per: 1, load: first },
  },
  {
    ...{ name: 'cpu', label: 'CPU per delivery, µs', short: 'CPU, µs', unit: 'µs' },
    ...{ scenario: 'fan-out', metrics: ['cpu-per-delivery'], per: 1 },
    load: (loads) => loads.filter(({ burst }) => burst === 1).at(-1) ?? loads[0],
  },
  {
    ...{ name: 'memory', label: 'memory/connection, kB', short: 'memory, kB', unit: 'kB' },
    ...{ scenario: 'idle', metrics: ['rss-per-connection'], per: 1_000, load: first },
  },
  {
    ...{ name: 'bytes', label: 'bytes per message', short: 'bytes/msg', unit: 'B' },
    ...{ scenario: 'wire', metrics: ['bytes-up', 'bytes-down'], per: 1 },
    load(loads) {
      const likeABrowser = loads.filter(({ headers }) => headers === 'browser')
      return likeABrowser[likeABrowser.length >> 1] ?? loads[0]
    },
  },
  {
    ...{ name: 'silence', label: 'silence, bytes/minute', short: 'silence, B', unit: 'B' },
    ...{ scenario: 'idle', metrics: ['bytes-up-per-minute', 'bytes-down-per-minute'], per: 1, load: first },
  },
  {
    ...{ name: 'connect', label: 'time to connect, ms', short: 'connect, ms', unit: 'ms' },
    ...{ scenario: 'connect', metrics: ['first-message-p50'], per: 1, load: first },
  },
]

/** Those that the run has measured, in the order of the table. */
export function rowsOf(run: RunFile): readonly Row[] {
  return QUESTIONS.flatMap((question) => {
    const { scenario, metrics, load } = question
    const all = run.figures.filter((one) => one.scenario === scenario && metrics.includes(one.metric))
    const at = load([...new Map(all.map((one) => [keyOf(one.at), one.at])).values()])
    if (!at) return []
    const here = all.filter((one) => keyOf(one.at) === keyOf(at))
    const samples = new Map(run.subjects.map(({ name }) => [name, samplesOf(question, here, name)]))
    const floor = samples.get(FLOOR) ?? null
    const cells = [...samples].flatMap(([name, values]) =>
      values ? [[name, cellOf(values, name === FLOOR ? null : floor)] as const] : [],
    )
    const { name, label, short, unit } = question
    return [{ name, label, short, unit, scenario, at, cells: new Map(cells) }]
  })
}

/** Round by round; null unless all the parts were measured. */
function samplesOf({ metrics, per }: Question, figures: readonly Figure[], subject: string) {
  const parts = metrics.flatMap((metric) =>
    figures.filter((one) => one.subject === subject && one.metric === metric),
  )
  if (parts.length < metrics.length) return null
  const rounds = Math.min(...parts.map(({ samples }) => samples.length))
  if (rounds === 0) return null
  return Array.from(
    { length: rounds },
    (_, i) => parts.reduce((sum, { samples }) => sum + samples[i]!, 0) / per,
  )
}

function cellOf(samples: readonly number[], floor: readonly number[] | null): Cell {
  const ratio = floor && ratioOf(samples, floor, 'lower')
  const [low, high] = spreadOf(samples)
  return {
    ...{ median: median(samples), low, high },
    ratio: ratio?.median ?? null,
    isSame: ratio?.verdict === 'no difference',
  }
}

/** How far rounds lie from their median at most, of all columns, as a share of it. */
export function widestSpread({ cells }: Row): number {
  const shares = [...cells.values()].map(({ median, low, high }) =>
    median > 0 ? Math.max(high - median, median - low) / median : 0,
  )
  return Math.max(0, ...shares)
}

/** Six characters at most, so that nine columns stand side by side on 80. */
export const brief = (value: number): string =>
  value >= 10_000 ? `${digits(value / 1_000)}k` : digits(value)
