/**
 * Which one for me? For each subject of a run: what so many clients and messages would cost, and whether
 * the wished latency is met, reckoned from that run's own figures and from nothing else.
 *
 * Not counted: publishing, which costs the same whichever way the readers are served; TLS; what TCP and IP add to
 * each packet; the kernel's memory for sockets.
 */
import { median, spread } from '../measure/statistics.ts'
import type { RunFile, SubjectInfo } from '../run-file.ts'
import { type Curve, stretched, valueAt } from './curve.ts'
import { between, isBeyond, type Measured, measured, type Pick } from './measured.ts'
import type { Question } from './question.ts'
import { count, round } from './words.ts'

export const QUANTITIES = ['latency', 'bytes', 'requests', 'cpu', 'memory'] as const
export type QuantityName = (typeof QUANTITIES)[number]

/** Units: latency in ms (p99); bytes and requests per second; cpu in cores; memory in bytes. */
export type Quantity =
  | {
      readonly status: 'measured'
      readonly value: number
      /** With the smallest and with the largest of the measured samples in the place of the middle one. */
      readonly range: readonly [number, number]
      /** The reckoning, with its numbers. */
      readonly working: string
      /** In which respects it goes beyond what was measured. */
      readonly beyond: readonly string[]
      /** A part of it was not seen, and reckoned as nothing: it is at least this. */
      readonly incomplete: boolean
    }
  | { readonly status: 'not measured'; readonly scenario: string }

export interface Answer {
  readonly subject: SubjectInfo
  /** The interval reckoned with, in milliseconds; null for a subject that does not poll on a clock. */
  readonly intervalMs: number | null
  readonly meetsLatency: boolean | null
  readonly quantities: Readonly<Record<QuantityName, Quantity>>
}

/** Those who carry messages to a browser: the floor does not. */
export const candidates = (run: RunFile): readonly SubjectInfo[] =>
  run.subjects.filter(({ kind }) => kind !== 'floor')

export const answers = (run: RunFile, question: Question): readonly Answer[] =>
  candidates(run).map((subject) => answerFor(run, subject, question))

export function answerFor(run: RunFile, subject: SubjectInfo, question: Question): Answer {
  const usual = costsOf(measured(run, subject.name, median), question)
  // The interval is one and the same; only the costs have a spread.
  const fixed = { ...question, pollMs: usual.intervalMs }
  const of = (pick: Pick) => costsOf(measured(run, subject.name, pick), fixed)
  const extremes = [of((samples) => spread(samples)[0]), of((samples) => spread(samples)[1])]
  const rate = question.messagesPerMinute / 60

  const quantity = (name: Exclude<QuantityName, 'latency'>, scenario: string): Quantity => {
    const cost = usual[name]
    if (!cost) return { status: 'not measured', scenario }
    const value = valueAt(cost.over, rate)
    const others = extremes.flatMap((one) => (one[name] ? [valueAt(one[name].over, rate)] : []))
    return { status: 'measured', value, range: spread([value, ...others]), ...cost.words }
  }
  const latency = usual.latency
  return {
    subject,
    intervalMs: usual.intervalMs,
    meetsLatency: latency && latency.value <= question.latencyMs * (1 + ROUNDING),
    quantities: {
      latency: latency
        ? {
            status: 'measured',
            value: latency.value,
            range: spread([latency.value, ...extremes.flatMap((one) => one.latency?.value ?? [])]),
            ...latency.words,
          }
        : { status: 'not measured', scenario: 'latency' },
      bytes: quantity('bytes', 'wire'),
      requests: quantity('requests', 'wire'),
      cpu: quantity('cpu', usual.needsIdle ? 'idle' : 'fan-out'),
      memory: quantity('memory', 'idle'),
    },
  }
}

/** An interval derived from a latency must meet it, whatever the last digit of the division. */
const ROUNDING = 1e-9

interface Words {
  readonly working: string
  readonly beyond: readonly string[]
  readonly incomplete: boolean
}

/** A cost over messages per second in the room, all clients together, and how it comes about. */
export interface Cost {
  readonly over: Curve
  readonly words: Words
}

export interface Costs {
  readonly intervalMs: number | null
  readonly latency: { readonly value: number; readonly words: Words } | null
  readonly bytes: Cost | null
  readonly requests: Cost | null
  readonly cpu: Cost | null
  readonly memory: Cost | null
  /** Its CPU cannot be told without knowing what a question that finds nothing costs. */
  readonly needsIdle: boolean
}

export function costsOf(known: Measured, question: Question): Costs {
  const { clients, messagesPerMinute, payloadBytes, latencyMs } = question
  const rate = messagesPerMinute / 60
  const p99 = between(known.p99Ms, clients)
  const intervalMs =
    known.intervalMs && (question.pollMs ?? longestInterval(known.intervalMs, p99, latencyMs))
  /** In which the traffic was counted, in seconds. */
  const period = intervalMs === null ? 1 : intervalMs / 1_000
  const perSecond = { x: 1 / period, y: clients / period }
  const extra = payloadBytes - known.payload

  const incomplete = known.range !== null && !known.idle && rate * period < known.range[0]
  const trafficBeyond = [
    ...(known.range && rate * period > known.range[1] * (1 + ROUNDING)
      ? [`bytes were counted up to ${count(known.range[1] / period)} messages a second`]
      : []),
    ...(incomplete ? ['what passes when nothing is published was not seen: it is reckoned as nothing'] : []),
  ]
  const traffic = (curve: Curve | null, rise: number, working: (each: number) => string): Cost | null => {
    if (!curve) return null
    const over = stretched(curve, { ...perSecond, rise: rise * clients })
    return {
      over,
      words: { working: working(valueAt(over, rate) / clients), beyond: trafficBeyond, incomplete },
    }
  }
  const both = known.bytesUp && known.bytesDown ? sumOf(known.bytesUp, known.bytesDown) : null
  const needsIdle = intervalMs !== null && !known.idle
  return {
    intervalMs,
    needsIdle,
    latency: latencyOf(known, clients, p99, intervalMs),
    bytes: traffic(both, extra, (each) => {
      const kind =
        intervalMs === null ? 'through' : `per answer, asked every ${round(intervalMs)} ms, through`
      const more = extra === 0 ? '' : `, and ${extra > 0 ? '+' : '−'}${count(Math.abs(extra))} B per message`
      return `${count(clients)} clients × ${round(each)} B/s each: ${kind} ${knots(both!)}${more}`
    }),
    requests: traffic(known.requests, 0, (each) =>
      intervalMs === null
        ? `${count(clients)} clients × ${round(each)} requests/s each: through ${knots(known.requests!)}`
        : `${count(clients)} clients ÷ ${round(period)} s`,
    ),
    cpu: needsIdle ? null : cpuOf(known, question, period),
    memory: memoryOf(known, clients),
  }
}

/** A client that polls half as often waits twice as long: p99 grows with the interval. */
function longestInterval(measuredMs: number, p99: number | null, latencyMs: number): number {
  return p99 === null || p99 <= 0 ? latencyMs : (latencyMs * measuredMs) / p99
}

function latencyOf(known: Measured, clients: number, p99: number | null, intervalMs: number | null) {
  if (p99 === null) return null
  const factor = intervalMs === null ? 1 : intervalMs / known.intervalMs!
  const working =
    intervalMs === null
      ? `p99 ${round(p99)} ms at ${count(clients)} subscribers`
      : `p99 ${round(p99)} ms when asked every ${round(known.intervalMs!)} ms, × ${round(factor)} when asked every ${round(intervalMs)} ms`
  return {
    value: p99 * factor,
    words: { working, beyond: subscribersBeyond(known.p99Ms, clients), incomplete: false },
  }
}

function cpuOf(
  known: Measured,
  { clients, messagesPerMinute, payloadBytes }: Question,
  period: number,
): Cost | null {
  const each = between(known.deliveryCpuUs, clients)
  if (each === null) return null
  const idle = (known.idle?.cpuUs ?? 0) / period
  const rate = messagesPerMinute / 60
  const beyond = subscribersBeyond(known.deliveryCpuUs, clients)
  if (clients * rate > known.deliveriesPerSecond * 1.1) {
    beyond.push(`measured up to ${count(known.deliveriesPerSecond)} deliveries a second`)
  }
  if (payloadBytes !== known.payload) beyond.push(`measured with messages of ${count(known.payload)} bytes`)
  if (!known.idle) beyond.push('what an idle client costs was not seen: it is reckoned as nothing')
  const working =
    `${count(clients)} clients × (${round(rate)} messages/s × ${round(each)} µs per delivery + ` +
    `${round(idle)} µs/s ${known.intervalMs === null ? 'when idle' : 'for asking'})`
  return {
    over: { points: [{ x: 0, y: (clients * idle) / 1e6 }], slope: (clients * each) / 1e6 },
    words: { working, beyond, incomplete: !known.idle },
  }
}

function memoryOf({ memory }: Measured, clients: number): Cost | null {
  if (!memory) return null
  const beyond =
    clients > memory.connections ? [`measured with ${count(memory.connections)} connections`] : []
  return {
    over: { points: [{ x: 0, y: clients * memory.rss }], slope: 0 },
    words: {
      working: `${count(clients)} clients × ${count(memory.rss)} B per idle connection`,
      beyond,
      incomplete: false,
    },
  }
}

const subscribersBeyond = (points: Measured['p99Ms'], clients: number): string[] =>
  isBeyond(points, clients)
    ? [`measured with ${count(points[0]!.x)} to ${count(points.at(-1)!.x)} subscribers`]
    : []

/** Both were counted at the same loads. */
function sumOf(one: Curve, other: Curve): Curve {
  const points = one.points.map(({ x, y }) => ({ x, y: y + valueAt(other, x) }))
  return { points, slope: one.slope + other.slope }
}

const knots = ({ points }: Curve): string =>
  points.map(({ x, y }) => `${round(y)} at ${round(x)} ${x === 1 ? 'message' : 'messages'}`).join(', ')
