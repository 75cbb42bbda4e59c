/**
 * The contract, over TLS: what goes by HTTP goes by HTTP/2, all of a member's requests on one connection,
 * and the WebSocket by HTTP/1.1 as it must.
 */
import { describe, expect, it } from 'vitest'
import { TRANSPORTS } from '../../transports/manifest.ts'
import { ownCertificate } from '../server/certificates.ts'
import { CASES } from './cases/index.ts'
import { loadSubject } from './load-subject.ts'
import { anySeed } from './random.ts'
import { runCase } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
const CASE_MS = 60_000

const tls = await ownCertificate(null, ['127.0.0.1'])
const folders = TRANSPORTS.map((name) => `${import.meta.dirname}/../../transports/${name}`)
const subjects = await Promise.all(folders.map(loadSubject))

describe.each(subjects)('$name, over TLS', (subject) => {
  it.each(CASES)('$name', { timeout: CASE_MS }, async (one) => {
    const outcome = await runCase(one, subject, { seed, tls })
    if (outcome.status === 'failed') {
      outcome.error.message += `\n\nWhy it matters: ${one.why}\nAgain, with the same chance: SEED=${seed}`
      throw outcome.error
    }
    expect(['passed', 'skipped']).toContain(outcome.status)
  })
})
