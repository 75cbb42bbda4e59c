import { expect, it } from 'vitest'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import type { Cursor, Page } from '../../../lab/wire/message.ts'
import type { ConnectionsInfo } from '../wires/connections-info.ts'
import { connectionsInfoOf } from '../wires/connections-info.ts'
import { createPageLedger } from './page-ledger.ts'
import { createTally } from './tally.ts'

const page = (...seqs: number[]): Page => ({
  messages: seqs.map((seq) => ({ seq, draftId: `draft-${seq}`, publishedAt: 0, author: 'Ann', text: 'x' })),
  ...{ cursor: 'c' as Cursor, gap: false, more: false },
})

/** A page with one lane, and a server with one room at a time. */
function fixture() {
  const tally = createTally()
  let sent: string[] = []
  let requests = 3
  let served: ConnectionsInfo | null = null
  let inLog: number[] = []
  let isDown = false
  let room = 'tea'
  const ledger = createPageLedger({
    platform: {
      clock: createManualClock(),
      async fetch() {
        if (isDown) throw new TypeError('fetch failed')
        return new Response(JSON.stringify(page(...inLog)))
      },
    },
    url: () => new URL(`http://lab/rooms/${room}/messages`),
    lanes: () => [{ name: 'sse', evidence: { tally, sent }, requests }],
    async connections() {
      if (!served) throw new TypeError('it has none')
      return served
    },
  })
  return {
    ...{ ledger, tally },
    row: () => ledger.rows[0]!,
    say: (...seqs: number[]) => (inLog = [...inLog, ...seqs]),
    request: (count: number) => (requests += count),
    serve(toServer: number, toClient: number, opened = 1) {
      const connection = { id: 1, lane: 'sse', since: 0, toServer, toClient, heldBytes: 0, cursorLag: null }
      served = connectionsInfoOf({
        now: 1,
        others: 2,
        connections: [connection],
        totals: [{ lane: 'sse', opened, toServer, toClient }],
      })
    },
    serveOnly(id: number, toClient: number) {
      const connections = [{ id, lane: 'sse', since: 0, toServer: 0, toClient, heldBytes: 0 }]
      served = connectionsInfoOf({ now: 1, others: 0, connections })
    },
    fails: (down: boolean) => (isDown = down),
    go(to: string) {
      room = to
      inLog = []
    },
    sends: (...drafts: string[]) => (sent = drafts),
  }
}

it('counts what messages cost from its first look on', async () => {
  const { ledger, tally, row, say, request, serve } = fixture()
  say(1, 2)
  tally.enter(page(1, 2))
  serve(1_000, 9_000)
  await ledger.look()
  expect(row()).toMatchObject({
    delivered: 2,
    requestsPerMessage: null,
    bytesPerMessage: null,
    bytes: 0,
    requests: 0,
  })
  say(3, 4, 5, 6)
  tally.enter(page(3, 4, 5, 6))
  request(2)
  serve(1_200, 10_600, 3)
  await ledger.look()
  expect(row()).toMatchObject({
    delivered: 6,
    inLog: 6,
    lost: 0,
    requestsPerMessage: 0.5,
    bytesPerMessage: 450,
  })
  expect(row()).toMatchObject({ bytes: 1_800, requests: 2, connections: 1, opened: 2 })
})

it('begins the counting again at a reset', async () => {
  const { ledger, tally, row, say, serve } = fixture()
  serve(0, 1_000)
  await ledger.look()
  ledger.reset()
  serve(0, 5_000)
  await ledger.look()
  say(1)
  tally.enter(page(1))
  serve(0, 5_300)
  await ledger.look()
  expect(row().bytesPerMessage).toBe(300)
})

it('a server that cannot tell of connections leaves dashes, and the rest is known', async () => {
  const { ledger, tally, row, say } = fixture()
  await ledger.look()
  say(1)
  tally.enter(page(1))
  await ledger.look()
  expect(row()).toMatchObject({
    delivered: 1,
    bytesPerMessage: null,
    bytes: null,
    connections: null,
    opened: null,
  })
  expect(ledger.served).toBeNull()
})

it('where the server does not add up connections that have ended, what was seen of each is added up', async () => {
  const { ledger, tally, row, say, serveOnly } = fixture()
  serveOnly(1, 1_000)
  await ledger.look()
  serveOnly(2, 600)
  say(1, 2)
  tally.enter(page(1, 2))
  await ledger.look()
  expect(row()).toMatchObject({ bytes: 600, bytesPerMessage: 300, opened: 1 })
})

it('while the log cannot be read the rows stay, and it is said that they are older', async () => {
  const { ledger, tally, row, say, fails } = fixture()
  say(1)
  tally.enter(page(1))
  await ledger.look()
  fails(true)
  await ledger.look()
  expect(ledger.problem).toContain('older')
  expect(row().delivered).toBe(1)
  fails(false)
  await ledger.look()
  expect(ledger.problem).toBeNull()
})

it('another room is another log', async () => {
  const { ledger, row, say, go } = fixture()
  say(1, 2, 3)
  await ledger.look()
  expect(row().inLog).toBe(3)
  go('coffee')
  await ledger.look()
  expect(row().inLog).toBe(0)
})

it('each draft of the lane must stand in the log', async () => {
  const { ledger, row, say, sends } = fixture()
  say(1)
  sends('draft-1', 'draft-9')
  await ledger.look()
  expect(row()).toMatchObject({ sent: 2, sentLost: 1 })
})

it('what the server says of its connections is looked at before it is believed', () => {
  const { connections, totals, now } = connectionsInfoOf({
    ...{ now: 'later', totals: [{ opened: 3 }, { lane: 'sse', opened: '4' }] },
    connections: [{ id: 7, lane: 'sse', toServer: -1, cursorLag: 2 }, null, { lane: 'sse' }],
  })
  expect(now).toBe(0)
  expect(connections).toEqual([
    { id: '7', lane: 'sse', since: 0, toServer: -1, toClient: 0, heldBytes: 0, cursorLag: 2 },
  ])
  expect(totals).toEqual([{ lane: 'sse', opened: 0, toServer: 0, toClient: 0 }])
  expect(() => connectionsInfoOf(null)).toThrow(TypeError)
})
