/**
 * The contract, among people who have signed in, at a server that takes nothing unsigned. Whoever shows a
 * token must get the same conversation as those who show none. Over the first and the last transport of
 * the manifest: what a transport does with a request does not depend on what the request shows.
 */
import { describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { CASES } from './cases/index.ts'
import { signingIn } from './cases/signing-in.ts'
import { loadSubject } from './load-subject.ts'
import { anySeed } from './random.ts'
import { runCase } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
const CASE_MS = 60_000

/** Those about signing in bring their own people. */
const cases = CASES.filter((one) => !signingIn.includes(one))
const names = [TRANSPORTS[0], TRANSPORTS.at(-1)!]
const folders = names.map((name) => `${import.meta.dirname}/../../transports/${name}`)
const subjects = await Promise.all(folders.map(loadSubject))

describe.each(subjects)('$name, signed in', (subject) => {
  it.each(cases)('$name', { timeout: CASE_MS }, async (one) => {
    const outcome = await runCase(one, subject, { seed, allSignIn: true })
    if (outcome.status === 'failed') {
      outcome.error.message += `\n\nWhy it matters: ${one.why}\nAgain, with the same chance: SEED=${seed}`
      throw outcome.error
    }
    expect(outcome.status).toBe('passed')
  })
})
