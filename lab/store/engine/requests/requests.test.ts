/** The way in memory keeps what every way by which servers ask each other keeps. */
import { describe, expect, it } from 'vitest'
import { REQUESTS_CASES } from '../../../verify/engines/copies/requests-cases.ts'
import { createMemoryRequests, type Requests } from './requests.ts'

const MS = 50

describe('questions in memory', () => {
  it.each(REQUESTS_CASES)('$name', ({ run }) => {
    const requests = createMemoryRequests()
    return run(async () => requests.open(), MS)
  })
})

/** Mistakes, by the way that has them. */
const DEFECTS: readonly (readonly [string, number, (way: Requests) => Requests])[] = [
  [
    'answers by whichever server',
    0,
    (way) => ({ ...way, ask: async (_s, question, ms) => (await way.askAll(question, ms))[0]! }),
  ],
  [
    'does not ask itself',
    1,
    (way) => ({ ...way, askAll: async (question, ms) => (await way.askAll(question, ms)).slice(1) }),
  ],
  [
    'never stops',
    2,
    (way) => ({
      ...way,
      serve(...all) {
        way.serve(...all)
        return () => {}
      },
    }),
  ],
  [
    'cuts what is long',
    3,
    (way) => ({ ...way, ask: async (...all) => (await way.ask(...all)).subarray(0, 200_000) }),
  ],
]

describe('a way with a defect', () => {
  it.each(DEFECTS)('that %s: found by a case', async (_name, index, changed) => {
    const requests = createMemoryRequests()
    const running = REQUESTS_CASES[index]!.run(async () => changed(requests.open()), MS)
    await expect(running).rejects.toThrow()
  })
})
