import { mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { FINGERPRINT_FILE, isOf, sourceFingerprint } from './fingerprint.ts'

let folder: string
let before: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'transport-lab-fingerprint-'))
  await mkdir(join(folder, 'docs/chapters'), { recursive: true })
  await writeFile(join(folder, 'README.md'), '# A')
  await writeFile(join(folder, 'docs/chapters/one.md'), '# One')
  before = sourceFingerprint(folder)
})

afterEach(() => rm(folder, { recursive: true, force: true }))

it('is the same as long as nothing changes', () => {
  expect(sourceFingerprint(folder)).toBe(before)
})

it.each<readonly [string, () => Promise<unknown>]>([
  ['a longer text', () => writeFile(join(folder, 'docs/chapters/one.md'), '# One more')],
  [
    'another text of the same length',
    async () => {
      await writeFile(join(folder, 'docs/chapters/one.md'), '# Two')
      await utimes(join(folder, 'docs/chapters/one.md'), 1, 1) // some clock has ticked since
    },
  ],
  ['a new file', () => writeFile(join(folder, 'docs/two.md'), '')],
  ['a file that is gone', () => rm(join(folder, 'README.md'))],
  ['another name', () => rename(join(folder, 'docs/chapters/one.md'), join(folder, 'docs/chapters/two.md'))],
])('is another with %s', async (_what, change) => {
  await change()
  expect(sourceFingerprint(folder)).not.toBe(before)
})

it('does not depend on what is made and said here', async () => {
  for (const name of ['build', 'data', 'my-work', 'node_modules']) {
    await mkdir(join(folder, name))
    await writeFile(join(folder, name, 'file'), 'new')
  }
  expect(sourceFingerprint(folder)).toBe(before)
})

it('is known of a site that says so, and of no other', async () => {
  expect(isOf(before, folder)).toBe(false)
  await writeFile(join(folder, FINGERPRINT_FILE), 'of something else')
  expect(isOf(before, folder)).toBe(false)
  await writeFile(join(folder, FINGERPRINT_FILE), before)
  expect(isOf(before, folder)).toBe(true)
  expect(isOf(before, join(folder, 'nowhere'))).toBe(false)
})
