/** `npm run chaos` as a person meets it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, it } from 'vitest'
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
])('answers %j with a line and exit code 2', async (args, words) => {
  const { said, ended } = chaos(...args)
  expect(await ended).toBe(2)
  expect(said.all).toContain(words)
  expect(said.all).not.toContain('    at ')
})

it('explains itself', async () => {
  const { said, ended } = chaos('--help')
  expect(await ended).toBe(0)
  for (const option of ['--minutes', '--writers', '--seed', '--help']) expect(said.all).toContain(option)
})

it('gives its verdict on Ctrl-C', { timeout: 120_000 }, async () => {
  const { child, said, ended } = chaos('--minutes', '5', '--seed', '17')
  await expect.poll(() => said.all, { timeout: 60_000 }).toContain('Chance begins at 17')
  child.kill('SIGINT')
  expect(await ended).toBe(130)
  expect(said.all).toMatch(/\d+ written, \d+ acknowledged/)
  expect(said.all).toMatch(/ 0 {2}lost\n/)
})
