/**
 * Runs the checks of one exercise in a process of its own: `child.ts FOLDER FILE`. What a learner
 * writes may loop for ever or end the process; the command that called us must not.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Exercise } from './check.ts'
import { runChecks } from './run-checks.ts'

const [folder = '', file = ''] = process.argv.slice(2)
const { default: exercise } = (await import(pathToFileURL(join(folder, 'check.ts')).href)) as {
  default: Exercise
}
const outcome = await runChecks(exercise, file)
process.send!(outcome, () => process.exit(0))
