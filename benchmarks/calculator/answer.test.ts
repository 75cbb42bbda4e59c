import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { RunFile } from '../run-file.ts'
import { type Answer, answers, type Quantity, type QuantityName } from './answer.ts'
import { type Question, USUAL_QUESTION } from './question.ts'
import { syntheticRun } from './synthetic-run.ts'

const run = syntheticRun()

function answerOf(name: string, asked: Partial<Question>, of: RunFile = run): Answer {
  const all = answers(of, { ...USUAL_QUESTION, ...asked })
  return all.find(({ subject }) => subject.name === name)!
}

function value(quantity: Quantity): number {
  if (quantity.status !== 'measured') throw new Error(`not measured: ${quantity.scenario}`)
  return quantity.value
}

const costs = (name: string, asked: Partial<Question>, of?: RunFile) => {
  const { quantities } = answerOf(name, asked, of)
  return Object.fromEntries(
    Object.entries(quantities).map(([key, quantity]) => [key, value(quantity)]),
  ) as Record<QuantityName, number>
}

const beyond = (name: string, quantity: QuantityName, asked: Partial<Question>, of?: RunFile) => {
  const found = answerOf(name, asked, of).quantities[quantity]
  return found.status === 'measured' ? found.beyond : []
}

/** One message a second to a hundred readers, asked each second: where everything was measured. */
const PLAIN = { clients: 100, messagesPerMinute: 60, payloadBytes: 120, latencyMs: 2_000, pollMs: 1_000 }

describe('what it costs', () => {
  it('is what was measured, where it was measured', () => {
    expect(costs('told', PLAIN)).toEqual({
      latency: 3,
      bytes: 100 * 200,
      requests: 0,
      cpu: expect.closeTo((100 * (10 + 60 / 60)) / 1e6, 12),
      memory: 100 * 4_000,
    })
    expect(costs('held', PLAIN)).toMatchObject({ bytes: 100 * 1_000, requests: 100, memory: 1_300_000 })
  })

  it('of asking by the clock is the question’s, and the messages’ that it finds', () => {
    expect(costs('clock', PLAIN)).toMatchObject({
      latency: 1_000,
      bytes: expect.closeTo(100 * (600 + 200 + 150), 6),
      requests: expect.closeTo(100, 9),
      cpu: expect.closeTo((100 * (20 + 1)) / 1e6, 12),
    })
    // Half as often: half the questions, and two messages in each answer.
    expect(costs('clock', { ...PLAIN, pollMs: 2_000 })).toMatchObject({
      latency: 2_000,
      bytes: expect.closeTo(100 * (400 + 150), 6),
      requests: expect.closeTo(50, 9),
      cpu: expect.closeTo((100 * (10 + 1)) / 1e6, 12),
    })
  })

  it('tells from the wire alone which subject polls on a clock, when idleness was not measured', () => {
    const awake = { ...run, figures: run.figures.filter(({ scenario }) => scenario !== 'idle') }
    expect(answerOf('clock', PLAIN, awake).intervalMs).toBe(1_000)
    expect(answerOf('held', PLAIN, awake).intervalMs).toBeNull()
    expect(answerOf('told', PLAIN, awake).intervalMs).toBeNull()
  })

  it('lies between two measured numbers of subscribers on a logarithmic scale', () => {
    expect(costs('told', { ...PLAIN, clients: 1_000 }).cpu).toBeCloseTo((1_000 * (15 + 1)) / 1e6, 12)
    expect(costs('told', { ...PLAIN, clients: 1_000 }).latency).toBeCloseTo(9, 9)
  })

  it('grows with the message by what the message grows', () => {
    for (const name of ['told', 'clock', 'held']) {
      const more = costs(name, { ...PLAIN, payloadBytes: 220 }).bytes - costs(name, PLAIN).bytes
      expect(more).toBeCloseTo(100 * 100, 6)
    }
  })

  it('when nothing is published is what idleness costs', () => {
    const silent = { ...PLAIN, messagesPerMinute: 0 }
    expect(costs('told', silent).bytes).toBeCloseTo(100, 9)
    expect(costs('clock', silent).bytes).toBeCloseTo(100 * 800, 6)
    expect(costs('held', silent)).toMatchObject({
      bytes: expect.closeTo(100 * 40, 9),
      requests: expect.closeTo(4, 9),
    })
  })

  it('never falls when there is more to do', () => {
    const asked = fc.record({
      clients: fc.integer({ min: 1, max: 1_000_000 }),
      messagesPerMinute: fc.double({ min: 0, max: 100_000, noNaN: true }),
      payloadBytes: fc.integer({ min: 1, max: 65_536 }),
      latencyMs: fc.double({ min: 1, max: 60_000, noNaN: true }),
      pollMs: fc.option(fc.double({ min: 10, max: 60_000, noNaN: true })),
    })
    const more = fc.constantFrom('clients', 'messagesPerMinute', 'payloadBytes')
    fc.assert(
      fc.property(asked, more, fc.integer({ min: 1, max: 5_000 }), (less, what, by) => {
        for (const name of ['told', 'clock', 'held']) {
          // As people ask for more, the interval stays as it is: it is no cost.
          const pollMs = answerOf(name, less).intervalMs
          const before = costs(name, { ...less, pollMs })
          const after = costs(name, { ...less, pollMs, [what]: less[what] + by })
          for (const cost of ['bytes', 'requests', 'cpu', 'memory'] as const) {
            expect(after[cost]).toBeGreaterThanOrEqual(before[cost] * (1 - 1e-9))
          }
        }
      }),
      { numRuns: 40 },
    )
  })
})

describe('the latency wished', () => {
  it('decides the interval of a subject that polls on a clock, unless it is given', () => {
    expect(answerOf('clock', { ...PLAIN, pollMs: null, latencyMs: 500 })).toMatchObject({
      intervalMs: 500,
      meetsLatency: true,
    })
    expect(answerOf('clock', { ...PLAIN, latencyMs: 500 })).toMatchObject({
      intervalMs: 1_000,
      meetsLatency: false,
    })
  })

  it('is met by a derived interval, whatever it is', () => {
    fc.assert(
      fc.property(fc.double({ min: 1, max: 3_600_000, noNaN: true }), (latencyMs) => {
        expect(answerOf('clock', { ...PLAIN, pollMs: null, latencyMs }).meetsLatency).toBe(true)
      }),
    )
  })

  it('is too much for who was slower', () => {
    expect(answerOf('told', { ...PLAIN, latencyMs: 2 }).meetsLatency).toBe(false)
    expect(answerOf('told', { ...PLAIN, latencyMs: 3 }).meetsLatency).toBe(true)
  })
})

describe('it says', () => {
  it('when it goes beyond what was measured', () => {
    expect(beyond('told', 'bytes', PLAIN)).toEqual([])
    expect(beyond('told', 'bytes', { ...PLAIN, messagesPerMinute: 60_000 })).toEqual([
      'bytes were counted up to 100 messages a second',
    ])
    expect(beyond('told', 'cpu', { ...PLAIN, clients: 100_000 })).toEqual([
      'measured with 100 to 10,000 subscribers',
      'measured up to 25,000 deliveries a second',
    ])
    expect(beyond('told', 'cpu', { ...PLAIN, payloadBytes: 500 })).toEqual([
      'measured with messages of 120 bytes',
    ])
    expect(beyond('told', 'memory', { ...PLAIN, clients: 2_000 })).toEqual([
      'measured with 1,000 connections',
    ])
  })

  it('when idleness was not seen', () => {
    const awake = { ...run, figures: run.figures.filter(({ metric }) => !metric.endsWith('-per-minute')) }
    expect(beyond('told', 'bytes', { ...PLAIN, messagesPerMinute: 6 }, awake)).toEqual([
      'what passes when nothing is published was not seen: it is reckoned as nothing',
    ])
    expect(answerOf('clock', PLAIN, awake).quantities.cpu).toEqual({
      status: 'not measured',
      scenario: 'idle',
    })
  })

  it.each([
    ['wire', 'bytes'],
    ['wire', 'requests'],
    ['fan-out', 'cpu'],
    ['idle', 'memory'],
  ] as const)('that %s is to be run for %s', (scenario, quantity) => {
    const part = { ...run, figures: run.figures.filter((figure) => figure.scenario !== scenario) }
    expect(answerOf('told', PLAIN, part).quantities[quantity]).toEqual({ status: 'not measured', scenario })
  })

  it('how far the samples reach', () => {
    const { bytes } = answerOf('told', PLAIN, syntheticRun(0.1)).quantities
    expect(bytes).toMatchObject({ range: [expect.closeTo(18_000, 6), expect.closeTo(22_000, 6)] })
  })

  it('nothing of the floor, which serves no browser', () => {
    expect(answers(run, USUAL_QUESTION).map(({ subject }) => subject.name)).toEqual(['told', 'clock', 'held'])
  })
})
