/**
 * Every command, in a checkout in which nothing can be written, as a user for whom that is so.
 *
 * Permissions do not stop root, so root runs the commands as another user. The checkout is made of links into
 * ours, and its own folder belongs to another user.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../verify/rules/source-files.ts'
import { HAS_PROC, node, type Started, script, started } from './started.ts'

const LIMIT = { timeout: 180_000 }
/** Any user but root. This id belongs to no real user on most systems, and need not exist. */
const OTHER = 65_534
const isRoot = process.getuid?.() === 0

const folder = mkdtempSync(join(tmpdir(), 'lab-unwritable-'))
const checkout = join(folder, 'checkout')
const temporary = join(folder, 'tmp')
const running: Started[] = []
/** Node itself may lie where only root can reach it, as when npx keeps it in root's home: a copy is for all. */
const program = isRoot ? join(folder, 'node') : process.execPath
beforeAll(() => {
  chmodSync(folder, 0o755)
  if (isRoot) {
    copyFileSync(process.execPath, program, constants.COPYFILE_FICLONE)
    chmodSync(program, 0o755)
  }
  mkdirSync(checkout)
  mkdirSync(temporary)
  chmodSync(temporary, 0o1777)
  for (const name of readdirSync(root)) {
    if (!['build', 'data', 'my-work', '.git'].includes(name))
      symlinkSync(join(root, name), join(checkout, name))
  }
  chmodSync(checkout, 0o555)
})
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})
afterAll(() => {
  chmodSync(checkout, 0o755)
  rmSync(folder, { recursive: true, force: true })
})

/** `--preserve-symlinks`: the checkout is where the links are, and not where they lead. */
const IN_CHECKOUT = ['--preserve-symlinks', '--preserve-symlinks-main']

/** `npm start`, which compiles, or a file by Node's loader. */
const START = 'npm start'

function run(file: string, args: readonly string[] = [], env: Record<string, string> = {}): Started {
  const command = file === START ? script('start').slice(1) : [...node().slice(1), join(checkout, file)]
  const one = started([program, ...IN_CHECKOUT, ...command, ...args], {
    cwd: checkout,
    env: { TMPDIR: temporary, HOME: temporary, ...env },
    ...(isRoot && { uid: OTHER, gid: OTHER }),
  })
  running.push(one)
  return one
}

const untilOpen = async (lab: Started) => {
  await expect.poll(() => lab.said.out, { timeout: 100_000 }).toContain('Ctrl-C closes it.')
  return /(http:\/\/localhost:\d+)\n/.exec(lab.said.out)![1]!
}
const OWN = /transport-lab-build-\d+-[0-9a-f]{12}/

describe.runIf(HAS_PROC)('in a checkout that cannot be written', LIMIT, () => {
  // The course is not waited for: to colour its code without the memory of earlier builds takes a minute.
  it('npm start builds in the temporary folder, says so, and serves the pages', async () => {
    const lab = run(START, ['--port', '0', '--memory'])
    const address = await untilOpen(lab)
    expect(lab.said.err).toMatch(
      new RegExp(
        `${checkout}/build cannot be written \\(E[A-Z]+\\): what is made goes to ${temporary}/${OWN.source}`,
      ),
    )
    for (const path of ['/', '/bench/index.json'])
      expect((await fetch(address + path)).status, path).toBe(200)
    lab.child.kill('SIGINT')
    expect(await lab.ended).toBe(0)
    expect(lab.said.err).not.toContain('    at ')
  })

  it('npm start names the folder in which it was to keep the conversation', async () => {
    const lab = run(START, ['--port', '0'])
    expect(await lab.ended).toBe(2)
    expect(lab.said.err).toMatch(/transport-lab: .*data.* cannot be written/)
    expect(lab.said.err).not.toContain('    at ')
  })

  it('npm run bench measures, and keeps its run in the temporary folder', async () => {
    const args = ['--only', 'sse', '--scenario', 'connect', '--subscribers', '5', '--repeat', '1']
    let bench = run('benchmarks/main.ts', args)
    // 3: its own instrument was off, because the machine was busy with other tests. Nothing is measured then.
    for (let more = 4; (await bench.ended) === 3 && more > 0; more--) bench = run('benchmarks/main.ts', args)
    expect(await bench.ended).toBe(0)
    expect(bench.said.err).toContain('what is made goes to')
    expect(bench.said.out).toMatch(/raw-tcp +sse +spread/)
    expect(bench.said.out).toMatch(OWN)
  })

  it('npm run chaos and npm run conformance run', async () => {
    const chaos = run('lab/verify/chaos/main.ts', ['--minutes', '0.05'])
    const conformance = run('lab/verify/conformance/main.ts', [
      'lab/verify/conformance/example',
      '--only',
      'acknowledg',
    ])
    expect([await chaos.ended, await conformance.ended]).toEqual([0, 0])
  })

  it.each([
    ['exercise', 'docs/exercises/runner/main.ts', ['01'], 'my-work'],
    ['exercise, a hint', 'docs/exercises/runner/main.ts', ['01', '--hint'], 'my-work'],
    ['screenshots', 'lab/verify/browser/screenshot.ts', [], 'docs/images'],
  ])('npm run %s says in one line which folder cannot be written', async (_name, file, args, named) => {
    const command = run(file, args)
    expect(await command.ended).toBe(2)
    expect(command.said.err).toContain(join(checkout, named))
    expect(command.said.err).toMatch(/^[a-z]+: .* cannot be written \(E[A-Z]+\)[^\n]*\n$/)
  })

  it.each([START, 'benchmarks/main.ts', 'docs/site/main.ts'])(
    '%s says in one line that the folder which the environment names cannot be written',
    async (file) => {
      const named = join(checkout, 'elsewhere')
      const command = run(file, [], { TRANSPORT_LAB_BUILD: named })
      expect(await command.ended).toBe(2)
      expect(command.said.err).toMatch(/^[a-z:-]+: .* cannot be written \(E[A-Z]+\)[^\n]*\n$/)
      expect(command.said.err).toContain(named)
    },
  )
})
