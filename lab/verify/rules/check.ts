/**
 * `npm run check`: everything that must hold before a change is kept. Format, lint and types
 * are checked like tests, and counted like tests; then comes `npm test`, then the tests that it leaves out.
 * The last line says how many held.
 *
 * With `--tests PROJECT …`, only the tests of those projects (see vitest.config.ts).
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import config from '../../../vitest.config.ts'
import { root } from './source-files.ts'

interface Count {
  passed: number
  failed: number
  skipped: number
}

const total: Count = { passed: 0, failed: 0, skipped: 0 }
/** A file for each process: two versions of Node may be checked at the same time. */
const RESULTS = join(root, `build/checks/tests-${process.pid}.json`)

const VITEST = ownProgram('vitest')
const DEFAULT = ['--reporter=default']

const [only, ...projects] = process.argv.slice(2)
if (only === undefined) {
  checkTheSource()
  runTheTests('npm', ['test', '--'])
  runTheTests(VITEST, ['run', ...DEFAULT, ...chosen(projectsLeftOut())])
} else {
  runTheTests(VITEST, ['run', ...DEFAULT, ...chosen(projects)])
}

const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : ''
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`)
process.exit(total.failed > 0 ? 1 : 0)

function checkTheSource(): void {
  step('format and lint', 'biome', 'ci', '--error-on-warnings', '.')
  step('types', 'tsc', '--noEmit')
  step('types, as a browser sees them', 'tsc', '--noEmit', '-p', 'tsconfig.browser.json')
}

/** Every project of vitest.config.ts that `npm test` does not run. */
function projectsLeftOut(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    scripts: { test: string }
  }
  const inNpmTest = [...scripts.test.matchAll(/--project (\S+)/g)].map(([, name]) => name)
  const all = config.test!.projects!.map((project) => (project as { test: { name: string } }).test.name)
  return all.filter((name) => !inNpmTest.includes(name))
}

function chosen(names: readonly string[]): string[] {
  return names.flatMap((name) => ['--project', name])
}

/** A program of this project's own packages. */
function ownProgram(name: string): string {
  return join(root, 'node_modules/.bin', name)
}

/** Runs a program; true when it ended well. */
function run(program: string, args: readonly string[]): boolean {
  const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit' })
  if (error) console.error(`${program} did not start: ${error.message}. Run npm ci.`)
  return status === 0
}

function step(name: string, program: string, ...args: string[]): void {
  const held = run(ownProgram(program), args)
  console.log(`${held ? 'ok' : 'FAILED'}: ${name}`)
  total[held ? 'passed' : 'failed']++
}

/** The tests, counted by vitest itself. A run that leaves no count, or an unclean one, has failed. */
function runTheTests(program: string, args: readonly string[]): void {
  mkdirSync(join(root, 'build/checks'), { recursive: true })
  rmSync(RESULTS, { force: true })
  const held = run(program, [...args, '--reporter=json', `--outputFile.json=${RESULTS}`])
  const count = readCount()
  total.passed += count.passed
  total.failed += count.failed
  total.skipped += count.skipped
  // A hook or an unhandled error fails the run without failing a test.
  if (!held && count.failed === 0) total.failed++
}

function readCount(): Count {
  try {
    const results = JSON.parse(readFileSync(RESULTS, 'utf8')) as Record<string, number>
    return {
      passed: results.numPassedTests ?? 0,
      failed: results.numFailedTests ?? 0,
      skipped: (results.numPendingTests ?? 0) + (results.numTodoTests ?? 0),
    }
  } catch {
    return { passed: 0, failed: 1, skipped: 0 }
  }
}
