import { describe, expect, it } from 'vitest'
import type { LedgerRow } from '../ledger/page-ledger.ts'
import { type Reacting, startOf } from '../wires/reaction.ts'
import { sleepingTabs } from './asleep.ts'
import { editing, game } from './both-ways.ts'
import { buffering, halfOpen, tunnel } from './broken.ts'
import { dashboard, groupChat } from './people.ts'
import { livePrices, notifications, quietRoom } from './prices.ts'
import { familyOf, mostOf, type Tools } from './scenario.ts'
import { SCENARIOS } from './scenarios.ts'
import { dotsIn, dotText, insertionsIn, insertionText, placeOf, written } from './scenes.ts'

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
  /** Requests that a lane makes for ten positions. */
  requests?: (lane: string) => number
  /** How many tabs of a crowd are up to date, and when the last is. */
  woke?: (lane: string) => [number, number | null]
  /** Whether what a lane sends comes at once, or after all that others say. */
  own?: 'late'
}) {
  const done: string[] = []
  let looks = 0
  const shownBy = new Map<string, string[]>(LANES.map((lane) => [lane, []]))
  const asked = new Map<string, number>()
  const held: string[] = []
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
    burst: async (count, size) => void done.push(`burst ${count} × ${size} B`),
    publish: async (text) => {
      for (const texts of shownBy.values()) texts.push(text)
    },
    async say(lane, text) {
      if (says.own !== 'late') for (const texts of shownBy.values()) texts.push(text)
      else held.push(text)
      return lane === 'sse' ? 9 : 3
    },
    every(_ms, act) {
      for (let n = 0; n < 10; n++) act()
      return () => {}
    },
    texts: (lane) => shownBy.get(lane) ?? [],
    requests(lane) {
      asked.set(lane, (asked.get(lane) ?? 0) + 1)
      return (asked.get(lane)! - 1) * (says.requests?.(lane) ?? 10)
    },
    break: async (faults, seconds) => void done.push(`${faults.map(({ fault }) => fault)} ${seconds} s`),
    pause: async () => {},
    async until(holds) {
      // What the server was slow to take stands in the log behind what came meanwhile.
      for (const text of held.splice(0)) for (const texts of shownBy.values()) texts.push(text)
      return holds()
    },
    reaction(lane) {
      const reaction = says.reaction?.(lane)
      return reaction ? { ...startOf(0), ...reaction } : null
    },
    shown: (lane) => says.shown?.(lane) ?? 10,
    latency: () => 12,
    async crowd(lane, tabs) {
      done.push(`crowd ${lane} ${tabs}`)
      const [upToDate, lastMs] = says.woke?.(lane) ?? [tabs, 800]
      return {
        ...{ tabs, upToDate, lastMs, halfMs: 400, requests: tabs },
        ...{ bytesToServer: 60_000, bytesToClient: 90_000, cpuMs: 700 },
        problem: lastMs === null ? 'a connection failed (EMFILE)' : null,
      }
    },
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
    expect(SCENARIOS.length).toBe(11)
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

it('the group chat is answered by the lane whose slowest message comes latest', async () => {
  const lab = labWhere({})
  const latency = (lane: string) => (lane === 'long-polling' ? 900 : 30)
  const { right, rows } = await groupChat.run({ ...lab.tools, latency })
  expect(right).toBe(1)
  expect(rows[1]?.cells.slice(0, 3)).toEqual(['900 ms', '900 ms', '10 of 10'])
  expect(lab.done.filter((what) => what === 'burst 3 × 80 B')).toHaveLength(10)
})

it.each([
  ['the lane that asks most', (lane: string) => (lane === 'long-polling' ? 2 : 0.1), 1],
  ['none, when a request carries several reports in every lane', () => 0.2, 4],
])('the dashboard is answered by %s', async (_what, each, right) => {
  const lab = labWhere({ row: (lane) => ({ requestsPerMessage: each(lane) }) })
  expect((await dashboard.run(lab.tools)).right).toBe(right)
})

describe('the game', () => {
  const isSocket = (lane: string) => familyOf(lane) === 'sockets'
  it.each([
    ['the sockets', isSocket, 2],
    ['sockets and streams', (lane: string) => isSocket(lane) || familyOf(lane) === 'streams', 1],
    ['all', () => true, 0],
    ['none', () => false, 3],
    [
      'the polls alone, which no guess says',
      (lane: string) => !isSocket(lane) && familyOf(lane) !== 'streams',
      null,
    ],
  ])('is answered by the lanes that need no request for each position: %s', async (_who, isFree, right) => {
    const { tools } = labWhere({ requests: (lane) => (isFree(lane) ? 1 : 11) })
    const verdict = await game.run(tools)
    expect(verdict.right).toBe(right)
    expect(verdict.rows.find(({ lane }) => lane === 'sse')?.cells.slice(0, 3)).toEqual([
      ...['10', isFree('sse') ? '0.10' : '1.10', '9.0 ms'],
    ])
  })

  it('draws the newest place of each player that a lane has shown', () => {
    const texts = [dotText(placeOf(1, 0)), 'hello', dotText(placeOf(2, 0)), dotText(placeOf(1, 1_000))]
    expect(dotsIn(texts)).toEqual([
      { player: 1, x: 50, y: 90 },
      { player: 2, x: 10, y: 50 },
    ])
  })
})

describe('the text of two writers', () => {
  it('is the same on every lane by the log, and on no screen that puts its own letters in at once', async () => {
    const { right, rows, words } = await editing.run(labWhere({ own: 'late' }).tools)
    expect(right).toBe(3)
    expect(rows.map(({ cells }) => cells[0])).toEqual(LANES.map(() => 'the same'))
    expect(words).toContain('it is on 0')
  })

  it('is the same on the screen too when each letter stands in the log before the next is typed', async () => {
    expect((await editing.run(labWhere({}).tools)).right).toBe(0)
  })

  it('has its cursors behind the letters of their writers, moved by what the other puts in before them', () => {
    const texts = [
      insertionText({ writer: 'A', at: 0, letter: 'a' }),
      insertionText({ writer: 'B', at: 0, letter: 'B' }),
      'hello',
      insertionText({ writer: 'A', at: 1, letter: 'b' }),
    ]
    expect(written(insertionsIn(texts))).toEqual({ text: 'Bba', cursors: { A: 2, B: 1 } })
  })
})

describe('a thousand sleeping tabs', () => {
  const lastMs = (times: Record<string, number | null>) => (lane: string) =>
    [times[lane] === null ? 400 : 1_000, times[lane] === undefined ? 800 : times[lane]] as [
      number,
      number | null,
    ]

  it('are answered with the family whose last tab came latest', async () => {
    const lab = labWhere({ woke: lastMs({ websocket: 3_000, sse: 2_000 }) })
    const { right, rows, words } = await sleepingTabs.run(lab.tools)
    expect(right).toBe(3)
    expect(words).toContain('3 s')
    expect(rows.find(({ lane }) => lane === 'websocket')?.cells.slice(0, 3)).toEqual([
      ...['1,000 of 1,000', '400 ms', '3 s'],
    ])
    expect(rows.find(({ lane }) => lane === 'auto')?.cells[0]).toBe('–')
    expect(lab.done.filter((what) => /^crowd .* 1000$/.test(what))).toHaveLength(LANES.length - 1)
  })

  it('are answered with “none” when all crowds took about as long', async () => {
    expect((await sleepingTabs.run(labWhere({ woke: lastMs({ sse: 1_100 }) }).tools)).right).toBe(4)
  })

  it('have no answer when some were not up to date, and the reason is told', async () => {
    const { right, words } = await sleepingTabs.run(labWhere({ woke: lastMs({ sse: null }) }).tools)
    expect(right).toBeNull()
    expect(words).toContain(
      'On 1 of 5 transports not all of 1,000 tabs were up to date in time: a connection',
    )
  })
})
