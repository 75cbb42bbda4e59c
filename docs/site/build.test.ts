import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import MiniSearch from 'minisearch'
import { afterAll, expect, it } from 'vitest'
import { isOf, sourceFingerprint } from '../../lab/command/fingerprint.ts'
import { CHAPTERS, fileOf } from '../course.ts'
import { buildDocs } from './build.ts'
import { SEARCH_OPTIONS } from './search/search-options.ts'
import { outputOf } from './urls.ts'

const folder = await mkdtemp(join(tmpdir(), 'transport-lab-docs-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

/** A build is some seconds of work, and other tests work at the same time. */
const PATIENT = { timeout: 120_000 }

it(
  'builds every chapter, takes the place of what was there, and leaves nothing beside it',
  PATIENT,
  async () => {
    const site = join(folder, 'site')
    await mkdir(site)
    await writeFile(join(site, 'old.html'), 'old')
    await buildDocs(site)
    for (const chapter of CHAPTERS) {
      const file = fileOf(chapter)
      if (file)
        expect(await readFile(join(site, outputOf(file)), 'utf8')).toContain(
          `data-chapter="${chapter.number}"`,
        )
    }
    expect(await readdir(site)).not.toContain('old.html')
    expect(await readdir(folder)).toEqual(['site'])
    expect(isOf(sourceFingerprint(), site)).toBe(true)

    const index = MiniSearch.loadJSON(
      await readFile(join(site, 'assets/search.json'), 'utf8'),
      SEARCH_OPTIONS,
    )
    expect(index.search('lost wake-up')[0]?.url).toMatch(/^\/docs\/chapters\/03-long-polling\.html/)
  },
)

it('that fails leaves what was there', async () => {
  const site = join(folder, 'kept')
  await mkdir(site)
  await writeFile(join(site, 'old.html'), 'old')
  await expect(buildDocs(site, () => '# A\n\n[b](nowhere.md)\n')).rejects.toThrow('README.md:3: nowhere.md')
  expect(await readdir(site)).toEqual(['old.html'])
  expect((await readdir(folder)).sort()).toEqual(['kept', 'site'])
})

it('that is told of something wrong makes no site, and says it with what it finds itself', async () => {
  const known = [{ file: 'docs/a.md', line: 7, what: 'known' }]
  const building = buildDocs(join(folder, 'none'), () => '# A\n\n[b](nowhere.md)\n', known)
  await expect(building).rejects.toThrow(/^docs\/a\.md:7: known\n[\s\S]*README\.md:3: nowhere\.md/)
  expect(await readdir(folder)).not.toContain('none')
})

it('at no moment shows a part of the old site', PATIENT, async () => {
  const site = join(folder, 'large')
  const old = Array.from({ length: 2_000 }, (_, index) => `${index}.html`)
  await mkdir(site)
  for (const name of old) await writeFile(join(site, name), 'old')
  let isBuilding = true
  const building = buildDocs(site).finally(() => (isBuilding = false))
  const partly: number[] = []
  while (isBuilding) {
    const names = await readdir(site).catch(() => [])
    const left = names.filter((name) => /^\d+\.html$/.test(name)).length
    if (left > 0 && left < old.length) partly.push(left)
  }
  await building
  expect(partly).toEqual([])
  expect(await readdir(site)).toContain('index.html')
})

it('takes away what a build left that was killed, and not what another is making now', PATIENT, async () => {
  const own = join(folder, 'leftovers')
  const [killed, other] = [join(own, 'site-a1b2c3'), join(own, 'site-d4e5f6')]
  for (const path of [killed, other]) {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'index.html'), 'half')
  }
  const yesterday = new Date(Date.now() - 86_400_000)
  await utimes(killed, yesterday, yesterday)
  await buildDocs(join(own, 'site'))
  expect((await readdir(own)).sort()).toEqual(['site', 'site-d4e5f6'])
})
