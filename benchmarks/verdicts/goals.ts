/**
 * The goals of this project, as data: each a bound on a figure, nearly all of them ratios to raw TCP in the
 * same run, so that they mean the same on every machine. The table on the terminal and the documentation are
 * made from here; a moved goal shows in all of them.
 */

import { keyOf } from '../collect.ts'
import type { Figure, RunFile } from '../run-file.ts'
import { PROFILES } from '../settings.ts'
import { FLOOR } from '../subjects/all.ts'
import { WITH_SERVER } from '../subjects/lab.ts'

export interface Goal {
  readonly name: string
  /** `≤` or `≥` this. */
  readonly relation: '≤' | '≥'
  readonly bound: number
  /** What would be better still, or null. */
  readonly stretch: number | null
  readonly unit: '×' | '%' | 's'
  /** The best that a comparable library was seen to reach, in words. */
  readonly peer: string
  /** What the run reached; the worst where several loads count. Null when it was not measured. */
  readonly reached: (run: RunFile) => number | null
}

export interface Judgement {
  readonly goal: Goal
  readonly reached: number | null
  readonly verdict: 'stretch reached' | 'reached' | 'missed' | 'not measured'
}

export function judge(run: RunFile): Judgement[] {
  return GOALS.map((goal) => {
    const reached = goal.reached(run)
    const holds = (bound: number) => (goal.relation === '≤' ? reached! <= bound : reached! >= bound)
    if (reached === null) return { goal, reached, verdict: 'not measured' }
    if (!holds(goal.bound)) return { goal, reached, verdict: 'missed' }
    const stretched = goal.stretch !== null && holds(goal.stretch)
    return { goal, reached, verdict: stretched ? 'stretch reached' : 'reached' }
  })
}

type Reached = Goal['reached']

/** Figures of one subject: those under all loads that have these words in common. */
function figures(run: RunFile, subject: string, scenario: string, metric: string, at: Figure['at'] = {}) {
  return run.figures.filter(
    (figure) =>
      figure.subject === subject &&
      figure.scenario === scenario &&
      figure.metric === metric &&
      Object.entries(at).every(([name, value]) => figure.at[name] === value),
  )
}

const worst = (values: readonly number[]) => (values.length === 0 ? null : Math.max(...values))

/** The largest ratio to raw TCP over all loads. */
const ratio =
  (subject: string, scenario: string, metric: string, at?: Figure['at']): Reached =>
  (run) =>
    worst(figures(run, subject, scenario, metric, at).flatMap((figure) => figure.ratio?.median ?? []))

const cpu = (subject: string): Reached => ratio(subject, 'fan-out', 'cpu-per-delivery', { burst: 1 })
const rss = (subject: string): Reached => ratio(subject, 'idle', 'rss-per-connection')

/** Against another subject than raw TCP, load by load, by medians. */
const against =
  (subject: string, other: string, at: Figure['at']): Reached =>
  (run) =>
    worst(
      figures(run, subject, 'fan-out', 'cpu-per-delivery', at).flatMap((figure) => {
        const same = figures(run, other, 'fan-out', 'cpu-per-delivery', figure.at)
        const twin = same.find((one) => keyOf(one.at) === keyOf(figure.at))
        return twin ? [figure.median / twin.median] : []
      }),
    )

/** How much dearer a delivery is at the most subscribers than at the fewest. */
function growthOf(run: RunFile, subject: string): number | null {
  const all = figures(run, subject, 'fan-out', 'cpu-per-delivery', { burst: 1 })
  const sorted = [...all].sort((a, b) => Number(a.at.subscribers) - Number(b.at.subscribers))
  const [first, last] = [sorted[0], sorted.at(-1)]
  return first && last && first !== last ? last.median / first.median : null
}

const growth =
  (subject: string): Reached =>
  (run) => {
    const [ours, floors] = [growthOf(run, subject), growthOf(run, FLOOR)]
    return ours !== null && floors !== null ? ours / floors : null
  }

const OVERLOAD = 800_000
const CARRIED = 200_000

const carried =
  (subject: string): Reached =>
  (run) =>
    figures(run, subject, 'fan-out', 'carried', { offered: OVERLOAD })[0]?.median ?? null

/** Its p99 under four times the load, against its own. */
const lateUnderLoad =
  (subject: string): Reached =>
  (run) => {
    const at = (offered: number) => figures(run, subject, 'fan-out', 'p99', { offered })[0]?.median
    const [much, less] = [at(OVERLOAD), at(CARRIED)]
    return much !== undefined && less !== undefined ? much / less : null
  }

type Line = readonly [
  name: string,
  relation: Goal['relation'],
  bound: number,
  stretch: number | null,
  unit: Goal['unit'],
  peer: string,
  reached: Reached,
]

const isWholeQuickRun = (run: RunFile) =>
  run.profile === 'quick' &&
  !run.interrupted &&
  PROFILES.quick.scenarios.every((name) => run.figures.some(({ scenario }) => scenario === name)) &&
  WITH_SERVER.every((name) => run.figures.some(({ subject }) => subject === name))

const LINES: readonly Line[] = [
  [
    'WebSocket: CPU per delivery',
    '≤',
    1.1,
    null,
    '×',
    'ws 1.2 to 1.4, Socket.IO 1.4 to 2.1',
    cpu('websocket'),
  ],
  [
    'WebSocket, compressed once for all: CPU per delivery',
    '≤',
    1.15,
    null,
    '×',
    'ws + permessage-deflate 7 to 11',
    cpu('websocket-compressed'),
  ],
  ['SSE: CPU per delivery', '≤', 1.1, null, '×', 'better-sse 1.6 to 2.4', cpu('sse')],
  [
    'long polling: CPU per delivery',
    '≤',
    3.5,
    2,
    '×',
    'Socket.IO by polling 3.5 to 7.2',
    cpu('long-polling'),
  ],
  [
    'WebSocket: CPU per delivery in bursts of 16, against Socket.IO',
    '≤',
    1 / 15,
    null,
    '×',
    'Socket.IO 1',
    against('websocket', 'socket.io-websocket', { burst: 16 }),
  ],
  ['WebSocket: growth of CPU per delivery, against raw TCP’s', '≤', 1.1, null, '×', '', growth('websocket')],
  ['SSE: growth of CPU per delivery, against raw TCP’s', '≤', 1.1, null, '×', '', growth('sse')],
  ['WebSocket: carried of 800 k/s offered', '≥', 99, null, '%', 'Socket.IO 18', carried('websocket')],
  ['SSE: carried of 800 k/s offered', '≥', 99, null, '%', 'Socket.IO 18', carried('sse')],
  [
    'WebSocket: p99 at 800 k/s, against its own at 200 k/s',
    '≤',
    4,
    null,
    '×',
    '',
    lateUnderLoad('websocket'),
  ],
  ['SSE: p99 at 800 k/s, against its own at 200 k/s', '≤', 4, null, '×', '', lateUnderLoad('sse')],
  [
    'WebSocket: p50 publish to receive',
    '≤',
    1.2,
    null,
    '×',
    '1.2 to 1.4',
    ratio('websocket', 'latency', 'p50'),
  ],
  [
    'WebSocket: p99 publish to receive',
    '≤',
    1.5,
    null,
    '×',
    '1.2 to 1.4',
    ratio('websocket', 'latency', 'p99'),
  ],
  ['SSE: p50 publish to receive', '≤', 1.2, null, '×', '1.2 to 1.4', ratio('sse', 'latency', 'p50')],
  ['SSE: p99 publish to receive', '≤', 1.5, null, '×', '1.2 to 1.4', ratio('sse', 'latency', 'p99')],
  ['WebSocket: RSS per idle connection', '≤', 2.5, 1.35, '×', 'Socket.IO 4.9', rss('websocket')],
  ['SSE: RSS per idle connection', '≤', 3.8, 1.5, '×', 'better-sse 6.9', rss('sse')],
  [
    'long polling: RSS per idle connection',
    '≤',
    3.8,
    1.5,
    '×',
    'Socket.IO by polling 6.4',
    rss('long-polling'),
  ],
  [
    'npm run bench, quick profile, all transports',
    '≤',
    90,
    null,
    's',
    '',
    (run) => (isWholeQuickRun(run) ? run.seconds : null),
  ],
]

export const GOALS: readonly Goal[] = LINES.map(([name, relation, bound, stretch, unit, peer, reached]) => ({
  name,
  relation,
  bound,
  stretch,
  unit,
  peer,
  reached,
}))
