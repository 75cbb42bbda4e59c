/** A hub on a log that several share: what its writers and readers are told, and in which order. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createMemoryLog, type MemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { type Store, StoreError } from '../../store/store.ts'
import { type ControlledEngine, controlled } from '../../verify/engines/controlled.ts'
import type { Disk } from '../../verify/kit/disk.ts'
import { onDisk } from '../../verify/kit/disk.ts'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import type { Cursor, Note, Page } from '../../wire/message.ts'
import { Hub, type HubOptions } from '../hub.ts'

interface Server {
  readonly hub: Hub
  readonly engine: ControlledEngine
  readonly store: Store
  readonly disk: Disk
  readonly troubles: (string | undefined)[]
  readonly ends: string[]
}

/** Some servers of one log, each with a store of its own. */
function servers(count: number, options: HubOptions = {}, log: MemoryLog = createMemoryLog()): Server[] {
  return Array.from({ length: count }, () => serverOf(log, createMemoryStore(), options))
}

function serverOf(log: MemoryLog, kept: Store, options: HubOptions = {}): Server {
  const engine = controlled(log.open())
  const disk: Disk = { isFull: false, refusals: 0 }
  const store = onDisk(kept, disk)
  const troubles: (string | undefined)[] = []
  const ends: string[] = []
  const hub = new Hub({
    ...{ store, engine },
    onTrouble: (cause) => troubles.push(cause?.message),
    onLogEnd: ({ code }) => ends.push(code),
    ...options,
  })
  return { hub, engine, store, disk, troubles, ends }
}

/** What is due is called by the test. */
function timersByHand() {
  const due: (() => void)[] = []
  const after = (_ms: number, act: () => void) => {
    due.push(act)
    return () => {}
  }
  return { due, after }
}

let drafts = 0
const say = ({ hub }: Pick<Server, 'hub'>, text: string, note?: Note, room = 'lobby') =>
  hub
    .room(room)
    .publish({ draftId: `d${drafts++}`, author: 'ada', authorId: 'a1', text, ...(note && { note }) })
const texts = ({ messages }: Page) => messages.map(({ seq, text }) => `${seq} ${text}`)
const at = ({ hub }: Pick<Server, 'hub'>, room = 'lobby') => texts(hub.room(room).read(null))
/** All that has been appended by now has come to each of them. */
const settled = (all: readonly Server[]) => Promise.all(all.map(({ hub }) => hub.caughtUp()))

describe('what is published on a log that several servers share', () => {
  it('has its number when it has come back and not before, and is stored, shown and told to its readers by then, in this order', async () => {
    const [server] = servers(1) as [Server]
    const { hub, engine, store } = server
    const order: string[] = []
    const room = hub.room('lobby')
    room.follow(null, () =>
      order.push(`notified, with ${at(server)} shown and ${store.open('lobby').newest} stored`),
    )
    engine.isHeldBack = true
    const publishing = say(server, 'a').then(({ seq }) => order.push(`acknowledged as ${seq}`))
    await nextTurn()
    await nextTurn()
    expect(engine.appended).toBe(1)
    expect([order, room.lastSeq]).toEqual([[], 0])
    engine.isHeldBack = false
    await publishing
    expect(order).toEqual(['notified, with 1 a shown and 1 stored', 'acknowledged as 1'])
  })

  it('is the same at every server, by the same numbers and epochs, whichever of them wrote it, and wakes the readers of each', async () => {
    const all = servers(3)
    const woken = all.map(({ hub }) => {
      const notify = vi.fn()
      hub.room('lobby').follow(null, notify)
      return notify
    })
    const said = await Promise.all(all.flatMap((server, i) => [say(server, `a${i}`), say(server, `b${i}`)]))
    await settled(all)
    const [first, ...others] = all.map((server) => server.hub.room('lobby').read(null))
    expect(first!.messages.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6])
    for (const other of others) expect(other).toEqual(first)
    expect(said.toSorted((a, b) => a.seq - b.seq)).toEqual(first!.messages)
    for (const notify of woken) expect(notify).toHaveBeenCalled()
  })

  it('in one turn, in all rooms, is one entry; and what comes while one is underway is the next', async () => {
    const [server] = servers(1) as [Server]
    await Promise.all([say(server, 'a'), say(server, 'b', undefined, 'garden'), say(server, 'c')])
    expect(server.engine.appended).toBe(1)
    expect(at(server, 'garden')).toEqual(['1 b'])
    const first = say(server, 'd')
    await nextTurn()
    await Promise.all([first, say(server, 'e')])
    expect(server.engine.appended).toBe(3)
  })

  it('by the same draft at two servers is one message, and both writers are told its number', async () => {
    const all = servers(2)
    const draft = { draftId: 'same', author: 'ada', text: 'hi' }
    const [left, right] = await Promise.all(all.map(({ hub }) => hub.room('lobby').publish(draft)))
    expect(left).toEqual(right)
    await settled(all)
    expect(all.map((server) => at(server))).toEqual([['1 hi'], ['1 hi']])
  })

  it('by the same draft with another text is a conflict, decided by the log, and only one text is shown', async () => {
    const all = servers(2)
    const publish = ({ hub }: Server, text: string) =>
      hub.room('lobby').publish({ draftId: 'same', author: 'ada', text })
    const outcomes = await Promise.allSettled([publish(all[0]!, 'hi'), publish(all[1]!, 'ho')])
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({
      reason: { code: 'draft-conflict' },
    })
    await settled(all)
    expect(at(all[0]!)).toEqual(at(all[1]!))
    expect(at(all[0]!)).toHaveLength(1)
  })

  it('may be about a message that its own server has not got yet: the log decides', async () => {
    const all = servers(2) as [Server, Server]
    all[1].engine.isHeldBack = true
    await say(all[0], 'a')
    const edit = say(all[1], 'A', { kind: 'edited', seq: 1 })
    const nothing = say(all[1], 'B', { kind: 'edited', seq: 7 })
    await nextTurn()
    all[1].engine.isHeldBack = false
    expect(await edit).toMatchObject({ seq: 2, note: { kind: 'edited', seq: 1 } })
    await expect(nothing).rejects.toMatchObject({ code: 'not-found' })
  })

  it('with a file has its bytes at every server, within the limits of the log', async () => {
    const all = servers(2, { maxFileBytes: 300_000 }) as [Server, Server]
    // Longer than an entry: it travels in pieces.
    const bytes = new Uint8Array(290_000).fill(7)
    const attach = (server: Server, id: string) =>
      server.hub.room('lobby').publish(
        {
          draftId: id,
          author: 'ada',
          text: 'f',
          note: { kind: 'file', file: { id, name: 'f', type: 'text/plain', size: bytes.length } },
        },
        bytes,
      )
    await attach(all[0], 'one')
    await settled(all)
    // As buffers: to compare so many numbers one by one takes seconds.
    expect(Buffer.compare(all[1].hub.room('lobby').file('one')!.bytes, bytes)).toBe(0)
    await expect(attach(all[1], 'two')).rejects.toMatchObject({ code: 'too-large' })
  })

  it('of the longest text goes through', async () => {
    const [server] = servers(1) as [Server]
    expect((await say(server, '\u0001'.repeat(MAX_TEXT_BYTES))).seq).toBe(1)
  })

  it('in a room that is forgotten is gone at every server, and the room begins again', async () => {
    const all = servers(2) as [Server, Server]
    await say(all[0], 'a', undefined, 'garden')
    await settled(all)
    expect(at(all[1], 'garden')).toEqual(['1 a'])
    await Promise.all([all[1].hub.forget('garden'), say(all[1], 'b', undefined, 'garden')])
    await settled(all)
    expect(all.map((server) => [at(server, 'garden'), server.store.rooms])).toEqual([
      [['1 b'], 1],
      [['1 b'], 1],
    ])
  })
})

describe('a log that does not take it', () => {
  it('is away: the writer is told that it is not stored, and when to try again; reading goes on, and so does writing afterwards', async () => {
    const [server, other] = servers(2) as [Server, Server]
    await say(server, 'a')
    server.engine.isAway = true
    const refused = expect(say(server, 'b')).rejects
    await refused.toMatchObject({ code: 'not-stored', retryAfterS: expect.any(Number) })
    await say(other, 'from elsewhere')
    expect(at(server)).toEqual(['1 a'])
    expect(server.hub.readiness).toMatchObject({ status: 'ok' })
    server.engine.isAway = false
    expect(await say(server, 'c')).toMatchObject({ seq: 3 })
    expect(at(server)).toEqual(['1 a', '2 from elsewhere', '3 c'])
    expect(server.troubles).toEqual(['the engine is away', undefined])
  })

  it('has lost the acknowledgement: the writer is told that it is not known, and the same draft again is the message that it became', async () => {
    const [server] = servers(1) as [Server]
    const draft = { draftId: 'again', author: 'ada', text: 'hi' }
    const { hub, engine } = server
    engine.isHeldBack = true
    engine.isDeaf = true
    await expect(hub.room('lobby').publish(draft)).rejects.toMatchObject({ code: 'not-stored' })
    engine.isHeldBack = false
    engine.isDeaf = false
    expect(await hub.room('lobby').publish(draft)).toMatchObject({ seq: 1 })
    expect(at(server)).toEqual(['1 hi'])
  })

  it('is away: what waits behind the entry that was tried is told too, and not only when its own turn has come', async () => {
    const [server] = servers(1) as [Server]
    const { hub, engine } = server
    let giveUp = (_why: Error) => {}
    vi.spyOn(engine, 'append').mockReturnValueOnce(new Promise((_, reject) => (giveUp = reject)))
    const first = say({ hub }, 'a')
    await nextTurn()
    const second = say({ hub }, 'b')
    engine.isAway = true
    const { EngineError } = await import('../../store/engine/engine.ts')
    giveUp(new EngineError('unavailable', 'no answer for ten seconds'))
    await expect(first).rejects.toMatchObject({ code: 'not-stored' })
    await expect(second).rejects.toMatchObject({ code: 'not-stored' })
    expect(engine.append).toHaveBeenCalledTimes(1)
  })

  it('is full: the writer is told so', async () => {
    const [server] = servers(1) as [Server]
    server.engine.isFull = true
    await expect(say(server, 'a')).rejects.toMatchObject({
      code: 'not-stored',
      message: expect.stringContaining('full'),
    })
  })

  it('has it and does not bring it back: the writer is told that it is not known, once the time is up', async () => {
    const { due, after } = timersByHand()
    const [server] = servers(1, { after }) as [Server]
    server.engine.isHeldBack = true
    const refused = expect(say(server, 'a')).rejects.toMatchObject({ code: 'not-stored' })
    // Once to twice the time: each look is one of those that are due.
    for (let looks = 0; looks < 3; looks++) {
      await nextTurn()
      for (const act of due.splice(0)) act()
    }
    await refused
    server.engine.isHeldBack = false
    expect(at(server)).toEqual(['1 a'])
  })

  it('a refusal may be left alone: it ends no process', async () => {
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    const [server] = servers(1) as [Server]
    server.engine.isAway = true
    void say(server, 'a')
    await nextTurn()
    await nextTurn()
    process.off('unhandledRejection', unhandled)
    expect(unhandled).not.toHaveBeenCalled()
  })

  it('what is known is still acknowledged while it is away', async () => {
    const [server] = servers(1) as [Server]
    const draft = { draftId: 'known', author: 'ada', text: 'hi' }
    const before = await server.hub.room('lobby').publish(draft)
    server.engine.isAway = true
    expect(await server.hub.room('lobby').publish(draft)).toEqual(before)
  })
})

describe('a server whose own disk is full', () => {
  it('passes no entry: it says that it is behind, takes nothing, and goes on where it was when there is room', async () => {
    const { due, after } = timersByHand()
    const [full, other] = servers(2, { after }) as [Server, Server]
    await settled([full, other])
    full.disk.isFull = true
    await say(other, 'a')
    await vi.waitFor(() => expect(full.disk.refusals).toBe(1))
    expect(full.hub.readiness).toMatchObject({ status: 'behind' })
    await expect(say(full, 'b')).rejects.toMatchObject({ code: 'not-stored' })
    expect(at(full)).toEqual([])
    full.disk.isFull = false
    for (const act of due.splice(0)) act()
    await vi.waitFor(() => expect(at(full)).toEqual(['1 a']))
    expect(await say(full, 'c')).toMatchObject({ seq: 2 })
    expect(full.troubles).toEqual(['the disk is full', undefined])
  })
})

describe('a server that ends', () => {
  it('appends what was due, which is there for the others and for itself when it begins again', async () => {
    const log = createMemoryLog()
    const kept = createMemoryStore()
    const ending = serverOf(log, kept)
    const told = say(ending, 'a')
    await ending.hub.close()
    await expect(told).rejects.toMatchObject({ code: 'not-stored' })
    const again = serverOf(log, kept)
    await again.hub.caughtUp()
    expect(at(again)).toEqual(['1 a'])
    expect((await say(again, 'b')).seq).toBe(2)
  })
})

describe('a server that begins', () => {
  it('behind a conversation has all of it, under the numbers and epochs of the others', async () => {
    const log = createMemoryLog()
    const [first] = servers(1, {}, log) as [Server]
    for (const text of ['a', 'b', 'c']) await say(first, text)
    const [second] = servers(1, {}, log) as [Server]
    expect(second.hub.readiness).toMatchObject({ status: 'behind', behind: null })
    await second.hub.caughtUp()
    expect(second.hub.readiness).toEqual({ status: 'ok', applied: 3, behind: 0, behindMs: 0 })
    expect(second.hub.room('lobby').read(null)).toEqual(first.hub.room('lobby').read(null))
  })

  it('again goes on from the place that is in its store, and applies nothing twice', async () => {
    const log = createMemoryLog()
    const kept = createMemoryStore()
    const before = serverOf(log, kept)
    await say(before, 'a')
    before.hub.close()
    const [other] = servers(1, {}, log) as [Server]
    await say(other, 'b')
    const after = serverOf(log, kept)
    await after.hub.caughtUp()
    expect(at(after)).toEqual(['1 a', '2 b'])
  })

  it('with the store of another log, of no log, or of a log but without an engine, is refused by a line', async () => {
    const [one, another] = [createMemoryLog(), createMemoryLog()]
    const shared = createMemoryStore()
    await say(serverOf(one, shared), 'a')
    expect(() => serverOf(another, shared)).toThrow(StoreError)
    expect(() => serverOf(another, shared)).toThrow(/belongs to the shared log \w+, and the engine has \w+/)
    expect(() => new Hub({ store: shared })).toThrow(/belongs to a log that several servers share/)
    const alone = createMemoryStore()
    const hub = new Hub({ store: alone })
    await say({ hub }, 'a')
    expect(() => serverOf(one, alone)).toThrow(/has a conversation of this server alone/)
  })

  it('behind what was trimmed says that it has lost the log, and takes nothing', async () => {
    const log = createMemoryLog()
    const [first] = servers(1, {}, log) as [Server]
    for (const text of ['a', 'b']) await say(first, text)
    await first.engine.trim(2)
    const [late] = servers(1, {}, log) as [Server]
    await vi.waitFor(() => expect(late.ends).toEqual(['gone']))
    expect(late.hub.readiness).toMatchObject({ status: 'failed' })
    await expect(say(late, 'c')).rejects.toMatchObject({ code: 'not-stored' })
  })
})

describe('a cursor that is ahead of this server', () => {
  const ahead = async (all: [Server, Server]): Promise<Cursor> => {
    await say(all[0], 'a')
    await settled(all)
    all[1].engine.isHeldBack = true
    await say(all[0], 'b')
    return all[0].hub.room('lobby').read(null).cursor
  }

  it('is no gap: it is given back without messages, and a follower there waits until this server has passed it', async () => {
    const all = servers(2) as [Server, Server]
    const cursor = await ahead(all)
    const room = all[1].hub.room('lobby')
    expect(room.read(cursor)).toEqual({ messages: [], cursor, gap: false, more: false })
    const follower = room.follow(cursor, () => {})
    expect(follower.next()).toBeNull()
    all[1].engine.isHeldBack = false
    expect(follower.next()).toBeNull()
    await say(all[0], 'c')
    await settled(all)
    expect(follower.next()).toMatchObject({ messages: [{ seq: 3, text: 'c' }], gap: false })
    follower.stop()
  })

  it('is a gap as soon as this server has all that the log has, and the place is not there', async () => {
    const all = servers(2) as [Server, Server]
    const cursor = (await ahead(all)).replace(/\d+$/, '9') as Cursor
    const notify = vi.fn()
    const follower = all[1].hub.room('lobby').follow(cursor, notify)
    await nextTurn()
    expect(notify).not.toHaveBeenCalled()
    all[1].engine.isHeldBack = false
    await vi.waitFor(() => expect(follower.isLost).toBe(true))
    expect(notify).toHaveBeenCalled()
    expect(follower.next()).toMatchObject({ gap: true, messages: [{ seq: 1 }, { seq: 2 }] })
    follower.stop()
  })

  it('is not taken for lost while the engine is away: only it could say so', async () => {
    const all = servers(2) as [Server, Server]
    const cursor = await ahead(all)
    all[1].engine.isAway = true
    const follower = all[1].hub.room('lobby').follow(cursor, () => {})
    for (let turns = 0; turns < 5; turns++) await nextTurn()
    expect([follower.isLost, follower.next()]).toEqual([false, null])
    follower.stop()
  })

  it('read backwards is a gap, since what lies between would be missing and not be seen to be', async () => {
    const all = servers(2) as [Server, Server]
    const cursor = await ahead(all)
    const page = all[1].hub.room('lobby').readBack(cursor)
    expect([page.gap, texts(page)]).toEqual([true, ['1 a']])
  })
})
