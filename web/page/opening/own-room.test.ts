import { expect, test } from 'vitest'
import { isTransient } from '../../../lab/wire/codec.ts'
import { problemWithRoom } from '../address/settings.ts'
import { ownRoomName } from './own-room.ts'

test('a visitor’s own room is named after the guest, is not kept by the server, and is no other visitor’s', () => {
  let turn = 0
  const name = ownRoomName('Keen Swift', () => (turn++ % 36) / 36)
  expect(name).toBe('_keen-swift-01234567')
  expect(isTransient(name)).toBe(true)
  const names = new Set(Array.from({ length: 200 }, () => ownRoomName('Keen Swift', Math.random)))
  expect(names.size).toBe(200)
  for (const one of names) expect(problemWithRoom(one)).toBeNull()
})
