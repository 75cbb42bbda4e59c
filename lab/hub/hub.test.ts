import { setImmediate as nextTurn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { Hub } from './hub.ts'

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
