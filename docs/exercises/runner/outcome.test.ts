/** Whatever a learner's file does to its process, the verdict says during which check, and why. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { catalog } from './catalog.ts'
import { type Options, outcomeOf } from './outcome.ts'

const exercise = catalog()[0]!
const FIRST_CHECK = 'asks again and again, with the pause that was agreed'
const folder = await mkdtemp(join(tmpdir(), 'transport-lab-outcome-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

async function outcomeFor(source: string, options: Options = {}) {
  const file = join(folder, `${Math.random()}.ts`)
  await writeFile(file, source)
  return outcomeOf(exercise, file, { quiet: true, ...options })
}

/** The body of `pollForever`, and what is said of it. */
const ODDITIES: readonly (readonly [string, RegExp])[] = [
  ['process.exit(0)', /^your code ended the process$/],
  ['return new Promise(() => {})', /^it waits for something that never comes/],
  [
    'setTimeout(() => { throw new Error("later") }); return new Promise((r) => setTimeout(r, 60_000))',
    /^your code threw Error: later at .*:2:\d+$/,
  ],
  [
    'void (async () => wrold.poll())(); return new Promise((r) => setTimeout(r, 60_000))',
    /^your code threw ReferenceError: wrold is not defined at .*:2:\d+$/,
  ],
  ['return wrold.poll()', /^your code threw ReferenceError: wrold is not defined at .*:2:\d+$/],
  [
    'return world.poll().then(() => world.pause(ms)).then(() => pollForever(world, ms))',
    /^the signal had aborted, and it went on all the same/,
  ],
  ['const all = []; for (;;) all.push(new Array(1_000_000).fill(1))', /^it took more than 256 MB of memory/],
]

it.each(ODDITIES)('pollForever: %s', { timeout: 120_000 }, async (body, why) => {
  // Not one of them takes this long; that none is an endless loop is not for the clock of a busy machine to say.
  const limitMs = 100_000
  const source = `export function pollForever(world: any, ms: number) {\n${body}\n}\n`
  const outcome = await outcomeFor(source, { limitMs })
  expect(outcome).toEqual({ kind: 'unmet', passed: [], name: FIRST_CHECK, why: expect.stringMatching(why) })
})

it('an endless loop is ended, and the check named that it is in', { timeout: 120_000 }, async () => {
  const source = 'export function pollForever() {\n  for (;;) {}\n}\n'
  expect(await outcomeFor(source, { limitMs: 15_000 })).toEqual({
    kind: 'unmet',
    passed: [],
    name: FIRST_CHECK,
    why: 'it did not come to an end within 15 s: an endless loop?',
  })
})

it('a file that does not come to its end is broken, since no check has begun', {
  timeout: 120_000,
}, async () => {
  expect(await outcomeFor('process.exit(0)')).toEqual({ kind: 'broken', why: 'your code ended the process' })
})

it('a caller that aborts the checks gets no verdict, and does not wait for one', {
  timeout: 120_000,
}, async () => {
  const stop = new AbortController()
  const outcome = outcomeFor('for (;;) {}', { limitMs: 3_600_000, signal: stop.signal })
  stop.abort()
  expect(await outcome).toBe(null)
})
