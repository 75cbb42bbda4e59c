/** The command line of `npm run bench`. */
import { parseArgs } from 'node:util'
import { TRANSPORTS } from '../transports/manifest.ts'
import { UsageError } from './errors.ts'
import { MIN_PAYLOAD_BYTES } from './measure/stamps.ts'
import { PROFILES, SCENARIO_NAMES, type Settings } from './settings.ts'
import { FLOOR, PEERS, SUBJECTS, VARIANTS } from './subjects/all.ts'
import { parseThreshold, type Threshold } from './thresholds.ts'

export const HELP = `Measures every transport of the lab beside raw TCP, on this machine.

  npm run bench -- [options]

What is measured
  --full                 up to 9,500 subscribers and longer windows: some 20 minutes, with --peers 30 (the default: 90 s)
  --only NAMES           of ${TRANSPORTS.join(', ')};
                         ${VARIANTS.join(', ')} only when named, or with --full
                         (raw TCP is always measured: it is what the others are compared with)
  --peers                also other people's libraries: ${PEERS.join(', ')}
  --scenario NAMES       of ${SCENARIO_NAMES.join(', ')}
  --subscribers NUMBERS  fan-out to these many, as 100,1000,5000; the other scenarios use the first
  --rate NUMBER          deliveries per second, in latency and fan-out
  --offered NUMBERS      fan-out: also offer these many deliveries per second, be they too many
  --duration SECONDS     of each window of measurement
  --payload BYTES        text of one message, ${MIN_PAYLOAD_BYTES} to 65536 (default 120)
  --poll-interval MS     short polling: from one answer to the next question (default 1000)
  --repeat NUMBER        how often all is measured (default 3)
  --seed NUMBER          of the order of measuring and of the pollers' phases (default: random, and told)

What becomes of it
  --json                 the whole run on stdout, as JSON
  --csv                  the figures on stdout, as CSV
  --out FILE             where the JSON file is written; the report is written beside it (default build/bench/)
  --baseline FILE        compare with an earlier run; anything worse by more than both spreads is a regression
  --threshold RULE       as 'websocket.latency.p99<20'; may be given more than once. The number is in the unit
                         of the table (ms for latencies, µs for CPU); with an x behind it, a ratio to raw TCP:
                         'sse.fan-out.cpu-per-delivery[subscribers=1000,burst=1]<=1.1x'
  --help                 this text

Exit code: 0; 1 for a regression or a broken threshold; 2 for wrong use; 3 when nothing could be measured
(self-check failed, a server died); 130 after Ctrl-C, which prints what there is so far (143 after TERM, 129
after HUP). What is made goes to build/, or to the folder that TRANSPORT_LAB_BUILD names in the environment.
`

export interface BenchOptions {
  readonly settings: Settings
  readonly output: 'table' | 'json' | 'csv'
  /** Null for the folder of all runs. */
  readonly out: string | null
  readonly baseline: string | null
  readonly thresholds: readonly Threshold[]
}

/**
 * @returns null when only help was asked for
 * @throws UsageError
 */
export function parseOptions(args: readonly string[]): BenchOptions | null {
  const given = parsed(args)
  if (given.help) return null
  if (given.json && given.csv) throw new UsageError('--json and --csv both want stdout: give one of them')

  const profile = given.full ? 'full' : 'quick'
  const base = PROFILES[profile]
  const own = [...TRANSPORTS, ...VARIANTS]
  const only = names(given.only, '--only', own) ?? (given.full ? own : TRANSPORTS)
  const counts = numbers(given.subscribers, '--subscribers', WHOLE)
  const first = counts?.[0]
  const rate = number(given.rate, '--rate', { ...POSITIVE, what: 'deliveries per second' })
  const seconds = number(given.duration, '--duration', { ...POSITIVE, what: 'seconds' })

  const settings: Settings = {
    ...base,
    profile,
    subjects: SUBJECTS.filter(
      (name) =>
        name === FLOOR ||
        only.some((one) => one === name) ||
        (given.peers && PEERS.some((one) => one === name)),
    ),
    scenarios: names(given.scenario, '--scenario', SCENARIO_NAMES) ?? SCENARIO_NAMES,
    seed: number(given.seed, '--seed', { ...WHOLE, min: 0, max: 2 ** 32 - 1 }) ?? randomSeed(),
    repeat: number(given.repeat, '--repeat', { ...WHOLE, max: 100 }) ?? base.repeat,
    payload:
      number(given.payload, '--payload', { ...WHOLE, min: MIN_PAYLOAD_BYTES, max: 65_536 }) ?? base.payload,
    pollMs: number(given['poll-interval'], '--poll-interval', { ...WHOLE, max: 60_000 }) ?? base.pollMs,
    latency: defined(base.latency, { subscribers: first, deliveriesPerSecond: rate, seconds }),
    connect: defined(base.connect, { connections: first }),
    idle: defined(base.idle, { connections: first, seconds }),
    wire: defined(base.wire, { subscribers: first, seconds }),
    fanOut: defined(base.fanOut, {
      subscribers: counts,
      deliveriesPerSecond: rate,
      seconds,
      offered: numbers(given.offered, '--offered', POSITIVE),
    }),
    request: defined(base.request, { seconds }),
    storm: defined(base.storm, { connections: first }),
  }
  return {
    settings,
    output: given.json ? 'json' : given.csv ? 'csv' : 'table',
    out: given.out ?? null,
    baseline: given.baseline ?? null,
    thresholds: given.threshold.map(parseThreshold),
  }
}

function parsed(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean', default: false } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        full: flag,
        only: text,
        peers: flag,
        scenario: text,
        subscribers: text,
        rate: text,
        offered: text,
        duration: text,
        payload: text,
        'poll-interval': text,
        repeat: text,
        seed: text,
        json: flag,
        csv: flag,
        out: text,
        baseline: text,
        threshold: { type: 'string', multiple: true, default: [] },
        help: flag,
      },
    }).values
  } catch (error) {
    // Node adds advice about `--` for file names, which this command does not take.
    throw new UsageError((error as Error).message.split('. ')[0]!)
  }
}

function names<Name extends string>(
  text: string | undefined,
  option: string,
  known: readonly Name[],
): readonly Name[] | undefined {
  if (text === undefined) return undefined
  const wanted = text.split(',').map((name) => name.trim())
  const unknown = wanted.find((name) => !(known as readonly string[]).includes(name))
  if (unknown === undefined) return known.filter((name) => wanted.includes(name))
  throw new UsageError(`${option}: there is no '${unknown}', but ${known.join(', ')}`)
}

interface Range {
  readonly what: string
  readonly min: number
  readonly max: number
  readonly whole: boolean
}
const WHOLE: Range = { what: 'a whole number', min: 1, max: 1_000_000, whole: true }
const POSITIVE: Range = { what: 'a number', min: 0.05, max: 100_000_000, whole: false }

function numbers(text: string | undefined, option: string, range: Range): readonly number[] | undefined {
  return text?.split(',').map((one) => number(one.trim(), option, range)!)
}

function number(text: string | undefined, option: string, range: Range): number | undefined {
  if (text === undefined) return undefined
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (value >= range.min && value <= range.max && (!range.whole || Number.isInteger(value))) return value
  throw new UsageError(`${option} must be ${range.what} from ${range.min} to ${range.max}, not '${text}'`)
}

/** `base` with those changes that were asked for. */
function defined<T extends object>(base: T, changes: { readonly [K in keyof T]?: T[K] | undefined }): T {
  const asked = Object.entries(changes).filter(([, value]) => value !== undefined)
  return { ...base, ...Object.fromEntries(asked) }
}

const randomSeed = () => Math.floor(Math.random() * 1_000_000)
