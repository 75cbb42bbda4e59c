/**
 * Every fault of the network, on every transport, from several seeds: what was said before, during and
 * after is heard once and in order, and what was written arrives once.
 *
 * The limit is for what hangs. How soon a line has caught up is measured and printed, for
 * docs/reference/guarantees.md: `SEEDS=3 npx vitest run lab/verify/chaos/network.test.ts`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, describe, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { anySeed, between, createRandom } from '../../wire/random.ts'
import { intact } from '../conformance/checks.ts'
import { ofManifest } from '../conformance/it-meets.ts'
import { openTestBench, type TestBench } from '../kit/test-bench.ts'
import { waitPastSilence } from '../kit/wait-past-silence.ts'
import { NETWORK_FAULTS, type NetworkFault } from './network-faults.ts'

const SEED = Number(process.env.SEED ?? anySeed())
const SEEDS = Array.from({ length: Number(process.env.SEEDS ?? 1) }, (_, i) => SEED + i)
const SAID_DURING = 12
/** Room for the longest silence, several of them, on a machine that does other things. */
const CELL_MS = 60_000

const subjects = await Promise.all(OVER_HTTP.map(ofManifest))
const caughtUpMs = new Map<string, number>()

afterAll(() => {
  const worst = [...caughtUpMs].sort(([, a], [, b]) => b - a).slice(0, 3)
  const figures = worst.map(([cell, ms]) => `${Math.round(ms)} ms (${cell})`).join(', ')
  console.log(`${caughtUpMs.size} cells from seed ${SEED}; slowest to catch up: ${figures}`)
})

describe.each(subjects)('$name', (subject) => {
  describe.each(NETWORK_FAULTS)('$name', (fault) => {
    it.each(SEEDS)('seed %i', { timeout: CELL_MS }, async (seed) => {
      const bench = await openTestBench({ subject, seed })
      try {
        caughtUpMs.set(`${subject.name}, ${fault.name}, ${seed}`, await endure(bench, fault, seed))
      } finally {
        await bench.close()
      }
    })
  })
})

/** @returns how long after the healing everything had arrived, in milliseconds */
async function endure(bench: TestBench, fault: NetworkFault, seed: number): Promise<number> {
  const random = createRandom(seed)
  const anna = await bench.join('anna', { retryMs: 'usual' })
  bench.say('before')
  await bench.heard(anna, 1)
  const sent: Promise<unknown>[] = []
  let arrived = 0
  await fault.begin(anna, random, bench)
  for (let n = 1; n <= SAID_DURING; n++) {
    bench.say(`during, ${n}`)
    sent.push(anna.client.send(`anna, ${n}`).then(() => arrived++))
    await pause(between(random, 0, 20))
  }
  await fault.heal(anna, bench)

  const healedAt = performance.now()
  bench.say('after')
  const caughtUp = 'anna has caught up'
  const hasAll = () => arrived === sent.length && anna.messages.length === 2 + 2 * SAID_DURING
  if (fault.isSilent) await waitPastSilence(bench, anna, caughtUp, hasAll)
  else
    await bench.until(
      caughtUp,
      hasAll,
      () => `${anna.messages.length} messages, ${arrived} accepted, state ${anna.client.state.status}`,
    )
  const tookMs = performance.now() - healedAt

  intact(anna, bench.log())
  expect(bench.log()).toHaveLength(2 + 2 * SAID_DURING)
  return tookMs
}
