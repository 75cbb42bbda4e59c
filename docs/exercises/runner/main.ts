/** `npm run exercise -- 03`: begins an exercise, or looks at what has been done of it. */
import { fork } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs'
import { basename, join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { catalog, type Entry } from './catalog.ts'
import type { Outcome } from './run-checks.ts'

const HELP = `Exercises: a starter that fails, and a check that says why.

  npm run exercise                 the list, and what is done
  npm run exercise -- 03           begin exercise 03, or check your work on it
  npm run exercise -- 03 --watch   check it at each save
  npm run exercise -- 03 --hint    one hint more
  npm run exercise -- 03 --solution
                                   one way to do it

Your work is in my-work/, which is yours: nothing here ever writes over it. Earlier exercises that
you have begun are checked again. Exit code: 0 all passed, 1 not yet, 2 wrong use.
`

const root = resolve(import.meta.dirname, '../../..')
/** Elsewhere in tests. */
const work = resolve(process.env.EXERCISE_WORK ?? join(root, 'my-work'))
const HINTS_SHOWN = join(work, '.hints.json')
/** No check takes a tenth of it; an endless loop takes all. */
const LIMIT_MS = 20_000

class UsageError extends Error {}

async function main(): Promise<number> {
  const { values, positionals } = options()
  const entries = catalog()
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  const [number, ...more] = positionals
  if (more.length > 0) throw new UsageError(`one exercise at a time, not also ${more.join(' ')}`)
  if (number === undefined) return list(entries)

  const index = entries.findIndex((one) => one.number === number.padStart(2, '0') || one.name === number)
  const entry = entries[index]
  if (!entry) {
    const last = entries.at(-1)!.number
    throw new UsageError(
      `there is no exercise ${number}; there are 01 to ${last} (npm run exercise lists them)`,
    )
  }
  if (values.solution) {
    console.log(readFileSync(join(entry.folder, 'solution.ts'), 'utf8'))
    return 0
  }
  if (values.hint) return hint(entry)

  begin(entry)
  const earlier = entries.slice(0, index).filter((one) => existsSync(fileOf(one)))
  const check = () => checkAll([...earlier, entry])
  const passed = await check()
  const next = entries[index + 1]
  if (passed && next) console.log(`\nNext: npm run exercise -- ${next.number} (${next.title})`)
  if (!values.watch) return passed ? 0 : 1

  console.log(`\nWatching ${relative(root, fileOf(entry))}. Ctrl-C ends.`)
  let due: NodeJS.Timeout | undefined
  watch(work, (_event, name) => {
    if (name !== null && name !== basename(fileOf(entry))) return
    clearTimeout(due) // an editor writes in several steps
    due = setTimeout(() => void check(), 150)
  })
  return new Promise(() => {})
}

function options() {
  try {
    return parseArgs({
      args: process.argv.slice(2),
      allowPositionals: true,
      options: {
        watch: { type: 'boolean', default: false },
        hint: { type: 'boolean', default: false },
        solution: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    })
  } catch (error) {
    throw new UsageError((error as Error).message.split(/[.\n]/)[0]!)
  }
}

const fileOf = ({ name }: Entry): string => join(work, `${name}.ts`)

async function list(entries: readonly Entry[]): Promise<number> {
  for (const entry of entries) {
    const state = !existsSync(fileOf(entry))
      ? ''
      : (await outcomeOf(entry)).kind === 'passed'
        ? 'done'
        : 'begun'
    console.log(`${entry.number}  ${entry.title.padEnd(44)} ${state}`.trimEnd())
  }
  console.log('\nBegin with: npm run exercise -- 01')
  return 0
}

/** Gives the learner a copy of the starter, unless there is one already. */
function begin(entry: Entry): void {
  mkdirSync(work, { recursive: true })
  if (existsSync(fileOf(entry))) return
  copyFileSync(join(entry.folder, 'starter.ts'), fileOf(entry))
  console.log(`Exercise ${entry.number}: ${entry.title}`)
  console.log(`  the task       ${relative(root, join(entry.folder, 'README.md'))}`)
  console.log(`  your own copy  ${relative(root, fileOf(entry))}\n`)
}

async function checkAll(entries: readonly Entry[]): Promise<boolean> {
  let allPassed = true
  for (const entry of entries) {
    const outcome = await outcomeOf(entry)
    report(entry, outcome, entry === entries.at(-1))
    allPassed &&= outcome.kind === 'passed'
  }
  return allPassed
}

function report({ number, title }: Entry, outcome: Outcome, inFull: boolean): void {
  console.log(`${number} ${title}`)
  if (outcome.kind === 'broken') console.log(`  ✗ ${outcome.why}`)
  if (outcome.kind === 'passed') {
    if (inFull) for (const name of outcome.names) console.log(`  ✓ ${name}`)
    console.log('  done')
  }
  if (outcome.kind !== 'unmet') return
  if (inFull) for (const name of outcome.passed) console.log(`  ✓ ${name}`)
  console.log(`  ✗ ${outcome.name}\n    ${outcome.why.replaceAll('\n', '\n    ')}`)
  if (inFull) console.log(`\nStuck? npm run exercise -- ${number} --hint`)
}

function outcomeOf(entry: Entry): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = fork(join(import.meta.dirname, 'child.ts'), [entry.folder, fileOf(entry)], {
      execArgv: ['--import', 'tsx'],
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    const limit = setTimeout(() => {
      child.kill('SIGKILL')
      resolve({
        kind: 'broken',
        why: `it did not come to an end within ${LIMIT_MS / 1_000} s: an endless loop?`,
      })
    }, LIMIT_MS)
    child.on('message', (outcome) => resolve(outcome as Outcome))
    child.on('exit', () => {
      clearTimeout(limit)
      resolve({ kind: 'broken', why: 'your code ended the process' }) // unless it has been resolved
    })
  })
}

/** Each call shows one hint more. */
function hint({ number, hints }: Entry): number {
  mkdirSync(work, { recursive: true })
  const counts = shownHints()
  const count = Math.min((counts[number] ?? 0) + 1, hints.length)
  for (const [index, text] of hints.slice(0, count).entries()) console.log(`Hint ${index + 1}: ${text}\n`)
  const left = hints.length - count
  console.log(
    left > 0
      ? left === 1
        ? 'There is one more.'
        : `There are ${left} more.`
      : `That was the last. npm run exercise -- ${number} --solution`,
  )
  writeFileSync(HINTS_SHOWN, JSON.stringify({ ...counts, [number]: count }))
  return 0
}

function shownHints(): Record<string, number> {
  try {
    return JSON.parse(readFileSync(HINTS_SHOWN, 'utf8')) as Record<string, number>
  } catch {
    return {} // none shown yet, or a file that somebody has edited
  }
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`exercise: ${error.message}`)
  process.exitCode = 2
}
