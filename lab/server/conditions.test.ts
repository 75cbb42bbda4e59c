import { expect, it } from 'vitest'
import { isKnown } from './conditions.ts'

it.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", "a"', true],
  ['"b",W/"a" , "c"', true],
  ['*', true],
  [' * ', true],
  [undefined, false],
  ['', false],
  ['a', false],
  ['"b"', false],
  ['"A"', false],
  ['"a', false],
  ['"b,a"', false],
  ['"x*"', false],
])('If-None-Match: %s names "a" is %s', (header, known) => {
  expect(isKnown(header, '"a"')).toBe(known)
})

it('a tag may have a comma in it', () => {
  expect(isKnown('"a,b", "c"', '"a,b"')).toBe(true)
})
