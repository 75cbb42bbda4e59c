import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { afterAll, expect, it } from 'vitest'
import { CHAPTERS, fileOf } from '../course.ts'
import { buildDocs } from './build.ts'
import { SEARCH_OPTIONS } from './search-options.ts'
import { outputOf } from './urls.ts'

const folder = await mkdtemp(join(tmpdir(), 'transport-lab-docs-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

it('builds every chapter, takes the place of what was there, and leaves nothing beside it', async () => {
  const site = join(folder, 'site')
  await mkdir(site)
  await writeFile(join(site, 'old.html'), 'old')
  await buildDocs(site)
  for (const chapter of CHAPTERS) {
    const file = fileOf(chapter)
    if (file)
      expect(await readFile(join(site, outputOf(file)), 'utf8')).toContain(`data-chapter="${chapter.number}"`)
  }
  expect(await readdir(site)).not.toContain('old.html')
  expect(await readdir(folder)).toEqual(['site'])

  const index = MiniSearch.loadJSON(await readFile(join(site, 'assets/search.json'), 'utf8'), SEARCH_OPTIONS)
  expect(index.search('lost wake-up')[0]?.url).toMatch(/^\/docs\/chapters\/03-long-polling\.html/)
})

it('that fails leaves what was there', async () => {
  const site = join(folder, 'kept')
  await mkdir(site)
  await writeFile(join(site, 'old.html'), 'old')
  await expect(buildDocs(site, () => '# A\n\n[b](nowhere.md)\n')).rejects.toThrow('README.md:3: nowhere.md')
  expect(await readdir(site)).toEqual(['old.html'])
  expect((await readdir(folder)).sort()).toEqual(['kept', 'site'])
})
