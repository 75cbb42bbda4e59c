/** The reader of a command's output may go when it has seen enough (`| head -1`): nothing fails by it. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { filesIn, root, textOf } from '../verify/rules/source-files.ts'
import { HAS_PROC, type Started, started } from './started.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-pipes-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const running: Started[] = []
afterEach(() => {
  for (const one of running.splice(0)) one.end()
})

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>
}
const OURS = Object.keys(scripts).filter((name) => scripts[name]!.startsWith('node '))

/** Runs a command in a shell, whose output goes to `reader`. */
async function into(reader: string, script: string, ...args: string[]) {
  const line = `{ ${[scripts[script], ...args].join(' ')}; echo "exit $?" >&2; } | ${reader}`
  const shell = started(['sh', '-c', line], { env: { TRANSPORT_LAB_BUILD: join(folder, 'build') } })
  running.push(shell)
  await shell.ended
  return {
    err: shell.said.err.replace(/exit \d+\n$/, ''),
    code: Number(/exit (\d+)\n$/.exec(shell.said.err)?.[1]),
  }
}

describe.runIf(HAS_PROC)('a command whose reader has gone', { timeout: 120_000 }, () => {
  it.each(OURS)('npm run %s -- --help | true', async (script) => {
    expect(await into('true', script, '--help')).toEqual({ err: '', code: 0 })
  })

  it.each(['docs:sync', 'bench:docs'])('npm run %s | true', async (script) => {
    expect(await into('true', script)).toEqual({ err: '', code: 0 })
  })

  it('npm run exercise | head -1', async () => {
    expect(await into('head -1', 'exercise')).toEqual({ err: '', code: 0 })
  })

  it('npm run conformance | true, to its end', async () => {
    const args = ['lab/verify/conformance/example', '--only', 'acknowledg', '--seed', '1']
    expect(await into('true', 'conformance', ...args)).toEqual({ err: '', code: 0 })
  })

  it('npm run bench | head -1: no regression, so exit code 0', async () => {
    const args = ['--only', 'sse', '--scenario', 'connect', '--subscribers', '5', '--repeat', '1']
    expect(await into('true', 'bench', ...args, '--out', join(folder, 'run.json'))).toEqual({
      err: '',
      code: 0,
    })
  })

  it('says what is wrong by its exit code alone, when stderr has no reader either', async () => {
    expect((await into('true', 'bench', '--nonsense', '2>&1')).code).toBe(2)
  })
})

it('a reader who takes a long time gets the whole of a long result', { timeout: 120_000 }, async () => {
  const line = `node --import tsx docs/exercises/runner/main.ts 01 --solution | { sleep 1; cat; }`
  const shell = started(['sh', '-c', line])
  running.push(shell)
  expect(await shell.ended).toBe(0)
  expect(shell.said.out).toContain(textOf('docs/exercises/01-overlapping-polls/solution.ts'))
})

/** Those that run in a test, or in a process whose output is read by us; and the one place. */
const MAY_WRITE =
  /\.test\.ts$|^lab\/command\/terminal\.ts$|^lab\/server\/observe\/event-logger\.ts$|^lab\/verify\/(proxies\/programs|browser\/browser-bench|rules\/time-budget)\.ts$/

it('every command writes by lab/command/terminal.ts, which survives its readers', () => {
  expect(OURS).toEqual(expect.arrayContaining(['start', 'bench', 'check', 'screenshots']))
  const files = filesIn([
    'lab',
    'benchmarks',
    'docs/site',
    'docs/exercises/runner',
    'lab/verify/browser',
    'transports',
  ])
  const writing = files.filter(
    (file) => !MAY_WRITE.test(file) && /\bconsole\.\w+\(|\bprocess\.(stdout|stderr)\b/.test(textOf(file)),
  )
  expect(writing.filter((file) => !file.startsWith('docs/site/browser/'))).toEqual([])
})
