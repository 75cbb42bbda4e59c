/** The contract, over every transport of the manifest and over the reference. */
import { describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { CASES } from './cases/index.ts'
import { loadSubject, reference } from './load-subject.ts'
import { anySeed } from './random.ts'
import { runCase } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
const CASE_MS = 60_000

const folders = TRANSPORTS.map((name) => `${import.meta.dirname}/../../transports/${name}`)
const subjects = [reference, ...(await Promise.all(folders.map(loadSubject)))]

it('has names that are told apart', () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length)
})

describe.each(subjects)('$name', (subject) => {
  it.each(CASES)('$name', { timeout: CASE_MS }, async (one) => {
    const outcome = await runCase(one, subject, { seed })
    if (outcome.status === 'failed') {
      outcome.error.message += `\n\nWhy it matters: ${one.why}\nAgain, with the same chance: SEED=${seed}`
      throw outcome.error
    }
    expect(['passed', 'skipped']).toContain(outcome.status)
  })
})
