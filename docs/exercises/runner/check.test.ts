/** The words in which a check says that something is not as it should be. */
import { expect, it } from 'vitest'
import { same, shown, Unmet } from './check.ts'

const complaint = (run: () => void): string => {
  try {
    run()
  } catch (error) {
    if (error instanceof Unmet) return error.message
    throw error
  }
  return ''
}

it('what fits stands on one line, and what does not has its values below each other', () => {
  expect(complaint(() => same('the number', 1, 2, 'A hint.'))).toBe(
    'the number: expected 2, but it is 1\n  A hint.',
  )
  expect(complaint(() => same('the text', 'a'.repeat(50), 'b'.repeat(50)))).toMatch(
    /^the text\n {2}expected {3}"b+"\n {2}but it is {2}"a+"$/,
  )
})
it('a difference beyond what is shown is a difference', () => {
  const long = 'x'.repeat(500)
  expect(complaint(() => same('the text', `${long}a`, `${long}b`))).toContain('503 characters')
})
it('what is shown of a long value ends with a whole character', () => {
  const family = '👩‍👩‍👧‍👦'
  expect(shown(family.repeat(20))).toBe(`"${family.repeat(13)}… (222 characters)`)
})
it('where nothing came back, a return may be missing', () => {
  expect(complaint(() => same('the sum', undefined, 3))).toContain('Is a `return` missing?')
  expect(complaint(() => same('the sum', undefined, 3, 'Add them.'))).not.toContain('return')
})
it.each([
  [() => 1, 'a function that was not called'],
  [Promise.resolve(1), 'a Promise: is an `await` missing, or an `async` too many?'],
  [5n, '5n, a BigInt'],
  [[5n], '5'],
  [Number.NaN, 'NaN'],
  [Symbol('s'), 'Symbol(s)'],
  [Buffer.from('Hi'), '<4869>'],
  ['a\nb', '"a\\nb"'],
])('%o is shown as %s', (value, words) => {
  expect(shown(value)).toBe(words)
})
