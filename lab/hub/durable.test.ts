/** A room with a store: what is seen is kept, and what is kept is found again. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import type { Cursor, Page } from '../wire/message.ts'
import { Hub, type HubOptions } from './hub.ts'

/** A hub whose turns end by hand, on a store that can be made to fail. */
function createHub(options: HubOptions = {}, kept: Store = createMemoryStore()) {
  const due: (() => void)[] = []
  const troubles: (string | undefined)[] = []
  const commits: number[] = []
  const disk = { isFull: false }
  const store: Store = {
    ...kept,
    get rooms() {
      return kept.rooms
    },
    append(batch) {
      if (disk.isFull) throw new Error('database or disk is full')
      commits.push(batch.reduce((sum, { messages }) => sum + messages.length, 0))
      kept.append(batch)
    },
  }
  const hub = new Hub({
    maxMessages: 5,
    pageMessages: 3,
    defer: (action) => due.push(action),
    onTrouble: (cause) => troubles.push(cause?.message),
    store,
    ...options,
  })
  return {
    hub,
    kept,
    disk,
    troubles,
    commits,
    say: (text: string, room = 'lobby') => hub.room(room).publish({ draftId: text, author: 'ada', text }),
    turn: () => {
      for (const action of due.splice(0)) action()
    },
    /** The hub that a new process would make of what is kept. */
    restart: (more: HubOptions = {}) => createHub({ ...options, ...more }, kept),
  }
}

const texts = ({ messages }: Page) => messages.map(({ text }) => text)
const at = (cursor: Cursor, seq: number) => cursor.replace(/\d+$/, String(seq)) as Cursor

describe('what is published', () => {
  it('is seen, and notifies its readers, when the turn has ended, and is kept by then', () => {
    const { hub, say, turn, kept } = createHub()
    const room = hub.room('lobby')
    const seen: [string[], number][] = []
    const follower = room.follow(null, () => {
      const page = follower.next()
      if (page) seen.push([texts(page), kept.open('lobby').newest])
    })
    follower.next()
    say('a')
    say('b')
    expect(texts(room.read(null))).toEqual([])
    expect(texts(room.readBack(null))).toEqual([])
    expect(room.lastSeq).toBe(0)
    turn()
    expect(seen).toEqual([[['a', 'b'], 2]])
  })

  it('is kept by one commit for all that a turn has brought, in all rooms', () => {
    const { say, turn, commits } = createHub()
    say('a')
    say('b', 'garden')
    say('c')
    turn()
    expect(commits).toEqual([3])
    turn()
    expect(commits).toEqual([3])
  })

  it('has its number, and may be acknowledged, when it is kept and not before', async () => {
    const { hub, say, turn, kept } = createHub()
    let acknowledged: number | null = null
    const publishing = say('a').then(({ seq }) => {
      acknowledged = seq
      return kept.open('lobby').newest
    })
    await nextTurn()
    expect(acknowledged).toBeNull()
    turn()
    expect(await publishing).toBe(1)
    expect(acknowledged).toBe(1)
    expect(hub.room('lobby').lastSeq).toBe(1)
  })

  it('has its number within the turn where nothing is kept', async () => {
    const room = new Hub().room('lobby')
    const publishing = room.publish({ draftId: 'd', author: 'ada', text: 'hi' })
    expect(room.lastSeq).toBe(1)
    expect(await Promise.race([publishing, Promise.resolve(null)])).toMatchObject({ seq: 1, text: 'hi' })
  })

  it('is seen by its readers before its writer is told', async () => {
    const { hub, say, turn } = createHub()
    const order: string[] = []
    hub.room('lobby').follow(null, () => order.push('notified'))
    const publishing = say('a').then(() => order.push('acknowledged'))
    turn()
    await publishing
    expect(order).toEqual(['notified', 'acknowledged'])
  })

  it('twice in one turn is one message, and both wait for it', async () => {
    const { hub, say, turn } = createHub()
    const both = Promise.all([say('a'), say('a')])
    turn()
    const [first, second] = await both
    expect(second).toBe(first)
    expect(texts(hub.room('lobby').read(null))).toEqual(['a'])
  })

  it('twice in one turn with two texts is a conflict, and the first one stands', async () => {
    const { hub, say, turn } = createHub()
    const first = say('a')
    const second = hub.room('lobby').publish({ draftId: 'a', author: 'ada', text: 'b' })
    turn()
    await expect(second).rejects.toMatchObject({ code: 'draft-conflict' })
    expect(await first).toMatchObject({ seq: 1, text: 'a' })
  })

  it('has the fields in the order in which they are sent and stored', async () => {
    const { say, turn } = createHub()
    const publishing = say('a')
    turn()
    expect(Object.keys(await publishing)).toEqual(['seq', 'publishedAt', 'draftId', 'author', 'text'])
  })
})

describe('when it cannot be kept', () => {
  it('is refused, no reader has seen it, and its number is given again', async () => {
    const { hub, say, turn, disk } = createHub()
    const room = hub.room('lobby')
    say('a')
    turn()
    disk.isFull = true
    let notifications = 0
    room.follow(null, () => notifications++)
    const refused = say('b')
    turn()
    await expect(refused).rejects.toMatchObject({ code: 'not-stored' })
    expect(notifications).toBe(0)
    expect(texts(room.read(null))).toEqual(['a'])

    disk.isFull = false
    const after = Promise.all([say('c'), say('b')]) // the refused draft was forgotten: it can be sent again
    turn()
    expect((await after).map(({ seq }) => seq)).toEqual([2, 3])
    expect(texts(room.read(null))).toEqual(['a', 'c', 'b'])
  })

  it('what is known is still acknowledged', async () => {
    const { say, turn, disk } = createHub()
    const publishing = say('a')
    turn()
    disk.isFull = true
    expect(await say('a')).toBe(await publishing)
  })

  it('the server is told when it begins, and when it is over', () => {
    const { say, turn, disk, troubles } = createHub()
    for (const isFull of [false, true, true, false, false]) {
      disk.isFull = isFull
      say(`full ${isFull} ${Math.random()}`)
      turn()
    }
    expect(troubles).toEqual(['database or disk is full', undefined])
  })

  it('a refusal may be left alone: it ends no process', async () => {
    const unhandled: unknown[] = []
    const note = (reason: unknown) => unhandled.push(reason)
    process.on('unhandledRejection', note)
    const { hub, say, turn, disk } = createHub()
    disk.isFull = true
    say('a')
    hub.room('lobby').publish({ draftId: 'a', author: 'ada', text: 'another text' })
    expect(turn).not.toThrow()
    await nextTurn()
    await nextTurn()
    process.off('unhandledRejection', note)
    expect(unhandled).toEqual([])
  })
})

describe('after a restart', () => {
  it('everything is there, and every place is good', async () => {
    const before = createHub()
    const empty = before.hub.room('garden').read(null).cursor
    for (const text of ['a', 'b', 'c']) before.say(text)
    before.turn()
    const { cursor } = before.hub.room('lobby').read(null)
    const { hub, say, turn } = before.restart()
    expect(texts(hub.room('lobby').read(null))).toEqual(['a', 'b', 'c'])
    expect(hub.room('lobby').read(cursor)).toMatchObject({ messages: [], gap: false })
    expect(hub.room('garden').read(empty).gap).toBe(false)
    const publishing = say('d')
    turn()
    expect((await publishing).seq).toBe(4)
    expect(texts(hub.room('lobby').read(cursor))).toEqual(['d'])
  })

  it('a draft is known, however long ago, as long as it is kept', async () => {
    const before = createHub()
    const publishing = Promise.all(Array.from({ length: 20 }, (_, i) => before.say(`m${i}`)))
    before.turn()
    const drafts = await publishing
    expect(await before.say('m2')).toEqual(drafts[2]) // out of memory, and in the store
    const { say, commits, turn } = before.restart()
    expect(await say('m2')).toEqual(drafts[2])
    expect(await say('m19')).toEqual(drafts[19])
    turn()
    expect(commits).toEqual([])
  })

  it('memory holds the recent end and no more', () => {
    const before = createHub({ maxLength: 10, pageMessages: 99 })
    for (const text of ['a', 'b', 'c'.repeat(5), 'd'.repeat(4)]) before.say(text)
    before.turn()
    expect(texts(before.hub.room('lobby').read(null))).toEqual(['b', 'ccccc', 'dddd'])
    expect(texts(before.restart().hub.room('lobby').read(null))).toEqual(['b', 'ccccc', 'dddd'])
  })

  it('what was published and not kept is as if it had never been', async () => {
    const before = createHub()
    before.say('a')
    const { hub, say, turn } = before.restart()
    expect(texts(hub.room('lobby').read(null))).toEqual([])
    const publishing = say('a')
    turn()
    expect((await publishing).seq).toBe(1)
  })
})

describe('a place that is no longer in memory', () => {
  function longAgo(count: number, keep = 1_000, options: HubOptions = {}) {
    const lab = createHub(options, createMemoryStore({ keep }))
    for (let i = 1; i <= count; i++) {
      lab.say(`m${i}`)
      lab.turn()
    }
    return { ...lab, room: lab.hub.room('lobby'), cursor: lab.hub.room('lobby').read(null).cursor }
  }

  it('is no gap while the store has it, and is read on from, page by page', () => {
    const { room, cursor } = longAgo(20)
    const read: string[] = []
    let page = room.read(at(cursor, 2))
    for (; ; page = room.read(page.cursor)) {
      expect(page.gap).toBe(false)
      read.push(...texts(page))
      if (!page.more) break
    }
    expect(read).toEqual(Array.from({ length: 18 }, (_, i) => `m${i + 3}`))
  })

  it('is a gap when the store has it no more', () => {
    const { room, cursor } = longAgo(20, 12)
    expect(room.read(at(cursor, 8)).gap).toBe(false)
    const page = room.read(at(cursor, 7))
    expect(page.gap).toBe(true)
    expect(texts(page)).toEqual(['m9', 'm10', 'm11'])
  })

  it('is a good place to follow from', () => {
    const { room, cursor, say, turn } = longAgo(20)
    const received: string[] = []
    const follower = room.follow(at(cursor, 0), listen)
    function listen() {
      for (let page = follower.next(); page; page = follower.next()) received.push(...texts(page))
    }
    listen()
    say('new')
    turn()
    expect(received).toEqual([...Array.from({ length: 20 }, (_, i) => `m${i + 1}`), 'new'])
  })

  it('gives those who catch up together the identical page, and remembers only a few', () => {
    const { room, cursor } = longAgo(60)
    const first = room.read(at(cursor, 0))
    expect(room.read(at(cursor, 0))).toBe(first)
    for (let seq = 1; seq <= 8; seq++) room.read(at(cursor, seq))
    expect(room.read(at(cursor, 0))).not.toBe(first)
    expect(room.read(at(cursor, 0))).toEqual(first)
  })

  it('ends a page at its bytes there too', () => {
    const { room, cursor } = longAgo(20, 1_000, { pageBytes: 200 })
    expect(texts(room.read(at(cursor, 0)))).toEqual(['m1', 'm2'])
  })

  it('is not where a reader without a cursor begins: that is the recent end', () => {
    const { room } = longAgo(20)
    expect(room.read(null)).toMatchObject({ gap: false, more: true })
    expect(texts(room.read(null))).toEqual(['m16', 'm17', 'm18'])
  })
})

describe.each([
  ['with a store', {}, 1],
  ['without', { store: null }, 16],
])('reading back, %s', (_name, options: HubOptions, oldest) => {
  const lab = createHub(options)
  for (let i = 1; i <= 20; i++) {
    lab.say(`m${i}`)
    lab.turn()
  }
  const room = lab.hub.room('lobby')

  it('begins with the newest page and ends at the oldest message, each once', () => {
    const read: string[] = []
    let page = room.readBack(null)
    expect(texts(page)).toEqual(['m18', 'm19', 'm20'])
    for (; ; page = room.readBack(page.cursor)) {
      read.unshift(...texts(page))
      expect(page.gap).toBe(false)
      if (!page.more) break
    }
    expect(read).toEqual(Array.from({ length: 21 - oldest }, (_, i) => `m${i + oldest}`))
    expect(room.readBack(page.cursor)).toMatchObject({ messages: [], more: false, cursor: page.cursor })
  })

  it('from any place meets what is read forward from there', () => {
    const { cursor } = room.read(null)
    const back = room.readBack(at(cursor, 18))
    expect([...texts(back), ...texts(room.read(at(cursor, 18)))]).toEqual(['m16', 'm17', 'm18', 'm19', 'm20'])
    expect(texts(room.read(back.cursor))).toEqual(['m16', 'm17', 'm18'])
  })

  it('tells of a place that was never here, and begins at the end', () => {
    const page = room.readBack('elsewhere:3' as Cursor)
    expect(page.gap).toBe(true)
    expect(texts(page)).toEqual(['m18', 'm19', 'm20'])
    expect(() => room.readBack('yesterday' as Cursor)).toThrow(
      expect.objectContaining({ code: 'bad-cursor' }),
    )
  })
})

it('reading back ends a page at its bytes, but never before its first message', () => {
  const { hub, say, turn } = createHub({ pageBytes: 250 })
  for (const text of ['a', 'b', 'c'.repeat(900), 'd', 'e']) say(text)
  turn()
  const room = hub.room('lobby')
  const pages: string[][] = []
  for (let page = room.readBack(null); page.messages.length > 0; page = room.readBack(page.cursor))
    pages.push(texts(page))
  expect(pages).toEqual([['d', 'e'], ['c'.repeat(900)], ['a', 'b']])
})

describe('rooms that are kept', () => {
  it('make room in memory for others when they have no reader, and come back whole', () => {
    const { hub, say, turn } = createHub({ maxRooms: 2 })
    say('a', 'one')
    say('b', 'two')
    expect(() => hub.room('three')).toThrow(expect.objectContaining({ code: 'too-many-rooms' })) // both have something to keep
    turn()
    say('c', 'three')
    turn()
    expect(texts(hub.room('one').read(null))).toEqual(['a'])
    const reader = hub.room('one').follow(null, () => {})
    hub.room('two').follow(null, () => {})
    expect(() => hub.room('three')).toThrow(expect.objectContaining({ code: 'too-many-rooms' }))
    reader.stop()
    expect(texts(hub.room('three').read(null))).toEqual(['c'])
  })

  it('are bounded in number; those that there are stay', () => {
    const { hub, say, turn } = createHub({ maxKeptRooms: 1 })
    say('a', 'one')
    turn()
    expect(() => hub.room('two')).toThrow(expect.objectContaining({ code: 'too-many-rooms' }))
    expect(texts(hub.room('one').read(null))).toEqual(['a'])
  })

  it('are brought up to date, and closed, with the hub', () => {
    const { hub, say, kept } = createHub()
    say('a')
    hub.close()
    expect(kept.open('lobby').newest).toBe(1)
  })
})
