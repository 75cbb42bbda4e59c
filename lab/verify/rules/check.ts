/**
 * `npm run check`: everything that must hold before a change is kept. Format, lint and types
 * are checked like tests, and counted like tests; then comes `npm test`, then the tests that it leaves out.
 * What fails is run once more, alone (docs/decisions/078-a-second-try.md). At the end stand the names of those that
 * failed, or failed once; the last line says how many held.
 *
 * With `--tests PROJECT …`, only the tests of those projects (see vitest.config.ts).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import config from '../../../vitest.config.ts'
import { buildFolder } from '../../command/build-folder.ts'
import { startChild } from '../../command/children.ts'
import { type Ending, onEnding } from '../../command/ending.ts'
import { type Given, runCommandLine } from '../../command/options/command-line.ts'
import { complain, print, printError, say, terminal } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import { LINE } from './check-options.ts'
import { afterSecondTry, type Failure, readOutcome, secondTryOf } from './results.ts'
import { root } from './source-files.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const total: Count = { passed: 0, failed: 0, skipped: 0 }
/** What failed, a line each: where a log is cut, its end is what remains. */
const failures: string[] = []
/** What failed beside others and passed alone: a fault of the test or of what it tests, to be mended too. */
const flaky: string[] = []
let ending: Ending | null = null

/** @param projects whose tests alone are run; null for everything */
async function check(projects: readonly string[] | null): Promise<number> {
  onEnding((how) => {
    ending = how
    running?.kill('SIGTERM')
  })
  if (projects === null) {
    await checkTheSource()
    await runTheTests('npm', ['test', '--'])
  }
  const chosen = projects ?? projectsLeftOut()
  await runTheTests(ownProgram('vitest'), [
    'run',
    '--reporter=default',
    ...chosen.flatMap((project) => ['--project', project]),
  ])

  if (ending) return (ending as Ending).exitCode
  for (const one of flaky) say(`FLAKY: ${one}`)
  for (const failure of failures) say(`FAILED: ${failure}`)
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  say(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
  return total.failed > 0 ? 1 : 0
}

async function checkTheSource(): Promise<void> {
  await step('format and lint', 'biome', 'ci', '--error-on-warnings', '.')
  await step('types', 'tsc', '--noEmit')
  await step('types, as a browser sees them', 'tsc', '--noEmit', '-p', 'tsconfig.browser.json')
}

const PROJECTS = config.test!.projects!.map((project) => (project as { test: { name: string } }).test.name)

/** @throws UsageError */
function projectsFrom({ values, operands }: Given<(typeof LINE)['options']>): readonly string[] | null {
  const those = `there are ${PROJECTS.join(', ')}`
  if (!values.tests && operands.length === 0) return null
  if (!values.tests) throw new UsageError(`${JSON.stringify(operands[0])} goes with --tests`)
  if (operands.length === 0) throw new UsageError(`--tests of which projects? ${those}`)
  const unknown = operands.find((name) => !PROJECTS.includes(name))
  if (unknown !== undefined)
    throw new UsageError(`--tests: there is no project ${JSON.stringify(unknown)}; ${those}`)
  return operands
}

/** Every project of vitest.config.ts that `npm test` does not run. */
function projectsLeftOut(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { test: string }
  }
  const inNpmTest = [...scripts.test.matchAll(/--project (\S+)/g)].map(([, name]) => name)
  return PROJECTS.filter((name) => !inNpmTest.includes(name))
}

/** A program of this project's own packages. */
const ownProgram = (name: string) => join(root, 'node_modules/.bin', name)

let running: ReturnType<typeof startChild> | null = null

/** Runs a program; true when it ended well. */
function run(program: string, args: readonly string[]): Promise<boolean> {
  if (ending) return Promise.resolve(false)
  const command = [join(import.meta.dirname, 'guard.ts'), program, ...args]
  // A terminal is handed on, for its colours. Of anything else, the reader may go: that must fail no check.
  const how = terminal.stdout && terminal.stderr ? 'inherit' : 'pipe'
  const child = startChild(command, { cwd: root, stdout: how, stderr: how, detached: true })
  running = child
  child.stdout?.setEncoding('utf8').on('data', print)
  child.stderr?.setEncoding('utf8').on('data', printError)
  return new Promise((resolve) => {
    child.on('error', ({ message }) => complain(`${program} did not start: ${message}`))
    child.on('close', (code) => resolve(code === 0))
  })
}

async function step(name: string, program: string, ...args: string[]): Promise<void> {
  const held = await run(ownProgram(program), args)
  say(`${held ? 'ok' : 'FAILED'}: ${name}`)
  total[held ? 'passed' : 'failed']++
  if (!held) failures.push(name)
}

/** The tests, counted by vitest itself. A run that leaves no count, or an unclean one, has failed. */
async function runTheTests(program: string, args: readonly string[]): Promise<void> {
  const { held, outcome } = await runForReport(program, args)
  if (!outcome) return countBadEnding(`${program} ${args.join(' ')}: left no report`)
  total.passed += outcome.passed
  total.skipped += outcome.skipped
  const again = secondTryOf(outcome.failures)
  for (const file of again) await tryAlone(file, outcome.failures)
  countFailed(outcome.failures.filter(({ file }) => !again.includes(file)))
  // A hook or an unhandled error fails the run without failing a test.
  if (!held && outcome.failures.length === 0) {
    countBadEnding(`${program} ${args.join(' ')}: ended badly, though no test of it failed`)
  }
}

/** A test that failed beside others on a busy machine, and not alone, is flaky: it is counted as passed, and named. */
async function tryAlone(file: string, all: readonly Failure[]): Promise<void> {
  const first = all.filter((failure) => failure.file === file)
  say(`\n${file}: ${first.length} failed; once more, alone:`)
  const { held, outcome } = await runForReport(ownProgram('vitest'), ['run', '--reporter=default', file])
  const { failed, flaky: once } = afterSecondTry(first, outcome)
  total.passed += once.length
  flaky.push(...once.map(inWords))
  countFailed(failed)
  if (!held && failed.length === 0) countBadEnding(`${file}: ended badly alone, though no test of it failed`)
}

function countFailed(failed: readonly Failure[]): void {
  total.failed += failed.length
  failures.push(...failed.map(inWords))
}

function countBadEnding(why: string): void {
  total.failed++
  failures.push(why)
}

const inWords = ({ file, title, why }: Failure) => `${file}: ${title}: ${why}`

/** Runs tests, and reads what they left. */
async function runForReport(program: string, args: readonly string[]) {
  // A file for each process: two versions of Node may be checked at the same time.
  const report = join(buildFolder(), `checks/tests-${process.pid}.json`)
  mkdirSync(join(buildFolder(), 'checks'), { recursive: true })
  rmSync(report, { force: true })
  const held = await run(program, [...args, '--reporter=json', `--outputFile.json=${report}`])
  return { held, outcome: readOutcome(report) }
}

await runCommandLine(LINE, (given) => check(projectsFrom(given)))
