import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import type { RunFile } from '../../run-file.ts'
import { type Answer, answers } from '../answer.ts'
import { USUAL_QUESTION } from '../question.ts'
import { syntheticRun } from '../synthetic-run.ts'
import { type Choice, choose, type Situation } from './choose.ts'
import { SCENARIOS } from './inputs.ts'

const NONE: Situation = { writesMuch: false, bufferingProxy: false, manyTabs: false }

interface Costs {
  readonly late?: number
  readonly bytes?: number | null
  readonly cpu?: number
  readonly incomplete?: boolean
}

/** An answer as the reckoning gives it; each figure varies by `spread` as a fraction, up and down. */
function answer(
  name: string,
  { late = 10, bytes = 100, cpu = 0.01, incomplete = false }: Costs,
  spread = 0.01,
): Answer {
  const measured = (value: number) => ({
    status: 'measured' as const,
    value,
    range: [value * (1 - spread), value * (1 + spread)] as const,
    working: '',
    beyond: [],
    incomplete: false,
  })
  return {
    subject: { name, title: name, kind: 'lab' },
    intervalMs: null,
    meetsLatency: late <= 1_000,
    quantities: {
      latency: measured(late),
      bytes:
        bytes === null ? { status: 'not measured', scenario: 'wire' } : { ...measured(bytes), incomplete },
      cpu: measured(cpu),
      requests: measured(1),
      memory: measured(1_000),
    },
  }
}

/** The names and the reasons, which is what a failure should show. */
const outline = ({ pick, same, runnerUp, not }: Choice) => ({
  pick: pick?.subject.name ?? null,
  same: same.map(({ subject }) => subject.name),
  runnerUp: runnerUp && `${runnerUp.answer.subject.name}: ${runnerUp.reason.code}`,
  not: not.map(({ answer: { subject }, reason }) => `${subject.name}: ${reason.code}`),
})

const FOUR = [
  answer('short-polling', { bytes: 1_400, cpu: 0.1 }),
  answer('long-polling', { bytes: 420, cpu: 0.033 }),
  answer('sse', { bytes: 100, cpu: 0.01 }),
  answer('websocket', { bytes: 102, cpu: 0.016 }),
]

describe('what is cheapest in its worse cost', () => {
  it('is taken, with another way as the runner-up and a factor against each of the rest', () => {
    const choice = choose(FOUR, NONE)
    expect(outline(choice)).toEqual({
      pick: 'sse',
      same: [],
      runnerUp: 'websocket: dearer',
      not: ['long-polling: dearer', 'short-polling: dearer'],
    })
    const { reason } = choice.not[1]!
    expect(reason.code === 'dearer' && reason.factors.bytes).toBeCloseTo(14)
    expect(reason.code === 'dearer' && reason.factors.cpu).toBeCloseTo(10)
  })

  it('is not the one that saves a tenth of the bytes for twice the CPU', () => {
    const two = [answer('sse', { bytes: 110, cpu: 0.01 }), answer('websocket', { bytes: 100, cpu: 0.02 })]
    const choice = choose(two, NONE)
    expect(choice.pick?.subject.name).toBe('sse')
    const reason = choice.runnerUp?.reason
    expect(reason?.code === 'dearer' && reason.factors).toEqual({
      bytes: expect.closeTo(1 / 1.1),
      cpu: expect.closeTo(2),
    })
  })

  it('is found where the least is nothing at all', () => {
    const two = [answer('sse', { bytes: 0, cpu: 0 }), answer('websocket', { bytes: 5, cpu: 0 })]
    expect(outline(choose(two, NONE))).toMatchObject({ pick: 'sse', runnerUp: 'websocket: dearer' })
  })
})

describe('no difference beyond the spread', () => {
  const close = (spread: number) =>
    ['websocket', 'sse'].map((name) =>
      answer(name, { bytes: name === 'sse' ? 110 : 100, cpu: name === 'sse' ? 0.011 : 0.01 }, spread),
    )

  it('takes the simpler one, though the other has the smaller figures', () => {
    expect(outline(choose(close(0.06), NONE))).toEqual({
      pick: 'sse',
      same: ['websocket'],
      runnerUp: 'websocket: same',
      not: [],
    })
  })

  it('ends where the spreads part: then the smaller figures win', () => {
    expect(outline(choose(close(0.01), NONE))).toMatchObject({ pick: 'websocket', same: [] })
  })

  it('holds for a difference of less than five percent, however narrow the spread is', () => {
    const slight = [answer('websocket', { bytes: 100 }, 0), answer('sse', { bytes: 104 }, 0)]
    expect(outline(choose(slight, NONE))).toMatchObject({ pick: 'sse', same: ['websocket'] })
  })

  it('is not claimed of two of which each is cheaper in another cost', () => {
    const two = [answer('sse', { bytes: 200, cpu: 0.01 }), answer('websocket', { bytes: 100, cpu: 0.02 })]
    expect(choose(two, NONE).same).toEqual([])
  })
})

describe('what no figure tells', () => {
  it('a browser that sends more than it reads wants a connection that carries both ways', () => {
    expect(outline(choose(FOUR, { ...NONE, writesMuch: true }))).toEqual({
      pick: 'websocket',
      same: [],
      runnerUp: 'sse: writes',
      not: ['long-polling: writes', 'short-polling: writes'],
    })
  })

  it('and takes what there is, where none of them will do', () => {
    const three = FOUR.filter(({ subject }) => subject.name !== 'websocket')
    expect(choose(three, { ...NONE, writesMuch: true }).pick?.subject.name).toBe('sse')
  })

  it('a proxy that buffers rules out an answer that never ends', () => {
    expect(outline(choose(FOUR, { ...NONE, bufferingProxy: true }))).toEqual({
      pick: 'websocket',
      same: [],
      runnerUp: 'long-polling: dearer',
      not: ['short-polling: dearer', 'sse: buffered'],
    })
  })

  it('many tabs over HTTP/1.1 rule out what keeps a request open', () => {
    expect(outline(choose(FOUR, { ...NONE, manyTabs: true }))).toEqual({
      pick: 'websocket',
      same: [],
      runnerUp: 'short-polling: dearer',
      not: ['long-polling: connections', 'sse: connections'],
    })
  })

  it('what a browser cannot open, and what is there to be read, is never taken', () => {
    const all = [...FOUR, answer('tcp', { bytes: 1, cpu: 0.001 }), answer('websocket-by-hand', { bytes: 1 })]
    const { pick, not } = outline(choose(all, NONE))
    expect(pick).toBe('sse')
    expect(not.slice(-2)).toEqual(['websocket-by-hand: lesson', 'tcp: program'])
  })

  it('nothing is assumed of a subject that is in no list', () => {
    const all = [answer('of a learner', { bytes: 50, cpu: 0.005 }), ...FOUR]
    const every = { writesMuch: false, bufferingProxy: true, manyTabs: true }
    expect(choose(all, every).pick?.subject.name).toBe('of a learner')
  })
})

describe('what cannot be taken', () => {
  it('comes too late, or is more than one process can do', () => {
    const all = [
      answer('sse', { late: 2_000 }),
      answer('short-polling', { cpu: 1.4 }),
      answer('websocket', { bytes: 900 }),
    ]
    expect(outline(choose(all, NONE))).toEqual({
      pick: 'websocket',
      same: [],
      runnerUp: null,
      not: ['sse: late', 'short-polling: process'],
    })
  })

  it('was not measured, or seen in part: none wins by what was not seen', () => {
    const all = [
      answer('sse', { bytes: null }),
      answer('long-polling', { bytes: 1, incomplete: true }),
      answer('websocket', {}),
    ]
    const choice = choose(all, NONE)
    expect(outline(choice)).toMatchObject({
      pick: 'websocket',
      not: ['sse: unmeasured', 'long-polling: unmeasured'],
    })
    expect(choice.not.map(({ reason }) => reason.code === 'unmeasured' && reason.scenario)).toEqual([
      'wire',
      'idle',
    ])
  })

  it('leaves no pick when it is all that there is', () => {
    expect(outline(choose([answer('sse', { late: 5_000 })], NONE))).toEqual({
      pick: null,
      same: [],
      runnerUp: null,
      not: ['sse: late'],
    })
    expect(choose([], NONE)).toEqual({ pick: null, same: [], runnerUp: null, not: [] })
  })
})

it('a run of names that are not known is answered from its figures alone', () => {
  const question = { ...USUAL_QUESTION, clients: 100, messagesPerMinute: 60, latencyMs: 2_000 }
  const choice = choose(answers(syntheticRun(0.01), question), NONE)
  expect(choice.pick?.subject.name).toBe('told')
  expect(choice.runnerUp).not.toBeNull()
})

describe('the committed run', async () => {
  const file = new URL('../../results/latest.json', import.meta.url)
  const run = JSON.parse(await readFile(file, 'utf8')) as RunFile

  it.each(Object.entries(SCENARIOS))(
    'gives an answer to the scenario %s',
    (_name, { question, situation }) => {
      const all = answers(run, question)
      const { pick, runnerUp, not } = choose(all, situation)
      expect(pick?.meetsLatency).toBe(true)
      expect([pick, runnerUp?.answer, ...not.map((one) => one.answer)].filter(Boolean)).toHaveLength(
        all.length,
      )
    },
  )
})
