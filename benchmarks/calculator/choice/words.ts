/** The answer in words: nothing that its figures do not show. */
import type { Answer } from '../answer.ts'
import { bytes, cores, duration, round } from '../words.ts'
import type { Choice, Deciding, Reason, Refusal, Situation } from './choose.ts'
import { type Kind, kindOf } from './kinds.ts'

const MONTH_S = 30 * 24 * 3_600
const list = new Intl.ListFormat('en')

/** Two digits: enough to choose by. */
const rough = (value: number) => Number(value.toPrecision(2))

/** "short polling" within a sentence, where a name such as WebSocket keeps its capital, and one with a comma gets marks. */
export function inSentence({ subject: { title } }: Answer): string {
  if (title.includes(',')) return `“${title}”`
  return /^[A-Z][a-z]+ [a-z]/.test(title) ? title.charAt(0).toLowerCase() + title.slice(1) : title
}

export const amountOf = (answer: Answer, what: Deciding): string => {
  const quantity = answer.quantities[what]
  return quantity.status === 'measured' ? COSTS[what](quantity.value) : 'not measured'
}

const COSTS: Readonly<Record<Deciding, (value: number) => string>> = {
  bytes: (value) => `${bytes(rough(value * MONTH_S))} a month`,
  cpu: (value) => cores(rough(value)),
}

const within = ({ quantities: { latency } }: Answer) =>
  latency.status === 'measured' ? duration(rough(latency.value)) : 'a time that was not measured'

/** "Take SSE: 99 of 100 within 19 ms, 80 GB a month and 0.35 % of a core; WebSocket if the browser sends more than it reads." */
export function answerSentence(choice: Choice, wishedMs: number, situation: Situation): string {
  const { pick, runnerUp } = choice
  if (!pick) return noneSentence(choice, wishedMs)
  const asking = pick.intervalMs === null ? '' : `, asking every ${duration(rough(pick.intervalMs))}`
  const take = `Take ${inSentence(pick)}${asking}: 99 of 100 within ${within(pick)}, ${amountOf(pick, 'bytes')} and ${amountOf(pick, 'cpu')}`
  const when = runnerUp && whenOf(runnerUp.answer, pick, situation)
  return when ? `${take}; ${inSentence(runnerUp.answer)} ${when}.` : `${take}.`
}

function noneSentence({ not }: Choice, wishedMs: number): string {
  const late = not.flatMap(({ answer, reason }) =>
    reason.code === 'late' ? [{ answer, ms: reason.ms }] : [],
  )
  const [quickest] = late.toSorted((a, b) => a.ms - b.ms)
  if (quickest) {
    const are = not.length === late.length ? 'None that was measured is' : 'None that is left is'
    return `${are} within ${duration(wishedMs)}: the quickest, ${inSentence(quickest.answer)}, needs ${duration(rough(quickest.ms))} for 99 of 100.`
  }
  const heavy = not.flatMap(({ answer, reason }) =>
    reason.code === 'process' ? [{ answer, needs: reason.cores }] : [],
  )
  const [leanest] = heavy.toSorted((a, b) => a.needs - b.needs)
  if (leanest)
    return `One process is too little: the leanest that is left, ${inSentence(leanest.answer)}, needs ${cores(rough(leanest.needs))}.`
  if (not.every(({ reason: { code } }) => code === 'unmeasured'))
    return 'None can be named: what would decide was not measured in this run.'
  return 'None that was measured will do. What speaks against each stands below: change what can be changed.'
}

/** In which case the other is the better one; null when nothing is known that would make it so. */
export function whenOf(other: Answer, pick: Answer, { writesMuch }: Situation): string | null {
  const kind = kindOf(other.subject.name)
  if (kind === null || kind === kindOf(pick.subject.name)) return null
  if (kind === 'socket' && writesMuch) return null
  const isSooner = kindOf(pick.subject.name) === 'asks' && (kind === 'streams' || kind === 'holds')
  return isSooner ? 'if a message must come sooner' : WHEN[kind]
}

const WHEN: Readonly<Record<Kind, string | null>> = {
  asks: 'if readers can wait, and the server should keep no connection open',
  streams: 'if the browser mostly reads',
  holds: 'if something on the way passes only whole answers',
  socket: 'if the browser sends more than it reads',
  program: null,
  chooses: null,
}

/** Why the pick and not what is beside it, where the figures are silent; null when they speak. */
export function sameSentence({ pick, same }: Choice): string | null {
  if (!pick || same.length === 0) return null
  const others = list.format(same.map(inSentence))
  return `No difference beyond the spread between ${inSentence(pick)} and ${others}: take the simpler one.`
}

/** What speaks against it, as the rest of a line that begins with its name. */
export function reasonInWords(reason: Reason, pick: Answer | null): string {
  switch (reason.code) {
    case 'late':
      return `too late: 99 of 100 within ${duration(rough(reason.ms))}`
    case 'process':
      return `${cores(rough(reason.cores))}: more than one process can use`
    case 'buffered':
      return 'the proxy would hold back an answer that never ends'
    case 'connections':
      return 'each tab keeps one of the six connections of HTTP/1.1'
    case 'program':
      return 'a browser cannot open it'
    case 'lesson':
      return 'the same protocol as WebSocket, written out to be read'
    case 'writes':
      return 'each message that the browser sends is a request of its own'
    case 'unmeasured':
      return `not measured: npm run bench -- --scenario ${reason.scenario}`
    case 'same':
      return `no difference beyond the spread, and ${pick ? inSentence(pick) : 'another'} is simpler`
    case 'dearer': {
      const parts = (['bytes', 'cpu'] as const).map((name) => ({
        factor: reason.factors[name],
        words: timesTheCost(reason.factors[name], name),
      }))
      const more = parts.filter(({ factor }) => factor > 1).map(({ words }) => words)
      const less = parts.filter(({ factor }) => factor < 1).map(({ words }) => words)
      return [...(more.length > 0 ? [list.format(more)] : []), ...less].join(', for ')
    }
  }
}

const NAMES: Readonly<Record<Deciding, string>> = { bytes: 'the bytes', cpu: 'the server CPU' }

const timesTheCost = (factor: number, name: Deciding): string =>
  factor === Number.POSITIVE_INFINITY
    ? `${NAMES[name]}, where it needs none`
    : `${round(rough(factor))} × ${NAMES[name]}`

/** The runner-up's line, without its name: when to take it, and what it costs. */
export function runnerUpInWords({ answer, reason }: Refusal, pick: Answer, situation: Situation): string {
  const when = whenOf(answer, pick, situation)
  return [when, reasonInWords(reason, pick)].filter((part) => part !== null).join('; ')
}
