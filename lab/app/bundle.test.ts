import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { bundlePages } from './bundle.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-pages-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('leaves no chunk of an earlier build behind, and all of its own', async () => {
  await bundlePages(folder)
  const names = (await readdir(folder)).sort()
  expect(names.filter((name) => /^chunk-.*\.js$/.test(name)).length).toBeGreaterThan(0)
  for (const stale of ['chunk-ABCDEFG7.js', 'chunk-ABCDEFG7.js.map']) await writeFile(join(folder, stale), '')

  await bundlePages(folder)
  expect((await readdir(folder)).sort()).toEqual(names)
})
