import { expect, it } from 'vitest'
import { answers } from '../answer.ts'
import { USUAL_QUESTION } from '../question.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { choose, type Situation } from './choose.ts'
import { answerSentence, inSentence, reasonInWords, sameSentence, whenOf } from './words.ts'

const NONE: Situation = { writesMuch: false, bufferingProxy: false, manyTabs: false }
const QUESTION = { ...USUAL_QUESTION, clients: 100, messagesPerMinute: 60, latencyMs: 2_000 }

/** The synthetic run, its subjects under names of which it is known how they work. */
function said(changed: Partial<typeof QUESTION> = {}, situation = NONE, jitter = 0.01) {
  const names: Record<string, [string, string]> = {
    told: ['sse', 'SSE'],
    clock: ['short-polling', 'Short polling'],
    held: ['websocket', 'WebSocket'],
  }
  const question = { ...QUESTION, ...changed }
  const all = answers(syntheticRun(jitter), question).map((answer) => {
    const [name, title] = names[answer.subject.name]!
    return { ...answer, subject: { ...answer.subject, name, title } }
  })
  const choice = choose(all, situation)
  return { choice, sentence: answerSentence(choice, question.latencyMs, situation) }
}

it('the answer is one sentence: which, how late, how many bytes, how much of a core, and when the other', () => {
  expect(said().sentence).toMatch(
    /^Take SSE: 99 of 100 within [\d.]+ m?s, [\d.]+ [kMG]B a month and [\d.]+ % of a core; \S.* if .+\.$/,
  )
})

it('it has another answer to a browser that sends more than it reads', () => {
  expect(said({}, { ...NONE, writesMuch: true }).sentence).toMatch(
    /^Take WebSocket: .*; SSE if the browser mostly reads\.$/,
  )
})

it('it says of polling how often is asked', () => {
  const { choice } = said()
  const polling = choice.not.concat(choice.runnerUp ?? []).find(({ answer }) => answer.intervalMs !== null)!
  const only = { pick: polling.answer, same: [], runnerUp: null, not: [] }
  expect(answerSentence(only, 2_000, NONE)).toMatch(/^Take short polling, asking every [\d.]+ s: /)
})

it('it says what is nearest when nothing is quick enough', () => {
  expect(said({ latencyMs: 1 }).sentence).toMatch(
    /within 1 ms: the quickest, \S+, needs [\d.]+ m?s for 99 of 100\.$/,
  )
})

it('it says how many cores are wanted when one process is too little', () => {
  expect(said({ clients: 10_000_000, latencyMs: 3_600_000 }).sentence).toMatch(
    /^One process is too little: the leanest that is left, .+, needs [\d,]+ cores\.$/,
  )
})

it('it claims no difference of what cannot be told apart, and only of that', () => {
  const { choice } = said()
  expect(sameSentence(choice)).toBeNull()
  expect(sameSentence({ ...choice, same: [choice.runnerUp!.answer] })).toMatch(
    /^No difference beyond the spread between SSE and .+: take the simpler one\.$/,
  )
})

it('a factor is said with what it buys', () => {
  const of = (bytes: number, cpu: number) => reasonInWords({ code: 'dearer', factors: { bytes, cpu } }, null)
  expect(of(14.2, 10.1)).toBe('14 × the bytes and 10 × the server CPU')
  expect(of(0.58, 4)).toBe('4 × the server CPU, for 0.58 × the bytes')
  expect(of(1, 1.6)).toBe('1.6 × the server CPU')
  expect(of(Number.POSITIVE_INFINITY, 1)).toBe('the bytes, where it needs none')
})

it('a name keeps its capital within a sentence, and a description does not', () => {
  const { choice } = said()
  const named = (title: string) =>
    inSentence({ ...choice.pick!, subject: { ...choice.pick!.subject, title } })
  expect(
    ['Short polling', 'SSE', 'WebSocket', 'Socket.IO over polling', 'WebSocket, compressed'].map(named),
  ).toEqual(['short polling', 'SSE', 'WebSocket', 'Socket.IO over polling', '“WebSocket, compressed”'])
})

it('nothing is said of when to take one of which nothing is known', () => {
  const { choice } = said()
  const stranger = { ...choice.pick!, subject: { ...choice.pick!.subject, name: 'of a learner' } }
  expect(whenOf(stranger, choice.pick!, NONE)).toBeNull()
})
