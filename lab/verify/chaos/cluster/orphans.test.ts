/** Whatever ends chaos over a cluster, its servers and its engine end too, and what lay in the temporary folder is gone. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { HAS_PROC, node, type Started, started } from '../../../command/started.ts'
import { NATS } from '../../engines/nats-server.ts'

const TIMEOUT = { timeout: 60_000, interval: 50 }
const COMMAND = [
  'lab/verify/chaos/main.ts',
  '--cluster',
  '--servers',
  '2',
  '--engines',
  '1',
  '--minutes',
  '5',
]
const folder = mkdtempSync(join(tmpdir(), 'lab-orphans-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let chaos: Started | null = null
afterEach(() => chaos?.end())

describe.runIf(HAS_PROC && NATS)('chaos over a cluster', { timeout: 240_000 }, () => {
  it.each(['TERM', 'KILL'] as const)('takes its servers and the engine along: %s', async (signal) => {
    chaos = started(node(...COMMAND), { env: { TMPDIR: folder }, detached: true })
    const family = chaos.family
    const all = () => [...family().values()].join('\n')
    await expect.poll(all, TIMEOUT).toContain('cluster/server/server.ts')
    expect(all()).toContain('nats-server')
    chaos.child.kill(`SIG${signal}`)
    await expect.poll(all, TIMEOUT).toBe('')
    await expect
      .poll(() => readdirSync(folder).filter((name) => name.startsWith('lab-chaos-')), TIMEOUT)
      .toEqual([])
  })
})
