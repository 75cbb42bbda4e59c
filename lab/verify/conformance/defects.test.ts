/**
 * The contract, put to the test itself: a suite that has never been seen red proves nothing.
 *
 * Each defect leaves the transport good enough to talk, so that it could be overlooked; and the
 * one case that is named must fail, for the reason that is named.
 */
import { describe, expect, it } from 'vitest'
import { anySeed } from '../../wire/random.ts'
import { openTestBench } from '../kit/test-bench.ts'
import type { Case } from './case.ts'
import { CASES } from './cases/index.ts'
import { sound } from './defects/defect.ts'
import { DEFECTS } from './defects/index.ts'
import { runCase } from './run.ts'
import type { Subject } from './subject.ts'

const seed = Number(process.env.SEED ?? anySeed())
/** A case that is to fail mostly waits for what will not come: this is how long each may. */
const SHORT_TIMEOUT_MS = 4_000
const LIMIT_MS = 60_000
/** Such a case fails as soon as something wrong has come: it needs no short timeout, which a busy machine would run into. */
const isToldByWhatCame = (says: RegExp) => says.source.startsWith('what ')

function caseNamed(name: string): Case {
  const found = CASES.find((one) => one.name === name)
  if (!found) throw new Error(`there is no case "${name}"`)
  return found
}

/** A client that gets no response for so long sends one more message, and one that lay unread is found with it. */
const SILENCE_MS = 500
const MORE = 'are you there?'

/** What the demonstration shows, before anybody looks closer. */
async function wordsHeard(subject: Subject): Promise<string[]> {
  const bench = await openTestBench({ subject, seed })
  try {
    const [anna, ben] = [await bench.join('anna'), await bench.join('ben')]
    await anna.client.send('hello')
    let saidAt = performance.now()
    await bench.until('ben hears something', () => {
      if (ben.messages.length > 0) return true
      if (performance.now() - saidAt > SILENCE_MS) {
        bench.say(MORE)
        saidAt = performance.now()
      }
      return false
    })
    return ben.messages.map(({ text }) => text).filter((text) => text !== MORE)
  } finally {
    await bench.close()
  }
}

describe('without a defect', () => {
  it.each(CASES)('$name', { timeout: LIMIT_MS }, async (one) => {
    const outcome = await runCase(one, sound, { seed })
    if (outcome.status === 'failed') throw outcome.error
    expect(outcome.status).toBe('passed')
  })
})

// Side by side, since each does little more than wait until its time is over; all have benches of their own.
describe.concurrent(`with a defect (SEED=${seed})`, () => {
  it.each(DEFECTS)('$name: caught by "$caughtBy"', { timeout: LIMIT_MS }, async (defect) => {
    expect(await wordsHeard(defect.subject)).toEqual(['hello'])

    const outcome = await runCase(caseNamed(defect.caughtBy), defect.subject, {
      seed,
      ...(isToldByWhatCame(defect.says) ? {} : { timeoutMs: SHORT_TIMEOUT_MS }),
    })
    expect(outcome.status).toBe('failed')
    if (outcome.status === 'failed') expect(outcome.error.message).toMatch(defect.says)
  })
})
