/** Every figure that a run may hold: what it is called, its unit, and which way is better. */
import type { Figure } from './run-file.ts'
import type { ScenarioName } from './settings.ts'

export interface Metric {
  readonly title: string
  readonly unit: Figure['unit']
  readonly better: Figure['better']
  /** Whether it is for judging subjects by; the others tell how good the measurement was. */
  readonly judged: boolean
}

const metric = (
  title: string,
  unit: Figure['unit'],
  better: Figure['better'] = 'lower',
  judged = true,
): Metric => ({ title, unit, better, judged })

/** How busy the load processes were: above {@link BUSY_PERCENT} of a core, what was measured may be they. */
const LOAD_BUSY = metric('load side busy', '%', 'lower', false)
export const BUSY_PERCENT = 70

const PERCENTILES = {
  p50: metric('publish to receive, p50', 'ms'),
  p90: metric('publish to receive, p90', 'ms'),
  p99: metric('publish to receive, p99', 'ms'),
  'p99.9': metric('publish to receive, p99.9', 'ms', 'lower', false),
  max: metric('publish to receive, largest', 'ms', 'lower', false),
}

export const METRICS = {
  latency: {
    ...PERCENTILES,
    delivered: metric('delivered, of all that should be', '%', 'higher'),
    duplicates: metric('messages that came twice', '1', 'lower', false),
    'pacer-late-p99': metric('publisher late, p99', 'ms', 'lower', false),
    'load-busy': LOAD_BUSY,
  },
  connect: {
    'first-message-p50': metric('connect to first message, p50', 'ms'),
    'first-message-p99': metric('connect to first message, p99', 'ms'),
    'connections-per-second': metric('connections per second', '1/s', 'higher'),
    'cpu-per-connection': metric('server CPU per connection', 'µs'),
    'bytes-up': metric('bytes to set up, to the server', 'B'),
    'bytes-down': metric('bytes to set up, from the server', 'B'),
  },
  idle: {
    'rss-per-connection': metric('RSS per idle connection', 'B'),
    'cpu-per-minute': metric('server CPU per idle client and minute', 'µs'),
    'requests-per-minute': metric('requests per idle client and minute', '1'),
    'bytes-up-per-minute': metric('bytes per idle client and minute, to the server', 'B'),
    'bytes-down-per-minute': metric('bytes per idle client and minute, from the server', 'B'),
  },
  wire: {
    'bytes-up': metric('bytes per delivery, to the server', 'B'),
    'bytes-down': metric('bytes per delivery, from the server', 'B'),
    'requests-per-delivery': metric('requests per delivery', '1'),
  },
  'fan-out': {
    'cpu-per-delivery': metric('server CPU per delivery', 'µs'),
    'deliveries-per-second': metric('deliveries per second', '1/s', 'higher'),
    p50: PERCENTILES.p50,
    p99: PERCENTILES.p99,
    delivered: metric('delivered, of all that should be', '%', 'higher'),
    carried: metric('delivered by the end of publishing', '%', 'higher'),
    'load-busy': LOAD_BUSY,
  },
  request: {
    'answers-per-second': metric('answers per second, as fast as autocannon asks', '1/s', 'higher'),
    'cpu-per-answer': metric('server CPU per answer', 'µs'),
    p50: metric('question to answer, p50', 'ms'),
    p99: metric('question to answer, p99', 'ms'),
    failed: metric('questions that failed', '%'),
    missed: metric('messages skipped or repeated by a carried cursor', '1'),
    'load-busy': LOAD_BUSY,
  },
  storm: {
    'caught-up': metric('all cut to all caught up', 'ms'),
    'cpu-per-connection': metric('server CPU per connection that came back', 'µs'),
    lost: metric('messages lost', '1'),
    duplicates: metric('messages that came twice', '1', 'lower', false),
  },
} as const satisfies Readonly<Record<ScenarioName, Readonly<Record<string, Metric>>>>

/** The metric of that name in that scenario, or null. */
export function metricOf(scenario: string, name: string): Metric | null {
  const ofScenario = (METRICS as Readonly<Record<string, Readonly<Record<string, Metric>>>>)[scenario]
  return ofScenario?.[name] ?? null
}
