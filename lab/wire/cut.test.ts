/** Shorter, and never in the middle of a character. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cut, shortened } from './cut.ts'

const FAMILY = '👨‍👩‍👧‍👦'
const PIECES = ['a', '茶', 'e\u0301', '🦜', '🇩🇪', FAMILY, '\r\n', '\u200d', '\u0301']

describe('a text that is cut', () => {
  it.each([
    ['as it is when it fits', 'abc', 3, 'abc'],
    ['after a letter', 'abcd', 3, 'abc'],
    ['before an emoji that does not fit whole', 'ab🦜', 3, 'ab'],
    ['before a family that does not fit whole', `a${FAMILY}b`, 8, 'a'],
    ['after a family that does', `a${FAMILY}b`, 12, `a${FAMILY}`],
    ['before a letter whose accent does not fit', 'abe\u0301', 3, 'ab'],
    ['between two flags, and not between their halves', '🇩🇪🇫🇷', 6, '🇩🇪'],
    ['to nothing, when not even one fits', FAMILY, 3, ''],
  ])('is cut %s', (_where, text, most, left) => expect(cut(text, most)).toBe(left))

  it('is at most as long as it may be, its beginning, and well formed, whatever it is', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...PIECES), { maxLength: 20 }), fc.nat(50), (pieces, most) => {
        const text = pieces.join('')
        const left = cut(text, most)
        expect(left.length).toBeLessThanOrEqual(most)
        expect(text.startsWith(left)).toBe(true)
        expect(() => encodeURIComponent(left)).not.toThrow() // as it does for half a character
      }),
    )
  })

  it('is cut all the same when a single character has a hundred accents', () => {
    const heap = `a${'\u0301'.repeat(300)}`
    expect(cut(heap, 100)).toBe(heap.slice(0, 100))
  })

  it('costs no more when it is very long', () => {
    expect(cut('🦜'.repeat(1_000_000), 5)).toBe('🦜🦜')
  })
})

it('an ellipsis says that something is missing, and counts', () => {
  expect(shortened('🦜🦜', 4)).toBe('🦜🦜')
  expect(shortened('🦜🦜🦜', 4)).toBe('🦜…')
})
