import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory.ts'
import { Hub, TRANSIENT_LASTS_MS } from './hub.ts'

describe('rooms', () => {
  it('come into being when named, and stay the same', () => {
    const hub = new Hub()
    expect(hub.room('lobby')).toBe(hub.room('lobby'))
    expect(hub.room('lobby')).not.toBe(hub.room('garden'))
  })

  it.each(['', 'A', 'a b', '../x', 'ä', '-a', 'a'.repeat(65), '__proto__'])('are not named %j', (name) => {
    expect(() => new Hub().room(name)).toThrow(expect.objectContaining({ code: 'bad-room' }))
  })

  it('are bounded in number; a used one is never forgotten for a new one', () => {
    const hub = new Hub({ maxRooms: 2 })
    hub.room('one').publish({ draftId: 'd', author: 'ada', text: 'hi' })
    const reader = hub.room('two').follow(null, () => {})
    expect(() => hub.room('three')).toThrow(expect.objectContaining({ code: 'too-many-rooms' }))
    reader.stop()
    expect(hub.room('three').name).toBe('three')
    expect(hub.room('one').read(null).messages).toHaveLength(1)
  })

  it('do not take each other’s cursors', () => {
    const hub = new Hub()
    const { cursor } = hub.room('one').read(null)
    expect(hub.room('one').read(cursor).gap).toBe(false)
    expect(hub.room('two').read(cursor).gap).toBe(true)
  })
})

it('two hubs never take each other’s cursors', () => {
  const { cursor } = new Hub().room('lobby').read(null)
  expect(new Hub().room('lobby').read(cursor).gap).toBe(true)
})

it('counts who is waiting in all rooms', () => {
  const hub = new Hub()
  const readers = ['a', 'b', 'b'].map((name) => hub.room(name).follow(null, () => {}))
  expect(hub.followers).toBe(3)
  for (const reader of readers) reader.stop()
  expect(hub.followers).toBe(0)
})

it('a hub without a store wakes the readers of a room at the end of the turn in which it was published to, once', async () => {
  const room = new Hub().room('lobby')
  const other = new Hub().room('lobby')
  const woken: string[] = []
  room.follow(null, () => woken.push('reader'))
  other.follow(null, () => woken.push('reader of another hub'))
  for (const draftId of ['d', 'e']) room.publish({ draftId, author: 'ada', text: 'hi' })
  expect(woken).toEqual([])
  await nextTurn()
  expect(woken).toEqual(['reader'])
})

describe('a room that is in memory only', () => {
  /** A hub on a store, whose time passes by hand. */
  function createHub(maxTransientRooms = 2) {
    let time = 0
    let due: (() => void)[] = []
    const store = createMemoryStore()
    const hub = new Hub({
      ...{ store, maxTransientRooms, maxKeptRooms: 1, now: () => time, defer: (act) => act() },
      after(_ms, act) {
        due.push(act)
        return () => (due = due.filter((one) => one !== act))
      },
    })
    /** As often as the hub looks. */
    function pass(looks: number): void {
      for (let look = 0; look < looks; look++) {
        time += TRANSIENT_LASTS_MS / 2
        for (const act of due.splice(0)) act()
      }
    }
    return { hub, store, pass, waits: () => due.length }
  }
  const say = (hub: Hub, name: string, text = 'hi') =>
    hub.room(name).publish({ draftId: text, author: 'ada', text })

  it('is read and written as any other, and neither the store nor the list of rooms hears of it', async () => {
    const { hub, store } = createHub()
    expect(await say(hub, '_mine')).toMatchObject({ seq: 1, text: 'hi' })
    expect(hub.room('_mine').read(null).messages).toHaveLength(1)
    expect(hub.publicRooms).toEqual([])
    expect(store.rooms).toBe(0)
    expect([hub.roomsInUse, hub.published]).toEqual([1, 1])
  })

  it('stays while it has a reader or is asked, and is gone some time after the last of them', () => {
    const { hub, pass, waits } = createHub()
    void say(hub, '_mine')
    const reader = hub.room('_mine').follow(null, () => {})
    pass(10)
    reader.stop()
    pass(1)
    expect(hub.room('_mine').lastSeq, 'a page that is loaded again finds its words').toBe(1)
    for (let poll = 0; poll < 5; poll++) {
      pass(1)
      hub.room('_mine')
    }
    expect(hub.roomsInUse).toBe(1)
    pass(2)
    expect(hub.roomsInUse).toBe(0)
    expect(hub.published, 'the count goes on').toBe(1)
    expect(hub.room('_mine').lastSeq, 'a new room of this name').toBe(0)
    pass(3)
    expect(waits(), 'looks that are due when there is no such room').toBe(0)
  })

  it('is bounded in number, and takes no place from those that are kept', () => {
    const { hub } = createHub(2)
    hub.room('_one')
    hub.room('_two')
    expect(() => hub.room('_three')).toThrow(expect.objectContaining({ code: 'too-many-rooms' }))
    expect(hub.room('lobby').name).toBe('lobby')
  })

  it('holds little: the oldest are forgotten, and files are bounded though the store would have place', async () => {
    const { hub } = createHub()
    for (let n = 0; n < 600; n++) void say(hub, '_mine', `${n}`)
    expect(hub.room('_mine').lastSeq).toBe(600)
    expect(hub.room('_mine').readBack(null).more).toBe(true)
    expect(hub.room('_mine').read(null).messages[0]?.text).toBe('100')
    const file = { id: 'f', name: 'a.png', type: 'image/png', size: 9 * 1024 * 1024 }
    const draft = { draftId: 'f', author: 'ada', text: 'a.png', note: { kind: 'file' as const, file } }
    await expect(hub.room('_mine').publish(draft, new Uint8Array(file.size))).rejects.toMatchObject({
      code: 'too-large',
    })
  })
})
