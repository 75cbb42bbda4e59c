/**
 * The contract, with the log on the disk. A restart is then a new hub that finds what it knows in a
 * file. Over the reference, and over the first and the last transport of the manifest: how a log is
 * kept does not depend on how its pages travel.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { openSqliteStore } from '../log/sqlite.ts'
import { CASES } from './cases/index.ts'
import type { Shelves } from './disk.ts'
import { loadSubject, reference } from './load-subject.ts'
import { anySeed } from './random.ts'
import { runCase } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
const CASE_MS = 60_000

const folder = mkdtempSync(join(tmpdir(), 'lab-contract-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let runs = 0

function newShelves(): Shelves {
  const run = runs++
  return { open: (log, keep) => openSqliteStore(join(folder, `${run}-${log}.sqlite`), { keep }) }
}

const names = [TRANSPORTS[0], TRANSPORTS.at(-1)!]
const folders = names.map((name) => `${import.meta.dirname}/../../transports/${name}`)
const subjects = [reference, ...(await Promise.all(folders.map(loadSubject)))]

describe.each(subjects)('$name, on disk', (subject) => {
  it.each(CASES)('$name', { timeout: CASE_MS }, async (one) => {
    const outcome = await runCase(one, subject, { seed, shelves: newShelves() })
    if (outcome.status === 'failed') {
      outcome.error.message += `\n\nWhy it matters: ${one.why}\nAgain, with the same chance: SEED=${seed}`
      throw outcome.error
    }
    expect(['passed', 'skipped']).toContain(outcome.status)
  })
})
