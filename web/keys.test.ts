import { expect, it, test } from 'vitest'
import { filesIn, textOf } from '../lab/verify/rules/source-files.ts'
import { isComposing } from './keys.ts'

it.each([
  ['as most browsers mark it', { isComposing: true, keyCode: 229 }, true],
  ['as Safari marks the one that ends it', { isComposing: false, keyCode: 229 }, true],
  ['in the midst of it', { isComposing: true, keyCode: 13 }, true],
  ['that is meant for the page', { isComposing: false, keyCode: 13 }, false],
])('a key of a composition, %s', (_how, event, is) => expect(isComposing(event)).toBe(is))

/** For it, each key is a sign that the reader has begun, whatever it is for. */
const HEARS_ANY = 'web/page/opening/first-motion.ts'

test('each listener to keys asks whether the key belongs to a composition', () => {
  const hears = filesIn(['web', 'docs', 'benchmarks'])
    .filter((file) => !file.endsWith('.test.ts') && file !== HEARS_ANY)
    .map((file) => ({ file, text: textOf(file) }))
    .filter(({ text }) => /@key(down|up|press)=|['"`]key(down|up|press)['"`]/.test(text))
  expect(hears.map(({ file }) => file)).toContain('web/elements/lane/lane-composer.ts')
  const deaf = hears.filter(({ text }) => !/if \([^)]*isComposing\(event\)\) return/.test(text))
  expect(deaf.map(({ file }) => file)).toEqual([])
})
