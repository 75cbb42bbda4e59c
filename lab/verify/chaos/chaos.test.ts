/** A short run against the server of `npm start`. The long one is `npm run chaos`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { anySeed } from '../../wire/random.ts'
import { runChaos, type Tally } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
/** Some ten seconds on a machine that has nothing else to do. */
const MAX_MS = 100_000
const isEnough = ({ kills, acknowledged }: Tally) => kills >= 3 && acknowledged >= 60
const LIMIT_MS = 180_000

const folder = mkdtempSync(join(tmpdir(), 'lab-chaos-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

it(`nothing is lost, doubled, reordered or made up, whatever happens (SEED=${seed})`, {
  timeout: LIMIT_MS,
}, async () => {
  const outcome = await runChaos({
    seed,
    durationMs: MAX_MS,
    isEnough,
    server: ['lab/app/main.ts', '--port', '0', '--data', folder],
  })
  expect(outcome.violations).toEqual([])
  // A run in which nothing happened proves nothing.
  expect(isEnough(outcome)).toBe(true)
  expect(outcome.acknowledged).toBe(outcome.published)
  // Each transport has a reader and a writer, and both are shown what all have said.
  expect(outcome.shown).toBe(2 * OVER_HTTP.length * outcome.published)
})
