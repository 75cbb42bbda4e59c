import { describe, expect, it } from 'vitest'
import { ChatError } from '../wire/errors.ts'
import { BURST_S, createRateLimit, MAX_WRITERS } from './rate-limit.ts'

const RATE = 10
const BURST = RATE * BURST_S

function createStage() {
  let time = 1_000_000
  const admit = createRateLimit(RATE, () => time)
  return {
    pass: (ms: number) => (time += ms),
    /** How many of `count` tries are admitted. */
    admitted: (writer: string, count: number) =>
      Array.from({ length: count }).filter(() => refusalOf(() => admit(writer)) === null).length,
    refusal: (writer: string) => refusalOf(() => admit(writer)),
  }
}

function refusalOf(act: () => void): ChatError | null {
  try {
    act()
    return null
  } catch (error) {
    if (error instanceof ChatError) return error
    throw error
  }
}

describe('a writer', () => {
  it('may send a burst, and then as fast as the bucket fills', () => {
    const { admitted, pass } = createStage()
    expect(admitted('ada', 100)).toBe(BURST)
    pass(1_000)
    expect(admitted('ada', 100)).toBe(RATE)
    pass(1_000 / RATE)
    expect(admitted('ada', 100)).toBe(1)
  })

  it('has no more than a burst, however long it kept quiet', () => {
    const { admitted, pass } = createStage()
    admitted('ada', 5)
    pass(3_600_000)
    expect(admitted('ada', 100)).toBe(BURST)
  })

  it('is told when to come again, in whole seconds, and is admitted then', () => {
    const { admitted, refusal, pass } = createStage()
    admitted('ada', BURST)
    expect(refusal('ada')).toMatchObject({ code: 'too-many-requests', status: 429, retryAfterS: 1 })
    pass(1_000)
    expect(refusal('ada')).toBeNull()
  })

  it('is not punished for tries that were refused', () => {
    const { admitted, pass } = createStage()
    admitted('ada', 10_000)
    pass(1_000)
    expect(admitted('ada', 100)).toBe(RATE)
  })

  it('does not pay for another', () => {
    const { admitted } = createStage()
    admitted('ada', 100)
    expect(admitted('bob', 100)).toBe(BURST)
  })
})

it('gives the first who comes a token, at whatever time that is', () => {
  const times = Array.from({ length: 1_000 }, (_, index) => index * 17.123_456_789 + 0.1)
  const refused = times.filter((time) => refusalOf(() => createRateLimit(0.5, () => time)('ada')) !== null)
  expect(refused).toEqual([])
})

it('remembers a bounded number of writers, and forgets who wrote longest ago', () => {
  const { admitted, refusal } = createStage()
  admitted('first', BURST)
  for (let i = 0; i < MAX_WRITERS - 1; i++) admitted(`w${i}`, 1)
  expect(refusal('first')).not.toBeNull()
  admitted('one too many', 1)
  expect(refusal('first')).toBeNull()
})
