/**
 * Makes the site in a process of its own. The first time, colouring all that code takes seconds, in which the
 * lab would not open, or could not answer anybody; and what makes it need not be loaded here. (A thread would
 * do, if tsx could be had in one on Node 20.)
 */
import { fork } from 'node:child_process'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { isOf, stampOf } from './fingerprint.ts'
import { DocsError, type Problem } from './problems.ts'

/** What the child says when it has ended. */
export type Outcome = { readonly problems: readonly Problem[] } | 'built'

/**
 * The site, made anew unless it is of what stands in the repository now.
 *
 * @returns null when it is in `folder`, or else what was wrong: a {@link DocsError}, as a rule
 */
export async function buildDocsInWorker(folder: string): Promise<Error | null> {
  if (isOf(stampOf(), folder)) return null
  return new Promise((done) => {
    const child = fork(join(import.meta.dirname, 'build-child.ts'), [folder])
    // The lab comes first. Whoever asks for the course meanwhile waits a little longer on a busy machine.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    child.on('message', (outcome: Outcome) =>
      done(outcome === 'built' ? null : new DocsError(outcome.problems)),
    )
    child.on('error', done)
    child.on('exit', (code) => done(new Error(`the build of the course ended with ${code}`)))
    // A lab that closes does not wait for it.
    child.unref()
    child.channel?.unref()
  })
}
