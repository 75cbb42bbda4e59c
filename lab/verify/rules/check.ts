/**
 * `npm run check`: everything that must hold before a change is kept. Format, lint and types
 * are checked like tests, and counted like tests; then comes `npm test`, then the tests that it leaves out.
 * At the end stand the names of those that failed, once more; the last line says how many held.
 *
 * With `--tests PROJECT …`, only the tests of those projects (see vitest.config.ts).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join, relative } from 'node:path'
import config from '../../../vitest.config.ts'
import { buildFolder } from '../../command/build-folder.ts'
import { startChild } from '../../command/children.ts'
import { type Ending, onEnding } from '../../command/ending.ts'
import { type Given, runCommandLine } from '../../command/options/command-line.ts'
import { complain, print, printError, say, terminal } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'
import { LINE } from './check-options.ts'
import { root } from './source-files.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const total: Count = { passed: 0, failed: 0, skipped: 0 }
/** What failed, a line each: where a log is cut, its end is what remains. */
const failures: string[] = []
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
  // A file for each process: two versions of Node may be checked at the same time.
  const results = join(buildFolder(), `checks/tests-${process.pid}.json`)
  mkdirSync(join(buildFolder(), 'checks'), { recursive: true })
  rmSync(results, { force: true })
  const held = await run(program, [...args, '--reporter=json', `--outputFile.json=${results}`])
  const count = readCount(results)
  failures.push(...count.failures)
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  // A hook or an unhandled error fails the run without failing a test.
  if (!held && count.failed === 0) {
    total.failed++
    failures.push(`${program} ${args.join(' ')}: ended badly, though no test of it failed`)
  }
}

/** What we use of vitest's JSON report. */
interface Results {
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly numPendingTests: number
  readonly numTodoTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly {
      readonly status: string
      readonly fullName: string
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

function readCount(file: string): Count & { failures: string[] } {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Results
    return {
      passed: results.numPassedTests,
      failed: results.numFailedTests,
      skipped: results.numPendingTests + results.numTodoTests,
      failures: results.testResults.flatMap(({ name, assertionResults }) =>
        assertionResults
          .filter(({ status }) => status === 'failed')
          .map(({ fullName, failureMessages: [why = ''] }) => {
            const [firstLine] = why.split('\n')
            return `${relative(root, name)}: ${fullName}: ${firstLine!.slice(0, 200)}`
          }),
      ),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0, failures: ['the tests left no report'] }
  }
}

await runCommandLine(LINE, (given) => check(projectsFrom(given)))
