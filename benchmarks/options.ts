/** The command line of `npm run bench`. */
import { commandLine, parse, type Values } from '../lab/command/options/command-line.ts'
import { flag, listed, many, number, numbers, someOf, text } from '../lab/command/options/kinds.ts'
import { TRANSPORTS } from '../transports/manifest.ts'
import { UsageError } from './errors.ts'
import { MIN_PAYLOAD_BYTES } from './measure/stamps.ts'
import { PROFILES, SCENARIO_NAMES, type Settings } from './settings.ts'
import { FLOOR, PEERS, QUICK_PEERS, SUBJECTS, VARIANTS } from './subjects/all.ts'
import { WITH_SERVER } from './subjects/lab.ts'
import { parseThreshold, type Threshold } from './verdicts/thresholds.ts'

/** What can be named. */
const OWN = [...TRANSPORTS, ...VARIANTS]
const LIST = { min: 1, max: 1_000_000 }
const POSITIVE = { min: 0.05, max: 100_000_000, fraction: true }

export const LINE = commandLine({
  name: 'bench',
  run: 'npm run bench',
  summary: 'Measures every transport of the lab beside raw TCP, on this machine.',
  options: {
    full: flag(
      `up to 9,500 subscribers and longer windows, bursts, ${listed(
        SCENARIO_NAMES.filter((name) => !PROFILES.quick.scenarios.includes(name)),
        'and',
      )}: some 20 minutes, with --peers 30; 90 s without this option, with --peers 150`,
    ),
    only: someOf(
      {
        value: 'NAMES',
        help: `only these transports, beside raw TCP, which is always measured: it is what the others are compared with`,
        usualWords: `all that have a server of their own, without ${listed(VARIANTS, 'and')}, which --full adds`,
      },
      OWN,
    ),
    peers: flag(
      `also other people's servers, as far as they are here: ${listed(QUICK_PEERS, 'and')}; with --full also ${listed(
        PEERS.filter((name) => !QUICK_PEERS.includes(name)),
        'and',
      )}. What is absent is named with the way to get it`,
    ),
    scenario: someOf(
      {
        value: 'NAMES',
        help: 'only these scenarios',
        usualWords: `${listed(PROFILES.quick.scenarios, 'and')}; with --full all`,
      },
      SCENARIO_NAMES,
    ),
    subscribers: numbers({
      value: 'NUMBERS',
      help: 'fan-out to these many, as 100,1000,5000; the other scenarios use the first',
      ...LIST,
    }),
    rate: number({
      value: 'NUMBER',
      help: 'deliveries per second, in latency and fan-out',
      ...POSITIVE,
    }),
    offered: numbers({
      value: 'NUMBERS',
      help: 'fan-out: also offer these many deliveries per second, be they too many',
      ...POSITIVE,
    }),
    duration: number({ value: 'SECONDS', help: 'of each window of measurement', ...POSITIVE }),
    payload: number({
      value: 'BYTES',
      help: 'text of one message',
      ...{ min: MIN_PAYLOAD_BYTES, max: 65_536 },
      usualWords: String(PROFILES.quick.payload),
    }),
    'poll-interval': number({
      value: 'MS',
      help: 'short polling: from one answer to the next question',
      ...{ min: 1, max: 60_000 },
      usualWords: String(PROFILES.quick.pollMs),
    }),
    repeat: number({
      value: 'NUMBER',
      help: 'how often all is measured',
      ...{ min: 1, max: 100 },
      usualWords: String(PROFILES.quick.repeat),
    }),
    seed: number({
      value: 'NUMBER',
      help: 'of the order of measuring and of the pollers’ phases',
      ...{ min: 0, max: 2 ** 32 - 1 },
      usualWords: 'random, and told',
    }),
    'wait-quiet': number({
      value: 'SECONDS',
      help: 'waits until other programs leave the machine alone, at most so long; what is left of it goes into measuring disturbed rounds again',
      ...{ min: 0, max: 86_400 },
      usual: 0,
    }),
    verbose: flag('every figure under every load, all goals and all notes, in the place of the summary'),
    json: flag('the whole run on stdout, as JSON'),
    csv: flag('the figures on stdout, as CSV'),
    out: text({
      value: 'FILE',
      help: 'where the JSON file is written; the report is written beside it',
      usualWords: 'build/bench/',
    }),
    baseline: text({
      value: 'FILE',
      help: 'compare with an earlier run; anything worse by more than both spreads is a regression',
    }),
    threshold: many(
      {
        value: 'RULE',
        help: "as 'websocket.latency.p99<20'. The number is in the unit of the table (ms for latencies, µs for CPU); with an x behind it, a ratio to raw TCP: 'sse.fan-out.cpu-per-delivery[subscribers=1000,burst=1]<=1.1x'",
      },
      null,
      parseThreshold,
    ),
  },
  headings: {
    'What is measured': [
      ...(['full', 'only', 'peers', 'scenario', 'subscribers', 'rate', 'offered', 'duration'] as const),
      ...(['payload', 'poll-interval', 'repeat', 'seed', 'wait-quiet'] as const),
    ],
    'What becomes of it': ['verbose', 'json', 'csv', 'out', 'baseline', 'threshold'],
  },
  environment: ['TRANSPORT_LAB_BUILD', 'NO_COLOR'],
  more: `Exit code: 0; 1 for a regression or a broken threshold; 2 for wrong use; 3 when nothing could be measured
(self-check failed, a server died); 130 after Ctrl-C, which prints what there is so far (143 after TERM, 129
after HUP).`,
})

export interface BenchOptions {
  readonly settings: Settings
  readonly output: 'table' | 'json' | 'csv'
  /** Whether the table is all figures, or the summary of those that decide. */
  readonly isVerbose: boolean
  /** How long to wait for a quiet machine, at most, in s. */
  readonly waitQuietS: number
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
  const given = parse(LINE, args)
  return given && benchOptions(given.values)
}

/** @throws UsageError for options that do not go together */
export function benchOptions(given: Values<(typeof LINE)['options']>): BenchOptions {
  if (given.verbose && (given.json || given.csv))
    throw new UsageError('--verbose is about the text for people: leave it out beside --json or --csv')
  if (given.json && given.csv) throw new UsageError('--json and --csv both want stdout: give one of them')

  const profile = given.full ? 'full' : 'quick'
  const base = PROFILES[profile]
  const only = given.only ?? (given.full ? [...WITH_SERVER, ...VARIANTS] : WITH_SERVER)
  const peers: readonly string[] = given.full ? PEERS : QUICK_PEERS
  const { subscribers: counts, rate, duration: seconds } = given
  const first = counts?.[0]

  const settings: Settings = {
    ...base,
    profile,
    subjects: SUBJECTS.filter(
      (name) => name === FLOOR || only.some((one) => one === name) || (given.peers && peers.includes(name)),
    ),
    scenarios: given.scenario ?? base.scenarios,
    seed: given.seed ?? randomSeed(),
    repeat: given.repeat ?? base.repeat,
    payload: given.payload ?? base.payload,
    pollMs: given['poll-interval'] ?? base.pollMs,
    latency: defined(base.latency, { subscribers: first, deliveriesPerSecond: rate, seconds }),
    connect: defined(base.connect, { connections: first }),
    idle: defined(base.idle, { connections: first, seconds }),
    wire: defined(base.wire, { subscribers: first, seconds }),
    fanOut: defined(base.fanOut, {
      subscribers: counts,
      deliveriesPerSecond: rate,
      seconds,
      offered: given.offered,
    }),
    request: defined(base.request, { seconds }),
    storm: defined(base.storm, { connections: first }),
  }
  return {
    settings,
    output: given.json ? 'json' : given.csv ? 'csv' : 'table',
    isVerbose: given.verbose,
    waitQuietS: given['wait-quiet'],
    out: given.out,
    baseline: given.baseline,
    thresholds: given.threshold,
  }
}

/** `base` with those changes that were asked for. */
function defined<T extends object>(
  base: T,
  changes: { readonly [K in keyof T]?: T[K] | null | undefined },
): T {
  const asked = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null)
  return { ...base, ...Object.fromEntries(asked) }
}

const randomSeed = () => Math.floor(Math.random() * 1_000_000)
