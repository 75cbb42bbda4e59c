/**
 * Makes the site in a process of its own. The first time, colouring all that code takes seconds, in which the
 * lab would not open, or could not answer anybody; and what makes it need not be loaded here. (A thread would
 * do, if tsx could be had in one on Node 20.)
 */
import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'

import { startChild } from '../../lab/command/children.ts'
import { isOf, sourceFingerprint } from '../../lab/command/fingerprint.ts'

import { DocsError, type Problem } from './problems.ts'

/** What the child says when it has ended. */
export type Outcome = { readonly problems: readonly Problem[] } | 'built'

/**
 * The site, built again unless it was made from what stands in the repository now.
 *
 * @param others folders that may hold it: copying is faster than making
 * @param fingerprint of the repository as it is now
 * @returns null when it is in `folder`, or else what was wrong: a {@link DocsError}, as a rule
 */
export async function buildDocsInWorker(
  folder: string,
  others: readonly string[] = [],
  fingerprint = sourceFingerprint(),
): Promise<Error | null> {
  if (isOf(fingerprint, folder)) return null
  const same = others.find((other) => isOf(fingerprint, other))
  if (same !== undefined && (await hasCopied(same, folder))) return null
  return new Promise((done) => {
    const command = [join(import.meta.dirname, 'build-child.ts'), folder]
    const child = startChild(command, { stdout: 'ignore', stderr: 'pipe' })
    let said = ''
    child.stderr!.on('data', (bytes) => (said += bytes))
    // The lab comes first. A reader who opens the course meanwhile waits a little longer on a busy machine.
    if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL)
    child.on('message', (outcome: Outcome) =>
      done(outcome === 'built' ? null : new DocsError(outcome.problems)),
    )
    child.on('error', done)
    child.on('close', (code) => done(new Error(`the build of the course ended with ${code}\n${said}`.trim())))
    // A lab that closes does not wait for it.
    child.unref()
    child.channel?.unref()
  })
}

/** Another server's site never changes while it runs; but it may end, and its folder go, while we copy. */
async function hasCopied(from: string, to: string): Promise<boolean> {
  const temporary = await mkdtemp(`${to}-`)
  try {
    await cp(from, temporary, { recursive: true, preserveTimestamps: true })
    await rm(to, { recursive: true, force: true })
    await rename(temporary, to)
    return true
  } catch {
    return false
  } finally {
    await rm(temporary, { recursive: true, force: true })
  }
}
