/**
 * Runs the checks of one exercise in a process of its own: `child.ts FOLDER FILE`. What a learner
 * writes may loop for ever or end the process; the command that called us must not.
 */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Exercise } from './check.ts'
import { type Outcome, runChecks, whatWasThrown } from './run-checks.ts'

/** What goes to the parent: where we are, and at last what came of it. */
export type Word = { readonly kind: 'begins'; readonly name: string } | Outcome | Failed
/** Something outside of what a check awaits; the parent knows during which one. */
export interface Failed {
  readonly kind: 'failed'
  readonly why: string
}

const [folder = '', file = ''] = process.argv.slice(2)
let hasEnded = false

function end(word: Outcome | Failed): void {
  if (hasEnded) return
  hasEnded = true
  process.send!(word, () => process.exit(0))
}

// In a timer, or a promise that is not awaited: no check can catch it.
process.on('uncaughtException', (error) => end({ kind: 'failed', why: whatWasThrown(error, file) }))
// Nothing is left to do, and yet no check has come to its end.
process.on('beforeExit', () =>
  end({ kind: 'failed', why: 'it waits for something that never comes: a promise that is never resolved' }),
)

const { default: exercise } = (await import(pathToFileURL(join(folder, 'check.ts')).href)) as {
  default: Exercise
}
// Not awaited here: a module that waits for ever would end without a word.
void runChecks(exercise, file, (name) => process.send!({ kind: 'begins', name } satisfies Word)).then(end)
