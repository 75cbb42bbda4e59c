import { describe, expect, it } from 'vitest'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import type { ChatMessage, Cursor, Page } from '../../../lab/wire/message.ts'
import { compare } from './compare.ts'
import { createServerLog } from './server-log.ts'
import { createTally } from './tally.ts'

const message = (seq: number, draftId = `draft-${seq}`): ChatMessage => ({
  ...{ seq, draftId, publishedAt: 0, author: 'Ann', text: 'hello' },
})
const page = (seqs: readonly number[], gap = false): Page => ({
  ...{ messages: seqs.map((seq) => message(seq)), cursor: 'c' as Cursor, gap, more: false },
})

/** A room of the server, read backwards, a few messages at a time, as `GET /rooms/ROOM/messages` does. */
function room(perPage = 3) {
  let messages: ChatMessage[] = []
  const asked: string[] = []
  const log = createServerLog({
    url: new URL('http://lab/rooms/tea/messages'),
    platform: {
      clock: createManualClock(),
      async fetch(input) {
        const before = new URL(String(input)).searchParams.get('before')
        asked.push(before ?? 'newest')
        const end =
          before === null ? messages.length : messages.findIndex(({ seq }) => seq === Number(before))
        const found = messages.slice(Math.max(0, end - perPage), end)
        const cursor = String(found[0]?.seq ?? 0) as Cursor
        return new Response(JSON.stringify({ messages: found, cursor, gap: false, more: end > perPage }))
      },
    },
  })
  return {
    ...{ log, asked },
    say: (...seqs: readonly number[]) => messages.push(...seqs.map((seq) => message(seq))),
    sayDraft: (seq: number, draftId: string) => messages.push(message(seq, draftId)),
    restart: (...drafts: readonly string[]) => (messages = drafts.map((id, index) => message(index + 1, id))),
  }
}

const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1)

async function compared(inLog: readonly number[], pages: readonly Page[], sent: readonly string[] = []) {
  const { log, say } = room(100)
  say(...inLog)
  await log.look(0)
  const tally = createTally()
  for (const one of pages) tally.enter(one)
  return compare(tally, log, sent)
}

const WELL = { lost: 0, behind: 0, doubled: 0, reordered: 0, madeUp: 0, sentLost: 0, sentTwice: 0 }

describe('a lane held against the log', () => {
  it('is well when all came once and in order', async () => {
    expect(await compared([1, 2, 3, 4], [page([1, 2]), page([3, 4])])).toEqual({
      ...WELL,
      inLog: 4,
      delivered: 4,
      sent: 0,
    })
  })

  it('has lost what never came before a later one, though the lane itself sees no gap at its end', async () => {
    expect(await compared([1, 2, 3, 4, 5], [page([1, 2, 4])])).toMatchObject({
      lost: 1,
      behind: 1,
      delivered: 3,
    })
  })

  it('is behind, and has lost nothing, as long as what is missing is the newest', async () => {
    expect(await compared([1, 2, 3], [page([1])])).toMatchObject({ lost: 0, behind: 2 })
    expect(await compared([1, 2, 3], [])).toMatchObject({ lost: 0, behind: 3, inLog: 3 })
  })

  it('shows what came twice, and what came after a later one', async () => {
    const odd = await compared([1, 2, 3], [page([1, 3]), page([2]), page([3])])
    expect(odd).toMatchObject({ delivered: 3, lost: 0, doubled: 1, reordered: 1 })
  })

  it('shows what the log has never had', async () => {
    expect(await compared([1, 3], [page([1, 2, 3])])).toMatchObject({ madeUp: 1 })
  })

  it('begins with what the lane was given first, and again at a reset', async () => {
    const { log, say } = room(100)
    say(...upTo(12))
    await log.look(0)
    const tally = createTally()
    tally.enter(page([9, 10]))
    expect(compare(tally, log, [])).toMatchObject({ inLog: 4, delivered: 2, lost: 0, behind: 2 })
    tally.reset()
    tally.enter(page([11, 12]))
    expect(compare(tally, log, [])).toEqual({ ...WELL, inLog: 2, delivered: 2, sent: 0 })
  })

  it('counts a message from before the reset that comes once more as doubled', async () => {
    const { log, say } = room(100)
    say(1, 2)
    await log.look(0)
    const tally = createTally()
    tally.enter(page([1, 2]))
    tally.reset()
    tally.enter(page([2]))
    expect(compare(tally, log, [])).toMatchObject({ doubled: 1, delivered: 0, lost: 0 })
  })

  it('begins again with another log, and keeps a hole in the same one', async () => {
    const other = createTally()
    other.enter(page([7, 8]))
    other.enter(page([1, 2], true))
    expect([other.log, other.delivered.size, other.base]).toEqual([1, 2, 0])
    const same = createTally()
    same.enter(page([7, 8]))
    same.enter(page([11, 12], true))
    expect([same.log, same.delivered.size, same.base]).toEqual([0, 4, 6])
  })

  it('finds each draft of the lane in the log, or says that it is not there, or twice', async () => {
    const { log, say, sayDraft } = room(100)
    say(1, 2)
    sayDraft(3, 'draft-2')
    await log.look(0)
    const row = compare(createTally(), log, ['draft-1', 'draft-2', 'nowhere'])
    expect(row).toMatchObject({ sent: 3, sentLost: 1, sentTwice: 1 })
  })
})

describe('the server’s log', () => {
  it('is read back to where the measurement began, and after that only what is new', async () => {
    const { log, asked, say } = room()
    say(...upTo(20))
    await log.look(12)
    expect(log.seqs.size).toBe(9) // in pages of three: 12 to 20
    expect(asked).toHaveLength(3)
    say(21)
    await log.look(12)
    expect(asked).toHaveLength(4)
    expect(log.seqs.max).toBe(21)
  })

  it('of a server that has begun again is read as a new one, also when it has as many messages by now', async () => {
    const { log, say, restart } = room()
    say(...upTo(5))
    await log.look(0)
    restart('a', 'b', 'c', 'd', 'e', 'f')
    await log.look(0)
    expect([log.seqs.size, log.timesOf('draft-5'), log.timesOf('f')]).toEqual([6, 0, 1])
    restart('g')
    await log.look(0)
    expect([log.seqs.size, log.timesOf('f'), log.timesOf('g')]).toEqual([1, 0, 1])
  })

  it('is asked once at a time', async () => {
    const { log, asked, say } = room()
    say(1)
    await Promise.all([log.look(0), log.look(0)])
    expect(asked).toHaveLength(1)
  })
})
