/** Whatever ends a command, what it has started ends too, and what lay in the temporary folder is gone. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { HAS_PROC, node, type Started, started } from './started.ts'

const LIMIT = { timeout: 120_000 }
const TIMEOUT = { timeout: 40_000, interval: 50 }
const folder = mkdtempSync(join(tmpdir(), 'lab-orphans-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})

function start(command: readonly string[], env: Record<string, string> = {}): Started {
  const one = started(command, { env: { TMPDIR: folder, ...env }, detached: true })
  running.push(one)
  return one
}

/** Waits until a process of this family runs what has these words in its command. */
const until = (one: Started, words: string) =>
  expect.poll(() => [...one.family().values()].join('\n'), TIMEOUT).toContain(words)
const untilAllAreGone = (one: Started) => expect.poll(() => [...one.family().values()], TIMEOUT).toEqual([])

const CHAOS = ['lab/verify/chaos/main.ts', '--minutes', '5']
const LOOP = 'export function pollForever() {\n  for (;;) {}\n}\n'

describe.runIf(HAS_PROC)('a command that is ended', LIMIT, () => {
  it.each([
    ['TERM', node(...CHAOS), 143],
    ['HUP', node(...CHAOS), 129],
    ['KILL', node(...CHAOS), 'SIGKILL'],
    ['TERM to npm', ['npm', 'run', '--silent', 'chaos', '--', '--minutes', '5'], null],
    ['HUP to npm', ['npm', 'run', '--silent', 'chaos', '--', '--minutes', '5'], null],
    ['KILL to npm', ['npm', 'run', '--silent', 'chaos', '--', '--minutes', '5'], null],
  ])('takes the server of chaos along, with its folder: %s', async (how, command, code) => {
    const chaos = start(command)
    await until(chaos, '--data')
    await expect.poll(() => readdirSync(folder).join('\n'), TIMEOUT).toContain('lab-chaos-')
    chaos.child.kill(`SIG${how.split(' ')[0]}` as NodeJS.Signals)
    if (code !== null) expect(await chaos.ended).toBe(code)
    await untilAllAreGone(chaos)
    await expect
      .poll(() => readdirSync(folder).filter((name) => name.startsWith('lab-chaos-')), TIMEOUT)
      .toEqual([])
  })

  it('takes an exercise along that is in an endless loop: KILL', async () => {
    const work = mkdtempSync(join(folder, 'work-'))
    writeFileSync(join(work, '01-overlapping-polls.ts'), LOOP)
    const exercise = start(node('docs/exercises/runner/main.ts', '01'), { EXERCISE_WORK: work })
    await until(exercise, 'runner/child.ts')
    await new Promise((resolve) => setTimeout(resolve, 1_500)) // into the loop; earlier, it would end by itself
    exercise.child.kill('SIGKILL')
    await untilAllAreGone(exercise)
  })

  it.each(['TERM', 'HUP', 'KILL'] as const)('takes the tests of npm run check along: %s', async (signal) => {
    const check = start(node('lab/verify/rules/check.ts', '--tests', 'unit'))
    await until(check, '.bin/vitest')
    check.child.kill(`SIG${signal}`)
    await untilAllAreGone(check)
  })

  it('takes the processes of the benchmark along, and leaves nothing half compiled: HUP', async () => {
    const build = mkdtempSync(join(folder, 'build-'))
    const bench = start(
      node('benchmarks/main.ts', '--only', 'sse', '--scenario', 'latency', '--duration', '600'),
      {
        TRANSPORT_LAB_BUILD: build,
      },
    )
    await until(bench, 'server.js')
    bench.child.kill('SIGHUP')
    expect(await bench.ended).toBe(129)
    await untilAllAreGone(bench)
    expect(readdirSync(join(build, 'compiled')).filter((name) => !/^benchmarks-/.test(name))).toEqual([])
  })

  it('npm start ends with the npm that ran it: KILL', async () => {
    const lab = start(['npm', 'start', '--silent', '--', '--port', '0', '--memory'])
    await expect.poll(() => lab.said.out, TIMEOUT).toContain('is open at')
    lab.child.kill('SIGKILL')
    await untilAllAreGone(lab)
  })
})
