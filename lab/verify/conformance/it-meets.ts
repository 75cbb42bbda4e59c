/** The contract as tests, one for each case: what test files say of a subject, and under which conditions. */
import { join } from 'node:path'
import { it } from 'vitest'
import type { TransportName } from '../../../transports/manifest.ts'
import { anySeed } from '../../wire/random.ts'
import type { Case } from './case.ts'
import { CASES } from './cases/index.ts'
import { loadSubject } from './load-subject.ts'
import { type RunOptions, runCase } from './run.ts'
import type { Subject } from './subject.ts'

/** Where chance begins in a file's tests; `SEED=N` has the same again. */
export const seed = Number(process.env.SEED ?? anySeed())

const CASE_MS = 60_000

export const ofManifest = (name: TransportName): Promise<Subject> =>
  loadSubject(join(import.meta.dirname, '../../../transports', name))

/**
 * @param conditions asked for again for each case, since no two should write to the same place
 * @param cases all of the contract's, unless given: then each must apply to the subject, but for those that its
 *   descriptor says it cannot meet. A case that does not apply is skipped, with the reason
 */
export function itMeets(
  subject: Subject,
  conditions: () => Omit<RunOptions, 'seed'> = () => ({}),
  cases?: readonly Case[],
): void {
  it.for(cases ?? CASES)('$name', { timeout: CASE_MS }, async (one, { skip }) => {
    const outcome = await runCase(one, subject, { ...conditions(), seed })
    if (outcome.status === 'failed') {
      outcome.error.message += `\n\nWhy it matters: ${one.why}\nAgain, with the same chance: SEED=${seed}`
      throw outcome.error
    }
    if (outcome.status !== 'skipped') return
    const isExcused = 'server' in subject && Object.hasOwn(subject.cannot ?? {}, one.name)
    if (cases && !isExcused) throw new Error(`does not apply: ${outcome.reason}`)
    skip(outcome.reason)
  })
}
