/**
 * Which one to take: from what each would cost ({@link Answer}) and three things that no figure tells, one pick, a
 * runner-up, and for each of the others the reason why not.
 *
 * What is ruled out comes first: too late, more than one process can do, kept from the reader by what lies between.
 * Of what is left, bytes and server CPU decide: each is as good as the worse of its two costs, as a multiple of the
 * least that any of them has. What differs by less than the spread is no difference; then the simpler one is taken.
 */
import { type Answer, QUANTITIES, type Quantity, type QuantityName } from '../answer.ts'
import { effortOf, isLesson, type Kind, kindOf } from './kinds.ts'

/** What a reader knows of the readers' browsers and of the way to them. */
export interface Situation {
  /** The browser sends more than it reads. */
  readonly writesMuch: boolean
  /** A proxy on the way hands on an answer only when it is whole. */
  readonly bufferingProxy: boolean
  /** More than two tabs of one browser, over HTTP/1.1. */
  readonly manyTabs: boolean
}

export type Reason =
  | { readonly code: 'late'; readonly ms: number }
  | { readonly code: 'process'; readonly cores: number }
  | { readonly code: 'buffered' | 'connections' | 'program' | 'lesson' }
  /** It writes by a request for each message, and another one does not. */
  | { readonly code: 'writes' }
  /** A figure that decides is missing, or was seen in part: `scenario` would measure it. */
  | { readonly code: 'unmeasured'; readonly scenario: string }
  /** No difference beyond the spread, and less simple. */
  | { readonly code: 'same' }
  /** How many times the pick's cost: 1 where there is no difference beyond the spread. */
  | { readonly code: 'dearer'; readonly factors: Readonly<Record<Deciding, number>> }

export type Deciding = 'bytes' | 'cpu'
const DECIDING = ['bytes', 'cpu'] as const

export interface Refusal {
  readonly answer: Answer
  readonly reason: Reason
}

export interface Choice {
  /** Null when none that was measured will do. */
  readonly pick: Answer | null
  /** Those that the pick cannot be told from, and is simpler than. */
  readonly same: readonly Answer[]
  readonly runnerUp: Refusal | null
  /** The others, the best first. */
  readonly not: readonly Refusal[]
}

/** Less than this, as a factor, decides nothing, however narrow the spread is: the report draws its line there too. */
const SLIGHT = 1.05
/** A process of Node has one thread for all that decides here. */
const CORES_OF_A_PROCESS = 1

export function choose(all: readonly Answer[], situation: Situation): Choice {
  const refused: Refusal[] = []
  let left: Answer[] = []
  for (const answer of all) {
    const reason = ruledOut(answer, situation)
    if (reason) refused.push({ answer, reason })
    else left.push(answer)
  }
  const able = left
  const writes = (answer: Answer) => kindOf(answer.subject.name) === 'socket'
  if (situation.writesMuch && left.some(writes)) left = left.filter(writes)

  const ranked = left.map((answer) => ({ answer, score: scoreOf(answer, able) }))
  ranked.sort((a, b) => a.score - b.score)
  const best = ranked[0]
  if (!best) return { pick: null, same: [], runnerUp: null, not: sorted(refused) }
  const tied = ranked.map(({ answer }) => answer).filter((answer) => isSame(answer, best.answer))
  const pick = tied.reduce((a, b) => (effortOf(b.subject.name) < effortOf(a.subject.name) ? b : a))

  const others = able
    .filter((answer) => answer !== pick)
    .map((answer): Refusal => ({ answer, reason: reasonAgainst(answer, pick, tied, situation) }))
    .sort((a, b) => scoreOf(a.answer, able) - scoreOf(b.answer, able))
  const runnerUp = others.find((one) => isAnotherWay(one.answer, pick)) ?? others[0] ?? null
  return {
    pick,
    same: tied.filter((answer) => answer !== pick),
    runnerUp,
    not: [...others.filter((one) => one !== runnerUp), ...sorted(refused)],
  }
}

/** A reader is helped more by another way to do it than by the same one with another name. */
const isAnotherWay = (one: Answer, pick: Answer) =>
  kindOf(one.subject.name) !== kindOf(pick.subject.name) || kindOf(one.subject.name) === null

function ruledOut(answer: Answer, { bufferingProxy, manyTabs }: Situation): Reason | null {
  const { latency, cpu } = answer.quantities
  const kind = kindOf(answer.subject.name)
  if (kind === 'program') return { code: 'program' }
  if (isLesson(answer.subject.name)) return { code: 'lesson' }
  if (bufferingProxy && kind === 'streams') return { code: 'buffered' }
  if (manyTabs && keepsConnection(kind)) return { code: 'connections' }
  if (answer.meetsLatency === false && latency.status === 'measured')
    return { code: 'late', ms: latency.value }
  if (cpu.status === 'measured' && cpu.value > CORES_OF_A_PROCESS)
    return { code: 'process', cores: cpu.value }
  const scenario = missing(answer)
  return scenario === null ? null : { code: 'unmeasured', scenario }
}

/** One of the six that a browser opens to a server over HTTP/1.1. A WebSocket is not among them. */
const keepsConnection = (kind: Kind | null) => kind === 'streams' || kind === 'holds'

/** Which scenario would measure what is missing here; null when nothing is. None wins by what was not seen. */
function missing({ quantities }: Answer): string | null {
  for (const name of QUANTITIES) {
    const quantity = quantities[name]
    if (name !== 'latency' && name !== 'bytes' && name !== 'cpu') continue
    if (quantity.status === 'not measured') return quantity.scenario
    if (quantity.incomplete) return 'idle'
  }
  return null
}

/** The worse of its costs, each as a multiple of the least among `all`. */
function scoreOf(answer: Answer, all: readonly Answer[]): number {
  const parts = DECIDING.map((name) =>
    multiple(known(answer, name).value, Math.min(...all.map((one) => known(one, name).value))),
  )
  return Math.max(...parts)
}

/** Nothing at all may be the least: what is also nothing is as good, and all else is worse. */
function multiple(cost: number, least: number): number {
  if (least > 0) return cost / least
  return cost > 0 ? Number.POSITIVE_INFINITY : 1
}

/** How many times the other's cost; 1 where they differ by less than the spread, or slightly. */
function factorOf(one: Answer, other: Answer, name: Deciding): number {
  const [mine, its] = [known(one, name), known(other, name)]
  const apart = mine.range[0] > its.range[1] || mine.range[1] < its.range[0]
  const factor = multiple(mine.value, its.value)
  return apart && (factor >= SLIGHT || factor <= 1 / SLIGHT) ? factor : 1
}

const isSame = (one: Answer, other: Answer) => DECIDING.every((name) => factorOf(one, other, name) === 1)

function reasonAgainst(
  answer: Answer,
  pick: Answer,
  tied: readonly Answer[],
  { writesMuch }: Situation,
): Reason {
  if (writesMuch && kindOf(pick.subject.name) === 'socket' && kindOf(answer.subject.name) !== 'socket')
    return { code: 'writes' }
  if (tied.includes(answer)) return { code: 'same' }
  const factors = { bytes: factorOf(answer, pick, 'bytes'), cpu: factorOf(answer, pick, 'cpu') }
  return factors.bytes === 1 && factors.cpu === 1 ? { code: 'same' } : { code: 'dearer', factors }
}

const known = ({ quantities }: Answer, name: QuantityName) =>
  quantities[name] as Extract<Quantity, { status: 'measured' }>

/** What can be mended is nearer than what cannot. */
const ORDER: readonly Reason['code'][] = [
  'late',
  'process',
  'buffered',
  'connections',
  'unmeasured',
  'lesson',
  'program',
]
const sorted = (refused: readonly Refusal[]) =>
  refused.toSorted((a, b) => ORDER.indexOf(a.reason.code) - ORDER.indexOf(b.reason.code))
