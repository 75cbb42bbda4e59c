/** `npm run exercise -- 03`: begins an exercise, or looks at what has been done of it. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { writingAt } from '../../../lab/command/folder-error.ts'
import { runCommand } from '../../../lab/command/run.ts'
import { print, say } from '../../../lab/command/terminal.ts'
import { UsageError } from '../../../lab/command/usage-error.ts'
import { catalog, type Entry, OTHER_WORK, ROOT, WORK, workOn } from './catalog.ts'
import { showHint } from './hints.ts'
import { checkWithEarlier, list } from './report.ts'
import { watchAndCheck } from './watch.ts'

const HELP = `Exercises: a starter that fails, and a check that says why.

  npm run exercise                 the list, and what is done
  npm run exercise -- 03           begin exercise 03, or check your work on it
  npm run exercise -- 03 --watch   check it at each save
  npm run exercise -- 03 --hint    one hint more
  npm run exercise -- 03 --solution
                                   one way to do it

Your work is in my-work/ (or where EXERCISE_WORK in the environment says), which is yours: nothing here ever
writes over it. Delete a file there to start that exercise over. Earlier exercises that you have begun are
checked again.

Exit code: 0 all passed, 1 not yet (after --watch: at the last check), 2 wrong use.
`

/** Also as npm understands them: without the two dashes, `npm run exercise 03 --hint` keeps the flag to itself. */
const FLAGS = ['watch', 'hint', 'solution'] as const
const npmHas = (flag: string): boolean => process.env[`npm_config_${flag}`] === 'true'

async function main(): Promise<number> {
  const { values, positionals } = options()
  const entries = catalog()
  if (values.help) {
    print(HELP)
    return 0
  }
  const [number, ...more] = positionals
  if (more.length > 0) throw new UsageError(`one exercise at a time, not also ${more.join(' ')}`)
  const wants = (flag: (typeof FLAGS)[number]): boolean => values[flag] || npmHas(flag)
  if (number === undefined) {
    const flag = FLAGS.find(wants)
    if (flag) throw new UsageError(`--${flag} of which exercise? As in: npm run exercise -- 03 --${flag}`)
    await list(entries)
    return 0
  }

  const entry = entries.find((one) => one.number === number.padStart(2, '0') || one.name === number)
  if (!entry) {
    const last = entries.at(-1)!.number
    throw new UsageError(
      `there is no exercise ${number}; there are 01 to ${last} (npm run exercise lists them)`,
    )
  }
  if (wants('solution')) {
    say(readFileSync(join(entry.folder, 'solution.ts'), 'utf8'))
    return 0
  }
  if (wants('hint')) {
    showHint(entry)
    return 0
  }

  begin(entry)
  const passed = await checkWithEarlier(entries, entry)
  const endedWell = wants('watch') ? await watchAndCheck(entries, entry, passed) : passed
  return endedWell ? 0 : 1
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
    throw new UsageError(`${(error as Error).message.split(/[.\n]/)[0]!} (npm run exercise -- --help)`)
  }
}

/** Gives the learner a copy of the starter, unless there is one already. */
function begin(entry: Entry): void {
  writingAt(WORK, () => mkdirSync(WORK, { recursive: true }), OTHER_WORK)
  if (existsSync(workOn(entry))) return
  writingAt(workOn(entry), () => copyFileSync(join(entry.folder, 'starter.ts'), workOn(entry)), OTHER_WORK)
  say(`Exercise ${entry.number}: ${entry.title}`)
  say(`  the task       ${relative(ROOT, join(entry.folder, 'README.md'))}`)
  say(`  your own copy  ${relative(ROOT, workOn(entry))}\n`)
}

await runCommand({ name: 'exercise' }, main)
