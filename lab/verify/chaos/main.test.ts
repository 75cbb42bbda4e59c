/** `npm run chaos` as a person meets it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
import { NATS } from '../engines/nats-server.ts'
import { root } from '../rules/source-files.ts'

const running: (() => void)[] = []
afterEach(() => {
  for (const stop of running.splice(0)) stop()
})

function chaos(...args: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'lab/verify/chaos/main.ts', ...args], {
    cwd: root,
  })
  running.push(() => child.kill('SIGTERM'))
  const said = { all: '' }
  child.stdout.on('data', (data) => (said.all += data))
  child.stderr.on('data', (data) => (said.all += data))
  return { child, said, ended: once(child, 'exit').then(([code]) => code as number) }
}

it.each([
  [['--minutes', '0'], '--minutes must be'],
  [['--minutes', 'long'], '--minutes must be'],
  [['--seed', '0'], '--seed must be'],
  [['--writers', '0'], '--writers must be'],
  [['--nonsense'], '--nonsense'],
  [['--cluster', '--servers', '1'], '--servers must be'],
  [['--cluster', '--engines', '2'], '--engines must be'],
  [['--engines', '1'], '--servers, --engine, --engines and --cuts go with --cluster'],
])('answers %j with a line and exit code 2', async (args, words) => {
  const { said, ended } = chaos(...args)
  expect(await ended).toBe(2)
  expect(said.all).toContain(words)
  expect(said.all).not.toContain('    at ')
})

it('explains itself', async () => {
  const { said, ended } = chaos('--help')
  expect(await ended).toBe(0)
  for (const option of ['--cluster', '--servers', '--engines', '--minutes', '--writers', '--seed', '--help'])
    expect(said.all).toContain(option)
})

it('gives its verdict on Ctrl-C', { timeout: 120_000 }, async () => {
  const { child, said, ended } = chaos('--minutes', '5', '--seed', '17')
  await expect.poll(() => said.all, { timeout: 60_000 }).toContain('Chance begins at 17')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(said.all).toMatch(/\d+ written, \d+ acknowledged/)
  expect(said.all).toMatch(/ 0 {2}lost\n/)
})

it.runIf(NATS)(
  'gives its verdict over a cluster on Ctrl-C, and says whose fault what is',
  { timeout: 240_000 },
  async () => {
    const { child, said, ended } = chaos(
      '--cluster',
      '--servers',
      '2',
      '--engines',
      '1',
      '--minutes',
      '5',
      '--seed',
      '17',
    )
    await expect
      .poll(() => said.all, { timeout: 60_000 })
      .toContain('over 2 servers and one node of NATS. Chance begins at 17')
    child.kill('SIGINT')
    expect(await ended).toBe(130)
    expect(said.all).toMatch(/\d+ written, \d+ acknowledged, \d+ shown to 21 clients/)
    expect(said.all).toMatch(/What the lab has promised and not kept:\n +0 {2}lost\n/)
    expect(said.all).toMatch(/What the engine has said, and is not so:\n +0 {2}lost\n/)
  },
)
