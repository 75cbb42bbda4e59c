/** `npm run exercise -- 03`: begins an exercise, or looks at what has been done of it. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { writingAt } from '../../../lab/command/folder-error.ts'
import { type Given, runCommandLine } from '../../../lab/command/options/command-line.ts'
import { say } from '../../../lab/command/terminal.ts'
import { UsageError } from '../../../lab/command/usage-error.ts'
import { catalog, type Entry, OTHER_WORK, ROOT, WORK, workOn } from './catalog.ts'
import { showHint } from './hints.ts'
import { FLAGS, LINE } from './options.ts'
import { checkWithEarlier, list } from './report.ts'
import { watchAndCheck } from './watch.ts'

/** Also as npm understands them: without the two dashes, `npm run exercise 03 --hint` keeps the flag to itself. */
const npmHas = (flag: string): boolean => process.env[`npm_config_${flag}`] === 'true'

async function main({ values, operands }: Given<(typeof LINE)['options']>): Promise<number> {
  const entries = catalog()
  const [number, ...more] = operands
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

/** Gives the learner a copy of the starter, unless there is one already. */
function begin(entry: Entry): void {
  writingAt(WORK, () => mkdirSync(WORK, { recursive: true }), OTHER_WORK)
  if (existsSync(workOn(entry))) return
  writingAt(workOn(entry), () => copyFileSync(join(entry.folder, 'starter.ts'), workOn(entry)), OTHER_WORK)
  say(`Exercise ${entry.number}: ${entry.title}`)
  say(`  the task       ${relative(ROOT, join(entry.folder, 'README.md'))}`)
  say(`  your own copy  ${relative(ROOT, workOn(entry))}\n`)
}

await runCommandLine(LINE, main)
