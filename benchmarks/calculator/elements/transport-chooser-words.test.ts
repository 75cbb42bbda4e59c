import { expect, it } from 'vitest'
import { answers } from '../answer.ts'
import { USUAL_QUESTION } from '../question.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { cheapestSentences, crossingSentence, latencySentence } from './transport-chooser-words.ts'

const question = { ...USUAL_QUESTION, clients: 100, messagesPerMinute: 60, latencyMs: 500, pollMs: 1_000 }
const of = (changed = {}, run = syntheticRun(0.05)) => answers(run, { ...question, ...changed })

it('says which subjects meet the latency, and which do not', () => {
  expect(latencySentence(of(), 500)).toBe(
    '99 of 100 messages within 500 ms: Told and Held. Later than that: By the clock (asking every 1 s).',
  )
  expect(latencySentence(of({ latencyMs: 1 }), 1)).toBe(
    '99 of 100 messages within 1 ms: none that was measured.',
  )
})

it('says who of them costs least', () => {
  expect(cheapestSentences(of())).toEqual([
    'Fewest bytes: Told.',
    'Fewest requests: Told.',
    'Least server CPU: Told.',
    'Least server memory: Told.',
  ])
})

it('names no winner within the spread', () => {
  const close = cheapestSentences(of({ latencyMs: 2_000 }, syntheticRun(0.2)))
  expect(close).toContain('Least server memory: Told and By the clock, with no difference beyond the spread.')
  expect(cheapestSentences(of({}, syntheticRun(0.9)))).toContain(
    'Fewest bytes: no difference beyond the spread.',
  )
})

it('lets no subject win by a cost that was not seen', () => {
  const run = syntheticRun()
  const seen = run.figures.filter((one) => !(one.subject === 'told' && one.metric.endsWith('-per-minute')))
  const sentences = cheapestSentences(
    of({ latencyMs: 2_000, messagesPerMinute: 6 }, { ...run, figures: seen }),
  )
  expect(sentences).toContain('Fewest bytes: Held. Told cannot be told: seen in part.')
})

it('says where two change places', () => {
  const [told, clock] = of().map(({ subject }) => subject)
  expect(crossingSentence({ below: told!, above: clock!, messagesPerMinute: 960 }, 'bytes')).toBe(
    'Below 960 messages a minute, Told costs fewer bytes than By the clock; above, more.',
  )
})
