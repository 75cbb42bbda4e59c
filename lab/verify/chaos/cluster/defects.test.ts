/** The verdict over a cluster, put to the test itself: each mistake is made in servers that are sound without it, and must be found. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { NATS } from '../../engines/nats-server.ts'
import { skipLoudly } from '../../proxies/programs.ts'
import type { Tally } from '../run.ts'
import { TAKEN } from './copies/faults.ts'
import { MISTAKES } from './defects/mistakes.ts'
import { runCluster } from './run.ts'

const SEED = Number(process.env.SEED ?? 14)
const MAX_MS = 20_000
/** A server that loses its disk takes some seconds more to come back. */
const MAX_WITH_COPIES_MS = 90_000
/** Two restarts for each server, as a rule, and some trouble of the engine. */
const isEnough = ({ kills, acknowledged, elapsedMs }: Tally) =>
  kills >= 4 && acknowledged >= 100 && elapsedMs > 5_000
const areEnoughCopies = ({ faults, acknowledged }: Tally) => (faults[TAKEN] ?? 0) >= 1 && acknowledged >= 100
/** What is wrong is not there in any time. */
const SETTLE_MS = 3_000
const LIMIT_MS = 240_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')

const folder = mkdtempSync(join(tmpdir(), 'lab-cluster-mistakes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.runIf(NATS)('the verdict over two servers', () => {
  it.each(MISTAKES)(
    `finds that $name (SEED=${SEED})`,
    { timeout: LIMIT_MS },
    async ({ name, finds, seen, isOfCopies = false }) => {
      const { ours, engine } = await runCluster({
        ...{ seed: SEED, labs: 2, engines: 1, settleMs: SETTLE_MS, trims: isOfCopies },
        ...(isOfCopies
          ? { durationMs: MAX_WITH_COPIES_MS, isEnough: areEnoughCopies }
          : { durationMs: MAX_MS, isEnough }),
        folder: mkdtempSync(join(folder, 'run-')),
        server: ['lab/verify/chaos/cluster/defects/main.ts', name],
      })
      expect(ours.map(({ kind }) => kind)).toContain(finds)
      expect(ours.map(({ what }) => what).join('\n')).toMatch(seen)
      // One node that is killed keeps all that it has acknowledged: what is wrong is not its fault.
      expect(engine).toEqual([])
    },
  )
})
