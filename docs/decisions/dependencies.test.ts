/** Every package has a line that says why it is there, and no line outlives its package. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'
import { codeIn, tableRows } from '../reference/markdown.ts'

const root = resolve(import.meta.dirname, '../..')
const record = readFileSync(resolve(root, 'docs/decisions/006-dependencies.md'), 'utf8')
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8')) as Record<
  string,
  object | undefined
>

it('says for each package, and each override, why it is there', () => {
  const packages = ['dependencies', 'devDependencies', 'overrides'].flatMap((key) =>
    Object.keys(manifest[key] ?? {}),
  )
  const rows = tableRows(record, 'Decision')
  expect(rows.map(([name]) => codeIn(name!)).sort()).toEqual(packages.sort())
  for (const [name, why] of rows) expect(why!.length, name).toBeGreaterThan(10)
})
