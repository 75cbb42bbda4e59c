/**
 * `npm run check`: everything that must hold before a change is kept. Format, lint and types
 * are checked like tests, and counted like tests; the last line says how many held.
 *
 * With `--tests PROJECT …`, only the tests of those projects (see vitest.config.ts).
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { buildFolder } from '../command/build-folder.ts'
import { startChild } from '../command/children.ts'
import { type Ending, onEnding } from '../command/ending.ts'
import { runCommand } from '../command/run.ts'
import { complain, print, printError, say, terminal } from '../command/terminal.ts'
import { root } from './source-files.ts'

const HELP = `Everything that must hold before a change is kept.

  npm run check                        format, lint, types and all tests
  npm run check -- --tests PROJECT …   only the tests of these projects (see vitest.config.ts)

Exit code: 0 all held, 1 something did not, 2 wrong use, 130 stopped by Ctrl-C (143 by TERM, 129 by HUP).
`

interface Count {
  passed: number
  failed: number
  skipped: number
}

const total: Count = { passed: 0, failed: 0, skipped: 0 }
let ending: Ending | null = null

async function check(): Promise<number> {
  const [only, ...projects] = process.argv.slice(2)
  if (only !== undefined && only !== '--tests') {
    print(HELP)
    return only === '--help' ? 0 : 2
  }
  onEnding((how) => {
    ending = how
    running?.kill('SIGTERM')
  })
  if (only === undefined) await checkTheSource()
  await runTheTests(projects.flatMap((project) => ['--project', project]))

  if (ending) return (ending as Ending).exitCode
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
  say(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
  return total.failed > 0 ? 1 : 0
}

async function checkTheSource(): Promise<void> {
  await step('format and lint', 'biome', 'ci', '--error-on-warnings', '.')
  await step('types', 'tsc', '--noEmit')
  await step('types, as a browser sees them', 'tsc', '--noEmit', '-p', 'tsconfig.browser.json')
}

let running: ReturnType<typeof startChild> | null = null

/** Runs a program of this project's own packages; true when it ended well. */
function run(program: string, args: readonly string[]): Promise<boolean> {
  if (ending) return Promise.resolve(false)
  const command = [join(import.meta.dirname, 'guard.ts'), join(root, 'node_modules/.bin', program), ...args]
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
  const held = await run(program, args)
  say(`${held ? 'ok' : 'FAILED'}: ${name}`)
  total[held ? 'passed' : 'failed']++
}

/** The tests, counted by vitest itself. A run that leaves no count, or an unclean one, has failed. */
async function runTheTests(which: readonly string[]): Promise<void> {
  // A file for each process: two versions of Node may be checked at the same time.
  const results = join(buildFolder(), `checks/tests-${process.pid}.json`)
  mkdirSync(join(buildFolder(), 'checks'), { recursive: true })
  rmSync(results, { force: true })
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${results}`]
  const held = await run('vitest', ['run', ...reporters, ...which])
  const count = readCount(results)
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  // A hook or an unhandled error fails the run without failing a test.
  if (!held && count.failed === 0) total.failed++
}

function readCount(file: string): Count {
  try {
    const results = JSON.parse(readFileSync(file, 'utf8')) as Record<string, number>
    return {
      passed: results.numPassedTests ?? 0,
      failed: results.numFailedTests ?? 0,
      skipped: (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}

await runCommand({ name: 'check' }, check)
