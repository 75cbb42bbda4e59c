/** The path of one message in architecture.md leads to code that is there. */
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { textOf } from '../lab/verify/rules/source-files.ts'
import { quote } from './site/render/source.ts'

const PAGE = 'docs/architecture.md'
const steps = [...textOf(PAGE).matchAll(/^\| \d+ \|.*\[`([^`]+)`\]\(([^)]+)\) \|$/gm)].map(
  ([, name = '', path = '']) => ({ name, file: join(dirname(PAGE), path) }),
)

test('The path of one message has all its steps.', () => {
  expect(steps.length).toBe(textOf(PAGE).match(/^\| \d+ \|/gm)?.length)
  expect(steps.length).toBeGreaterThan(10)
})

test.each(steps)('$file declares the step $name of the path', ({ name, file }) => {
  expect(() => quote(`${file}#${name}`)).not.toThrow()
})
