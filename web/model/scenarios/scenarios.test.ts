import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../ledger/page-ledger.ts'
import { type Reacting, startOf } from '../wires/reaction.ts'
import { buffering, halfOpen, tunnel } from './broken.ts'
import { livePrices, notifications, quietRoom } from './prices.ts'
import { familyOf, mostOf, type Tools } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'

const LANES = ['short-polling', 'long-polling', 'http-streaming', 'sse', 'websocket', 'auto']

const ROW: LedgerRow = {
  ...{ name: '', inLog: 10, delivered: 10, lost: 0, behind: 0, doubled: 0, reordered: 0, madeUp: 0 },
  ...{
    sent: 0,
    sentLost: 0,
    sentTwice: 0,
    requestsPerMessage: 1,
    bytesPerMessage: 300,
    requests: 0,
    bytes: 0,
  },
  ...{ connections: 1, opened: 1 },
}

/** A lab in which time stands still and each lane does what the test says. */
function labWhere(says: {
  row?: (lane: string, look: number) => Partial<LedgerRow>
  reaction?: (lane: string) => Partial<Reacting> | null
  shown?: (lane: string) => number
}) {
  const done: string[] = []
  let looks = 0
  const tools: Tools = {
    lanes: LANES,
    reset: async () => void done.push('reset'),
    traffic(perSecond, size) {
      done.push(`traffic ${perSecond}/s ${size} B`)
      return () => {
        done.push('stop')
        return 10
      }
    },
    break: async (faults, seconds) => void done.push(`${faults.map(({ fault }) => fault)} ${seconds} s`),
    pause: async () => {},
    until: async (holds) => holds(),
    reaction(lane) {
      const reaction = says.reaction?.(lane)
      return reaction ? { ...startOf(0), ...reaction } : null
    },
    shown: (lane) => says.shown?.(lane) ?? 10,
    latency: () => 12,
    async ledger() {
      looks++
      return new Map(LANES.map((lane) => [lane, { ...ROW, name: lane, ...says.row?.(lane, looks) }]))
    },
  }
  return { tools, done }
}

describe('each scenario', () => {
  it.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    '%s has a row for each lane and a cell for each column',
    async (_id, scenario) => {
      const { tools, done } = labWhere({ reaction: () => ({ noticedAt: 100, endedAt: 500, healedAt: 700 }) })
      const { columns, rows, right, words } = await scenario.run(tools)
      expect(rows.map(({ lane }) => lane)).toEqual(LANES)
      for (const { cells } of rows) expect(cells).toHaveLength(columns.length)
      expect(scenario.guesses[right ?? 0]).toBeDefined()
      expect(words).toMatch(/\d.*\.$/)
      expect(done[0]).toBe('reset')
      if (done.some((what) => what.startsWith('traffic'))) expect(done.at(-1)).toBe('stop')
    },
  )

  it('is offered once, and promises no fault that it does not make', () => {
    expect(new Set(SCENARIOS.map(({ id }) => id)).size).toBe(SCENARIOS.length)
    expect(SCENARIOS.length).toBeGreaterThanOrEqual(6)
  })
})

const healed = { noticedAt: 100, endedAt: 8_000, healedAt: 9_000 }

describe('the tunnel', () => {
  it('is answered with “no lane” when none has lost or doubled anything', async () => {
    const { right, words } = await tunnel.run(labWhere({ reaction: () => healed }).tools)
    expect(right).toBe(3)
    expect(words).toContain('10 messages were published')
    expect(words).toContain('the slowest was well 1 s after')
  })

  it.each([
    [['short-polling', 'long-polling'], 0],
    [['sse'], 1],
    [['websocket'], 2],
    [['sse', 'websocket'], null],
  ])('is answered by what was seen: %j are not whole', async (odd, right) => {
    const lab = labWhere({ reaction: () => healed, row: (lane) => ({ lost: odd.includes(lane) ? 2 : 0 }) })
    expect((await tunnel.run(lab.tools)).right).toBe(right)
  })

  it('takes a message that came twice for no better than one that was lost', async () => {
    const lab = labWhere({ reaction: () => healed, row: (lane) => ({ doubled: lane === 'sse' ? 1 : 0 }) })
    expect((await tunnel.run(lab.tools)).right).toBe(1)
  })
})

describe('the buffering proxy', () => {
  it.each([
    ['all', LANES, 0],
    ['the polls and the sockets', ['short-polling', 'long-polling', 'websocket'], 1],
    ['the polls alone', ['short-polling', 'long-polling'], 1],
    ['only the sockets', ['websocket'], 2],
    ['none', [], 3],
    ['the streams alone, which no guess says', ['sse', 'http-streaming'], null],
  ])('is answered by who passes: %s', async (_who, passing, right) => {
    const lab = labWhere({ shown: (lane) => (passing.includes(lane) ? 9 : 1) })
    expect((await buffering.run(lab.tools)).right).toBe(right)
  })
})

describe('the half-open line', () => {
  const noticedAt = (times: Record<string, number>) => (lane: string) => ({ noticedAt: times[lane] ?? null })

  it('is answered with the family that was first, by more than two seconds', async () => {
    const lab = labWhere({ reaction: noticedAt({ 'short-polling': 30_000, sse: 9_000, websocket: 15_000 }) })
    expect((await halfOpen.run(lab.tools)).right).toBe(2)
  })

  it('is answered with “none is first” when most noticed together', async () => {
    const lab = labWhere({ reaction: noticedAt({ 'short-polling': 30_000, sse: 30_900, websocket: 31_000 }) })
    expect((await halfOpen.run(lab.tools)).right).toBe(4)
  })

  it('has no answer when no lane noticed', async () => {
    const lab = labWhere({ reaction: noticedAt({}) })
    expect((await halfOpen.run(lab.tools)).right).toBeNull()
  })
})

describe('the price of asking', () => {
  const spent = (lane: string, look: number) => ({
    requests: look * 10,
    bytes: look * (lane === 'short-polling' ? 5_000 : 20),
  })

  it('is the bytes that were moved between the first look and the last', async () => {
    const { right, rows } = await quietRoom.run(labWhere({ row: spent, shown: () => 0 }).tools)
    expect(right).toBe(0)
    expect(rows[0]?.cells).toEqual(['10', '5 kB', '21.6 MB'])
  })

  it('is requests where a lane’s bytes cannot be told', async () => {
    const row = (lane: string, look: number) => ({
      requests: look * (lane === 'long-polling' ? 9 : 1),
      bytes: null,
    })
    const { right, words } = await quietRoom.run(labWhere({ row }).tools)
    expect(right).toBe(1)
    expect(words).toContain('requests decide')
  })

  it('says so when other users were not quiet', async () => {
    expect((await quietRoom.run(labWhere({ row: spent, shown: () => 3 }).tools)).words).toContain(
      'other users',
    )
  })
})

it.each([livePrices, notifications])(
  'what a message costs is answered by the dearest lane',
  async (scenario) => {
    const row = (lane: string) => ({ bytesPerMessage: lane === 'long-polling' ? 900 : 300 })
    const lab = labWhere({ row })
    expect((await scenario.run(lab.tools)).right).toBe(1)
  },
)

it('a lane that chooses among others, or one of the reader’s own, is shown and decides nothing', () => {
  expect([familyOf('auto'), familyOf('mine')]).toEqual([null, null])
  expect(mostOf(['auto', 'sse'], (lane) => (lane === LANES.at(-1) ? 9 : 1))).toBe('streams')
  expect(mostOf(['sse'], () => null)).toBeNull()
})
