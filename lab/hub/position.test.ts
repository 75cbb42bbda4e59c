import { describe, expect, it } from 'vitest'
import type { Cursor } from '../wire/message.ts'
import { cursorFor, type Position, positionOf } from './position.ts'

describe('a position', () => {
  it.each([
    ['e1:7', { cursor: 'e1:7', presence: null, rooms: null }],
    ['e1:7.42', { cursor: 'e1:7', presence: 42, rooms: null }],
    ['e1:7.42-3', { cursor: 'e1:7', presence: 42, rooms: 3 }],
    ['e1:0.0', { cursor: 'e1:0', presence: 0, rooms: null }],
  ])('%s is read and written without a change', (text, position) => {
    expect(positionOf(text as Cursor)).toEqual(position)
    expect(cursorFor(positionOf(text as Cursor) as Position & { cursor: Cursor })).toBe(text)
  })

  it('of a reader that has read nothing is null in both', () => {
    expect(positionOf(null)).toEqual({ cursor: null, presence: null, rooms: null })
  })

  it.each([
    'e1:1.',
    'e1:1.x',
    'e1:1.-5',
    'e1:1.5e3',
    'e1:1.5-',
    'e1:1-5',
    'e1:1.5.5',
    'e1:1.1234567890123456',
  ])('is not guessed from %j: the room is given the whole text, and refuses it', (text) => {
    expect(positionOf(text as Cursor)).toEqual({ cursor: text, presence: null, rooms: null })
  })
})
