/**
 * A run that was never measured, for tests alone: its figures are round, so that what should come out can be
 * reckoned in the head. Three ways to carry a message, of none of which the calculator knows the name:
 *
 *     told    200 B per message; when idle, 60 B a minute
 *     clock   asks each second: 600 B up, 200 B down, and 150 B per message that it finds
 *     held    asks once per message: 600 B up, 400 B down; when idle, 2.4 questions a minute
 */
import { type Figure, RUN_FORMAT, type RunFile, type SubjectInfo } from '../run-file.ts'

const SUBJECTS: readonly SubjectInfo[] = [
  { name: 'floor', title: 'The floor', kind: 'floor' },
  { name: 'told', title: 'Told', kind: 'lab' },
  { name: 'clock', title: 'By the clock', kind: 'lab' },
  { name: 'held', title: 'Held', kind: 'peer' },
]

const RATES = [1, 10, 100]
const OFFERED = 25_000

/** @param jitter each figure has a sample so much below its value and one so much above, as a fraction */
export function syntheticRun(jitter = 0, changes: Partial<RunFile> = {}): RunFile {
  const figures: Figure[] = []
  const add = (
    subject: string,
    metric: string,
    value: number,
    at: Figure['at'],
    unit: Figure['unit'] = 'B',
  ) => {
    const [scenario, name] = metric.split('/') as [string, string]
    const samples = [value * (1 - jitter), value, value * (1 + jitter)]
    const spread = [samples[0]!, samples[2]!] as const
    const floor = figures.find(
      (one) =>
        one.subject === 'floor' &&
        one.scenario === scenario &&
        one.metric === name &&
        JSON.stringify(one.at) === JSON.stringify(at),
    )
    const ratio =
      floor && floor.median > 0
        ? {
            median: value / floor.median,
            spread: [value / floor.median, value / floor.median] as const,
            verdict: value > floor.median ? ('worse' as const) : ('no difference' as const),
          }
        : null
    figures.push({
      subject,
      scenario,
      metric: name,
      at,
      unit,
      better: 'lower',
      samples,
      median: value,
      spread,
      ratio,
    })
  }

  const wire = (
    subject: string,
    up: (r: number) => number,
    down: (r: number) => number,
    asked: (r: number) => number,
  ) => {
    for (const rate of RATES) {
      const at = { 'messages-per-second': rate, headers: 'browser' }
      add(subject, 'wire/bytes-up', up(rate), at)
      add(subject, 'wire/bytes-down', down(rate), at)
      add(subject, 'wire/requests-per-delivery', asked(rate), at, '1')
    }
  }
  const idle = (subject: string, rss: number, cpu: number, requests: number, up: number, down: number) => {
    const at = { connections: 1_000 }
    add(subject, 'idle/rss-per-connection', rss, at)
    add(subject, 'idle/cpu-per-minute', cpu, at, 'µs')
    add(subject, 'idle/requests-per-minute', requests, at, '1')
    add(subject, 'idle/bytes-up-per-minute', up, at)
    add(subject, 'idle/bytes-down-per-minute', down, at)
  }
  const fanOut = (subject: string, cpu: readonly [number, number], p99: readonly [number, number]) => {
    for (const [i, subscribers] of [100, 10_000].entries()) {
      const at = { subscribers, burst: 1 }
      add(subject, 'fan-out/cpu-per-delivery', cpu[i]!, at, 'µs')
      add(subject, 'fan-out/deliveries-per-second', OFFERED, at, '1/s')
      add(subject, 'fan-out/p99', p99[i]!, at, 'ms')
      add(subject, 'fan-out/load-busy', 20, at, '%')
    }
  }

  wire(
    'floor',
    () => 0,
    () => 100,
    () => 0,
  )
  fanOut('floor', [8, 8], [4, 8])
  add('floor', 'latency/p99', 2, { subscribers: 100 }, 'ms')

  wire(
    'told',
    () => 0,
    () => 200,
    () => 0,
  )
  idle('told', 4_000, 60, 0, 0, 60)
  fanOut('told', [10, 20], [5, 15])
  add('told', 'latency/p99', 3, { subscribers: 100 }, 'ms')

  wire(
    'clock',
    (r) => 600 / r,
    (r) => 200 / r + 150,
    (r) => 1 / r,
  )
  idle('clock', 5_000, 60 * 20, 60, 60 * 600, 60 * 200)
  // A question costs 20 µs and each message that it finds 1 µs; of 100 readers each finds 250, of 10,000 each 2.5.
  fanOut('clock', [20 / 250 + 1, 20 / 2.5 + 1], [1_000, 1_000])
  add('clock', 'latency/p99', 1_000, { subscribers: 100 }, 'ms')

  wire(
    'held',
    () => 600,
    () => 400,
    () => 1,
  )
  idle('held', 13_000, 48, 2.4, 1_440, 960)
  fanOut('held', [30, 30], [8, 80])
  add('held', 'latency/p99', 6, { subscribers: 100 }, 'ms')

  return {
    format: RUN_FORMAT,
    startedAt: '2026-01-02T03:04:05.000Z',
    seconds: 1,
    interrupted: false,
    profile: 'quick',
    settings: { payload: 120, pollMs: 1_000, repeat: 3 },
    seed: 1,
    machine: { cpu: 'Synthetic', cores: 2, memoryBytes: 8e9, os: 'test', fileDescriptors: 1_024 },
    versions: { node: '20.0.0', commit: 'synthetic' },
    selfCheck: [{ what: 'a stub', expected: 5, measured: 5.2, tolerance: 3, unit: 'ms', passed: true }],
    subjects: SUBJECTS,
    figures,
    distributions: SUBJECTS.map(({ name }, i) => ({
      subject: name,
      scenario: 'latency',
      at: { subscribers: 100 },
      unit: 'µs',
      count: 1_000,
      steps: [0, 0.25, 0.5, 0.75, 0.99, 0.999, 1].map((p) => ({ p, value: 100 * 3 ** i * (1 + p) })),
    })),
    notes: ['a note about this run'],
    ...changes,
  }
}
