import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { FINGERPRINT_FILE } from '../command/fingerprint.ts'
import { bundlePages } from './bundle.ts'

vi.setConfig({ testTimeout: 120_000 }) // two builds, on a machine that makes others at the same time

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lab-pages-'))
})
afterEach(() => rm(folder, { recursive: true }))

it('leaves no chunk of an earlier build behind, and all of its own', async () => {
  await bundlePages(folder)
  const names = (await readdir(folder)).sort()
  expect(names.filter((name) => /^chunk-.*\.js$/.test(name)).length).toBeGreaterThan(0)
  await forget(folder)
  const chunk = 'chunk-ABCDEFG7.js'
  const stales = [chunk, `${chunk}.map`, `${chunk}.br`, `${chunk}.map.gz`, 'style-ABCDEFG7.css']
  for (const stale of stales) await writeFile(join(folder, stale), '')

  await bundlePages(folder)
  expect((await readdir(folder)).sort()).toEqual(names)
})

it('leaves what has not changed as it is, so that a browser which has it is not sent it again', async () => {
  await bundlePages(folder)
  const before = await datesIn(folder)
  await forget(folder)
  await bundlePages(folder)
  const { [FINGERPRINT_FILE]: _, ...after } = await datesIn(folder)
  expect(before).toMatchObject(after)
  expect(Object.keys(after)).toHaveLength(Object.keys(before).length - 1)
})

it('names in the index what is there, and what the first view wants', async () => {
  await bundlePages(folder)
  const index = await readFile(join(folder, 'index.html'), 'utf8')
  const names = [...index.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, name]) => name!)
  expect(await readdir(folder)).toEqual(expect.arrayContaining(names))
  expect(names).toEqual([
    'icon.svg',
    expect.stringMatching(/^style-[A-Z0-9]{8}\.css$/),
    expect.stringMatching(/^main-[A-Z0-9]{8}\.js$/),
  ])
})

it('puts all of the first view into one script, and what is fetched later imports from that alone', async () => {
  await bundlePages(folder)
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js'))
  const [main] = scripts.filter((name) => name.startsWith('main-'))
  const imports = async (name: string) =>
    [...(await readFile(join(folder, name), 'utf8')).matchAll(/(?:\bfrom|\bimport)"\.\/([^"]+)"/g)].map(
      ([, imported]) => imported!,
    )
  expect(await imports(main!)).toEqual([])
  const chunks = scripts.filter((name) => name.startsWith('chunk-'))
  const shims = await Promise.all(chunks.map(async (name) => [name, await imports(name)] as const))
  expect(shims.filter(([, from]) => from.includes(main!)).length).toBeGreaterThan(3)
  const all = new Set((await Promise.all(scripts.map(imports))).flat())
  expect(scripts).toEqual(expect.arrayContaining([...all]))
  expect(await readFile(join(folder, main!), 'utf8')).toMatch(/import\("\.\/later-parts-[A-Z0-9]{8}\.js"\)/)
})

it('is not made again while no file of the repository has changed', async () => {
  await bundlePages(folder)
  await rm(join(folder, 'icon.svg'))
  await bundlePages(folder)
  expect(await readdir(folder)).not.toContain('icon.svg')
  await forget(folder)
  await bundlePages(folder)
  expect(await readdir(folder)).toContain('icon.svg')
})

it('gives the page /choose names of this build, too, and no transport', async () => {
  await bundlePages(folder)
  const page = await readFile(join(folder, 'choose.html'), 'utf8')
  const names = [...page.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, name]) => name!)
  expect(await readdir(folder)).toEqual(expect.arrayContaining([...names, 'choose.html.br']))
  for (const wanted of [/^style-[A-Z0-9]{8}\.css$/, /^choose-[A-Z0-9]{8}\.js$/])
    expect(names.filter((name) => wanted.test(name)).length, String(wanted)).toBeGreaterThan(0)
  expect(names.filter((name) => /^(client|lab-page|main)-/.test(name))).toEqual([])
})

it('makes a file of a worker with all that it imports, named by what is in it, and leaves it out of the first view', async () => {
  await bundlePages(folder)
  const workers = (await readdir(folder)).filter((name) => /^scope-worker-[A-Z0-9]{8}\.js$/.test(name))
  expect(workers).toHaveLength(1)
  const text = await readFile(join(folder, workers[0]!), 'utf8')
  expect(text).not.toMatch(/\bimport\s*["'({*]|\}\s*from\s*["']/)
  const scripts = (await readdir(folder)).filter((name) => name.endsWith('.js') && name !== workers[0])
  const all = await Promise.all(scripts.map((name) => readFile(join(folder, name), 'utf8')))
  expect(all.filter((script) => script.includes(workers[0]!)).length).toBe(1)
  expect(await readFile(join(folder, 'index.html'), 'utf8')).not.toMatch(/scope/)
})

/** As if a file of the repository had changed. */
const forget = (place: string) => writeFile(join(place, FINGERPRINT_FILE), '')

async function datesIn(place: string): Promise<Record<string, number>> {
  const names = await readdir(place)
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await stat(join(place, name))).mtimeMs] as const)),
  )
}
