import { describe, expect, it } from 'vitest'
import type { Cursor } from '../wire/message.ts'
import { Room, type RoomOptions } from './room.ts'

/** A room whose notifications are triggered by hand. */
function createRoom(options: Partial<RoomOptions> = {}, epoch = 'e1') {
  const due: (() => void)[] = []
  const room = new Room('lobby', epoch, {
    maxMessages: 5,
    maxLength: 1_000,
    pageMessages: 3,
    pageBytes: 10_000,
    admitFile: () => {},
    now: () => 1_700_000_000_000,
    defer: (notify) => due.push(notify),
    ...options,
  })
  let drafts = 0
  return {
    room,
    due,
    say: (text: string) => room.publish({ draftId: `d${++drafts}`, author: 'ada', text }),
    turn: () => {
      for (const notify of due.splice(0)) notify()
    },
  }
}

const texts = ({ messages }: { readonly messages: readonly { readonly text: string }[] }) =>
  messages.map(({ text }) => text)

describe('the log', () => {
  it('numbers messages from 1 without holes', async () => {
    const { say } = createRoom()
    const said = await Promise.all(['a', 'b', 'c'].map(say))
    expect(said.map(({ seq }) => seq)).toEqual([1, 2, 3])
  })

  it('is read page by page from the start, and says when there is more', () => {
    const { room, say } = createRoom()
    for (const text of ['a', 'b', 'c', 'd']) say(text)
    const first = room.read(null)
    expect(texts(first)).toEqual(['a', 'b', 'c'])
    expect(first).toMatchObject({ gap: false, more: true })
    const second = room.read(first.cursor)
    expect(texts(second)).toEqual(['d'])
    expect(second).toMatchObject({ gap: false, more: false })
    expect(room.read(second.cursor)).toEqual({ messages: [], cursor: second.cursor, gap: false, more: false })
  })

  it('ends a page at its bytes, but never before its first message', () => {
    const { room, say } = createRoom({ pageBytes: 200 })
    for (const text of ['x'.repeat(500), 'b', 'y'.repeat(9), 'c']) say(text)
    const first = room.read(null)
    expect(first.messages.map(({ seq }) => seq)).toEqual([1])
    const second = room.read(first.cursor)
    expect(second.messages.map(({ seq }) => seq)).toEqual([2, 3])
  })

  it('forgets the oldest beyond its number of messages', () => {
    const { room, say } = createRoom()
    for (let i = 1; i <= 7; i++) say(`m${i}`)
    expect(texts(room.read(null))).toEqual(['m3', 'm4', 'm5'])
  })

  it('forgets the oldest beyond its length, but keeps the newest however long', () => {
    const { room, say } = createRoom({ maxLength: 10 })
    say('a')
    say('b'.repeat(6))
    say('c'.repeat(6))
    expect(room.read(null).messages.map(({ seq }) => seq)).toEqual([3])
    say('d'.repeat(60))
    expect(room.read(null).messages.map(({ seq }) => seq)).toEqual([4])
  })

  it('does not keep a page for each place that a reader asks for', () => {
    const { room, say } = createRoom({ maxMessages: 100 })
    for (let i = 0; i < 50; i++) say('a')
    const at = (seq: number) => room.read(`e1:${seq}` as Cursor)
    const first = at(0)
    expect(at(0)).toBe(first)
    for (let seq = 1; seq < 50; seq++) at(seq)
    expect(at(0)).not.toBe(first)
    expect(at(0)).toEqual(first)
  })

  it('gives all readers at one place the identical page', () => {
    const { room, say } = createRoom()
    const before = room.read(null)
    say('a')
    expect(room.read(before.cursor)).toBe(room.read(before.cursor))
    const followers = [1, 2].map(() => room.follow(before.cursor, () => {}))
    expect(followers[0]!.next()).toBe(followers[1]!.next())
  })

  it('does not give a page from before after the log has grown', () => {
    const { room, say } = createRoom()
    const { cursor } = room.read(null)
    expect(room.read(cursor).messages).toEqual([])
    say('a')
    expect(texts(room.read(cursor))).toEqual(['a'])
  })
})

describe('a cursor', () => {
  it('that is older than what is kept yields a gap, never a silent hole', () => {
    const { room, say } = createRoom()
    say('m1')
    const { cursor } = room.read(null)
    for (let i = 2; i <= 7; i++) say(`m${i}`)
    expect(room.read(cursor)).toMatchObject({ gap: true })
    expect(texts(room.read(cursor))).toEqual(['m3', 'm4', 'm5'])
  })

  it('at the very edge of what is kept yields none', () => {
    const { room, say } = createRoom()
    say('m1')
    say('m2')
    const { cursor } = room.read(null)
    for (let i = 3; i <= 7; i++) say(`m${i}`)
    expect(room.read(cursor)).toMatchObject({ gap: false })
  })

  it('of another epoch yields a gap, even in an empty room', () => {
    const { room } = createRoom()
    const foreign = createRoom({}, 'e2').room.read(null).cursor
    expect(room.read(foreign)).toMatchObject({ messages: [], gap: true })
    expect(room.read(room.read(foreign).cursor)).toMatchObject({ gap: false })
  })

  it('ahead of the log yields a gap', () => {
    const { room } = createRoom()
    expect(room.read('e1:9' as Cursor)).toMatchObject({ gap: true })
  })

  it.each([
    '',
    'x',
    'e1:',
    'e1:-1',
    'e1:01',
    'e1:1.',
    'e1:1.x',
    'e1:1.5.5',
    'e1:1e3',
    'e1:99999999999999999999',
    'E1:1',
    'e1:1 ',
    'e1:1:1',
  ])('that was never one is refused: %j', (text) => {
    const { room } = createRoom()
    expect(() => room.read(text as Cursor)).toThrow(expect.objectContaining({ code: 'bad-cursor' }))
    expect(() => room.follow(text as Cursor, () => {})).toThrow()
    expect(room.followers).toBe(0)
  })
})

describe('publishing', () => {
  it('the same draft twice is one message', async () => {
    const { room } = createRoom()
    const draft = { draftId: 'd', author: 'ada', text: 'hi' }
    expect(await room.publish(draft)).toBe(await room.publish({ ...draft }))
    expect(room.read(null).messages).toHaveLength(1)
  })

  it('another text under a known draftId is refused and changes nothing', async () => {
    const { room } = createRoom()
    room.publish({ draftId: 'd', author: 'ada', text: 'hi' })
    await expect(room.publish({ draftId: 'd', author: 'ada', text: 'ho' })).rejects.toMatchObject({
      code: 'draft-conflict',
    })
    expect(texts(room.read(null))).toEqual(['hi'])
  })

  it('draftIds belong to their author', () => {
    const { room } = createRoom()
    room.publish({ draftId: 'd', author: 'ada', text: 'hi' })
    room.publish({ draftId: 'd', author: 'bob', text: 'hi' })
    expect(room.read(null).messages).toHaveLength(2)
  })

  it('recognises a repeated draft for as long as the message is kept', async () => {
    const { room, say } = createRoom()
    const draft = { draftId: 'mine', author: 'ada', text: 'hi' }
    const { seq } = await room.publish(draft)
    for (let i = 0; i < 4; i++) say('later')
    expect((await room.publish(draft)).seq).toBe(seq)
    say('one too many')
    expect((await room.publish(draft)).seq).not.toBe(seq)
  })
})

describe('the notification of followers', () => {
  it('comes once for all that was published in one turn', () => {
    const { room, say, turn } = createRoom()
    let notifications = 0
    room.follow(null, () => notifications++)
    say('a')
    say('b')
    expect(notifications).toBe(0)
    turn()
    expect(notifications).toBe(1)
    turn()
    expect(notifications).toBe(1)
    say('c')
    turn()
    expect(notifications).toBe(2)
  })

  it('does not come for a draft that was known', () => {
    const { room, due } = createRoom()
    const draft = { draftId: 'd', author: 'ada', text: 'hi' }
    room.publish(draft)
    expect(due).toHaveLength(1)
    room.publish(draft)
    expect(due).toHaveLength(1)
  })

  it('hangs before the first look, so nothing slips in between', () => {
    const { room, say, turn } = createRoom()
    const received: string[] = []
    const follower = room.follow(null, () => {
      for (let page = follower.next(); page; page = follower.next()) received.push(...texts(page))
    })
    say('between')
    turn()
    expect(received).toEqual(['between'])
  })

  it('leaves nothing behind when a follower stops, even while they are notified', () => {
    const { room, say, turn } = createRoom()
    const followers = Array.from({ length: 3 }, () =>
      room.follow(null, () => {
        for (const one of followers) one.stop()
      }),
    )
    expect(room.followers).toBe(3)
    say('a')
    turn()
    expect(room.followers).toBe(0)
  })

  it('may be subscribed to again by the listener it calls, without being called for ever', () => {
    const { room, say, turn } = createRoom()
    let notifications = 0
    function again() {
      notifications++
      follower.stop()
      follower = room.follow(null, again)
    }
    let follower = room.follow(null, again)
    say('a')
    turn()
    expect(notifications).toBe(1)
  })
})

describe('a follower', () => {
  it('is given a first page even when there is nothing, so that it has a cursor', () => {
    const { room } = createRoom()
    const follower = room.follow(null, () => {})
    expect(follower.next()).toMatchObject({ messages: [], gap: false })
    expect(follower.next()).toBeNull()
  })

  it('that has caught up is given nothing until there is something', () => {
    const { room, say } = createRoom()
    const follower = room.follow(room.read(null).cursor, () => {})
    expect(follower.next()).toBeNull()
    say('a')
    expect(texts(follower.next()!)).toEqual(['a'])
    expect(follower.next()).toBeNull()
  })

  it('that has fallen behind what is kept is told of the gap', () => {
    const { room, say } = createRoom()
    const follower = room.follow(room.read(null).cursor, () => {})
    for (let i = 1; i <= 7; i++) say(`m${i}`)
    expect(follower.next()).toMatchObject({ gap: true })
    expect(texts(follower.next()!)).toEqual(['m6', 'm7'])
  })

  it('of another epoch is told once, then follows', () => {
    const { room, say } = createRoom()
    const follower = room.follow('e0:7' as Cursor, () => {})
    expect(follower.next()).toMatchObject({ messages: [], gap: true })
    expect(follower.next()).toBeNull()
    say('a')
    expect(follower.next()).toMatchObject({ gap: false })
  })
})
