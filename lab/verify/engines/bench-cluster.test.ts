/** `npm run bench:cluster` as a person meets it, with a real nats-server: all figures are measured, and nothing is left. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { FIGURES } from '../../../benchmarks/cluster/figures.ts'
import { HAS_PROC, type Started, script, started } from '../../command/started.ts'
import { NATS } from './nats-server.ts'

const LIMIT = { timeout: 240_000 }
const folder = mkdtempSync(join(tmpdir(), 'lab-of-bench-clusters-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})

function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  const one = started(script('bench:cluster', ...args), { env: { TMPDIR: folder, ...env } })
  running.push(one)
  return one
}

async function expectNothingLeft(one: Started): Promise<void> {
  if (HAS_PROC) await expect.poll(() => [...one.family().values()]).toEqual([])
  await expect
    .poll(() => readdirSync(folder).filter((name) => name.startsWith('lab-bench-cluster')))
    .toEqual([])
}

describe('npm run bench:cluster', () => {
  it.skipIf(NATS === null)('measures each figure, with what it is compared with', LIMIT, async () => {
    const one = start(['--rounds', '1', '--seconds', '1', '--readers', '20'])
    expect(await one.ended, one.said.err).toBe(0)
    for (const { name } of Object.values(FIGURES)) expect(one.said.out).toContain(`\n${name}`)
    const ratios = [...one.said.out.matchAll(/ {2}ratio (\d+\.\d\d) /g)].map(([, ratio]) => Number(ratio))
    expect(ratios).toHaveLength(Object.keys(FIGURES).length)
    for (const ratio of ratios) expect(ratio).toBeGreaterThan(0)
    await expectNothingLeft(one)
  })

  it.skipIf(NATS === null)('ends on Ctrl-C with what it has, and leaves nothing behind', LIMIT, async () => {
    const one = start(['--readers', '20'])
    const isUnderWay = () => [...one.family().values()].some((command) => command.includes('nats-server'))
    await expect.poll(() => !HAS_PROC || isUnderWay()).toBe(true)
    one.child.kill('SIGINT')
    expect(await one.ended).toBe(130)
    expect(one.said.err).toContain('no round was over')
    await expectNothingLeft(one)
  })

  it('says so when the program it is given is none', async () => {
    const one = start(['--nats', join(folder, 'nowhere')])
    expect(await one.ended).toBe(2)
    expect(one.said.err).toContain('nowhere is no program that may be run; give the file of nats-server')
  })
})
