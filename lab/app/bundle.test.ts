import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
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
  const chunk = 'chunk-ABCDEFG7.js'
  const stales = [chunk, `${chunk}.map`, `${chunk}.br`, `${chunk}.map.gz`, 'style-ABCDEFG7.css']
  for (const stale of stales) await writeFile(join(folder, stale), '')

  await bundlePages(folder)
  expect((await readdir(folder)).sort()).toEqual(names)
})

it('leaves what has not changed as it is, so that a browser which has it is not sent it again', async () => {
  await bundlePages(folder)
  const before = await datesIn(folder)
  await bundlePages(folder)
  expect(await datesIn(folder)).toEqual(before)
})

it('names in the index what is there, and what the first view wants', async () => {
  await bundlePages(folder)
  const index = await readFile(join(folder, 'index.html'), 'utf8')
  const names = [...index.matchAll(/(?:href|src)="([^"]+)"/g)].map(([, name]) => name!)
  expect(await readdir(folder)).toEqual(expect.arrayContaining(names))
  for (const wanted of [/^style-/, /^main-/, /^lab-page-/, /^client-/])
    expect(
      names.some((name) => wanted.test(name)),
      String(wanted),
    ).toBe(true)
  expect(names.filter((name) => /choose|latency-canvas/.test(name))).toEqual([])
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

async function datesIn(place: string): Promise<Record<string, number>> {
  const names = await readdir(place)
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, (await stat(join(place, name))).mtimeMs] as const)),
  )
}
