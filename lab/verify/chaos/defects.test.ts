/**
 * The checker, put to the test itself: each bug is planted in a server that passes without it, and
 * must be found.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { anySeed } from '../../wire/random.ts'
import { BUGS } from './defects/bugs.ts'
import { runChaos, type Tally } from './run.ts'
import type { Violation } from './verdict.ts'

const seed = Number(process.env.SEED ?? anySeed())
/** A run ends when it has found what it looks for; a bug that needs longer than this is one that is not found. */
const MAX_MS = 60_000
/** Without a bug, this many are killed; most bugs are found after the first or second. */
const SOUND_KILLS = 4
const LIMIT_MS = 120_000

const folder = mkdtempSync(join(tmpdir(), 'lab-bugs-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let runs = 0

const run = (
  bug: string,
  stopAt: (violations: readonly Violation[]) => boolean,
  isEnough = (_soFar: Tally) => false,
) =>
  runChaos({
    seed,
    durationMs: MAX_MS,
    isEnough,
    stopAt,
    server: [
      'lab/verify/chaos/defects/main.ts',
      '--bug',
      bug,
      '--port',
      '0',
      '--data',
      join(folder, `${runs++}`),
    ],
  })

it(`nothing is found where nothing is wrong (SEED=${seed})`, { timeout: LIMIT_MS }, async () => {
  const { violations } = await run(
    'none',
    ({ length }) => length > 0,
    ({ kills }) => kills >= SOUND_KILLS,
  )
  expect(violations).toEqual([])
})

it.each(BUGS)(`$name: $finds (SEED=${seed})`, { timeout: LIMIT_MS }, async ({ name, finds }) => {
  // A bug shows in more than one way: what comes first is a matter of chance.
  const isFound = (violations: readonly Violation[]) => violations.some(({ kind }) => kind === finds)
  const { violations } = await run(name, isFound)
  expect(violations.map(({ kind }) => kind)).toContain(finds)
})
