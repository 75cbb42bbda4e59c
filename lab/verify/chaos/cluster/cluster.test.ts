/** A short run over a cluster: three servers on three nodes of NATS, and of etcd. The long one is `npm run chaos -- --cluster`. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { anySeed } from '../../../wire/random.ts'
import { ETCD } from '../../engines/etcd-server.ts'
import { NATS } from '../../engines/nats-server.ts'
import { skipLoudly } from '../../proxies/programs.ts'
import type { Tally } from '../run.ts'
import { CARRIED } from './clients.ts'
import { TAKEN } from './copies/faults.ts'
import { runCluster } from './run.ts'

const seed = Number(process.env.SEED ?? anySeed())
/** Some twenty seconds on a machine that has nothing else to do. */
const MAX_MS = 150_000
const isEnoughOf =
  (trims: boolean) =>
  ({ kills, acknowledged, faults }: Tally) =>
    kills >= 3 && acknowledged >= 150 && (!trims || (faults[TAKEN] ?? 0) >= 1)
const LIMIT_MS = 400_000

if (NATS === null) skipLoudly('nats-server', 'nats-server')
if (ETCD === null) skipLoudly('etcd', 'etcd-server')

const ENGINES = [
  ['nats', 3, NATS],
  // It keeps what it has acknowledged, also while it is trimmed; three of its nodes do not always (docs/decisions/094).
  ['nats', 1, NATS],
  ['etcd', 3, ETCD],
] as const

const folder = mkdtempSync(join(tmpdir(), 'lab-cluster-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe.each(ENGINES)('three servers on %s, nodes: %d', (engine, engines, program) => {
  const trims = engines === 1
  it.runIf(program)(
    `lose, double, reorder and make up nothing, whatever happens to any of them (SEED=${seed})`,
    {
      timeout: LIMIT_MS,
    },
    async () => {
      const isEnough = isEnoughOf(trims)
      const about = { seed, durationMs: MAX_MS, labs: 3, engine, engines, trims, isEnough } as const
      // What 2.9 does when its nodes are cut off from each other is known (docs/decisions/088): a long run shows it.
      const outcome = await runCluster({ ...about, splits: false, folder: mkdtempSync(join(folder, 'run-')) })
      expect(outcome.ours).toEqual([])
      expect(outcome.engine).toEqual([])
      // A run in which nothing happened proves nothing.
      expect(isEnough(outcome)).toBe(true)
      if (trims) {
        expect(outcome.trims).toBeGreaterThan(0)
        expect(outcome.copies).toBeGreaterThan(0)
      }
      expect(outcome.people).toBeGreaterThan(0)
      expect(outcome.acknowledged).toBe(outcome.published)
      // Each transport has two readers and a writer, and all are shown all that was said in their room.
      expect(outcome.readers).toBe(3 * CARRIED.length)
      expect(outcome.shown).toBeGreaterThan(outcome.published)
    },
  )
})
