import type { FastifyRequest } from 'fastify'
import { describe, expect, it } from 'vitest'
import { ChatError } from '../../wire/errors.ts'
import { createSignInLimits } from './identity-limits.ts'
import { BURST_S, createBuckets, createRateLimit, MAX_WRITERS, writersOf } from './rate-limit.ts'

const RATE = 10
const BURST = RATE * BURST_S

function createFixture() {
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
    const { admitted, pass } = createFixture()
    expect(admitted('ada', 100)).toBe(BURST)
    pass(1_000)
    expect(admitted('ada', 100)).toBe(RATE)
    pass(1_000 / RATE)
    expect(admitted('ada', 100)).toBe(1)
  })

  it('has no more than a burst, however long it kept quiet', () => {
    const { admitted, pass } = createFixture()
    admitted('ada', 5)
    pass(3_600_000)
    expect(admitted('ada', 100)).toBe(BURST)
  })

  it('is told when to come again, in whole seconds, and is admitted then', () => {
    const { admitted, refusal, pass } = createFixture()
    admitted('ada', BURST)
    expect(refusal('ada')).toMatchObject({ code: 'too-many-requests', status: 429, retryAfterS: 1 })
    pass(1_000)
    expect(refusal('ada')).toBeNull()
  })

  it('is not punished for tries that were refused', () => {
    const { admitted, pass } = createFixture()
    admitted('ada', 10_000)
    pass(1_000)
    expect(admitted('ada', 100)).toBe(RATE)
  })

  it('does not pay for another', () => {
    const { admitted } = createFixture()
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
  const { admitted, refusal } = createFixture()
  admitted('first', BURST)
  for (let i = 0; i < MAX_WRITERS - 1; i++) admitted(`w${i}`, 1)
  expect(refusal('first')).not.toBeNull()
  admitted('one too many', 1)
  expect(refusal('first')).toBeNull()
})

it('gives the one token of a full bucket at any moment, whatever its fractions add up to', () => {
  let time = 0
  const admit = createBuckets({ perSecond: 0.5, burst: 1, words: 'slowly' }, () => time)
  const refused: number[] = []
  for (let i = 0; i < 10_000; i++) {
    time += 2_000 + Math.PI * i
    if (refusalOf(() => admit('ada'))) refused.push(time)
    expect(refusalOf(() => admit('ada'))).not.toBeNull()
  }
  expect(refused).toEqual([])
})

describe('several buckets', () => {
  it('must all have a token, and give one each or none', () => {
    let time = 0
    const admit = createBuckets({ perSecond: 1, burst: 2, words: 'slowly' }, () => time)
    admit('person')
    admit('person')
    const refused = refusalOf(() => admit('address', 'person'))
    expect(refused).toMatchObject({ message: 'slowly', retryAfterS: 1 })
    admit('address') // the refusal took nothing from it
    admit('address')
    expect(refusalOf(() => admit('address'))).not.toBeNull()
    time = 1_000
    admit('address', 'person')
    expect(refusalOf(() => admit('person'))).not.toBeNull()
  })

  it('are an address and a person, who may have many', () => {
    const address = '2001:db8::1'
    expect(writersOf(address, null)).toEqual(['2001:db8:0:0::/64'])
    const person = { id: 'a1', name: '2001:db8:0:0::/64', kind: 'guest' } as const
    expect(writersOf(address, person)).toEqual(['2001:db8:0:0::/64', 'person a1'])
  })
})

it('signing in is limited by address too, for guests as for members', () => {
  const limits = createSignInLimits(() => 0)
  for (let i = 0; i < 50; i++) {
    limits.admitNew(requestFrom('192.0.2.1'))
    limits.admitTry(requestFrom('192.0.2.1'), `name ${i}`)
  }
  for (const act of [limits.admitNew, (one: FastifyRequest) => limits.admitTry(one, 'another')]) {
    expect(refusalOf(() => act(requestFrom('192.0.2.1')))).toMatchObject({
      code: 'too-many-requests',
      retryAfterS: 1,
    })
    expect(refusalOf(() => act(requestFrom('192.0.2.2')))).toBeNull()
  }
})

const requestFrom = (ip: string) => ({ ip, raw: { socket: { remoteAddress: ip } } }) as FastifyRequest
