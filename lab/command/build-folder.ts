/**
 * Where what is made goes: pages, the course, runs of the benchmark. `build/` in the checkout, as long as it can
 * be written there. A checkout may belong to another user, or lie on a read-only disk: then it is a
 * folder of this user's own among the temporary ones, and a line says so.
 */
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { BUILD_VARIABLE, ownFolder, whyNotOurs, whyNotWritable } from './compiled/place.js'
import { FolderError } from './folder-error.ts'
import { complain } from './terminal.ts'

const root = resolve(import.meta.dirname, '../..')

let chosen: string | null = null

/**
 * The folder, which can be written. It is chosen once for this process.
 *
 * @throws FolderError where neither can be written, or where the one that was asked for cannot
 */
export function buildFolder(): string {
  chosen ??= choose(process.env[BUILD_VARIABLE], join(root, 'build'))
  return chosen
}

/**
 * @param asked by the environment; undefined or '' for none
 * @param usual where it is written if it can be
 */
export function choose(asked: string | undefined, usual: string, temporary = tmpdir()): string {
  if (asked) {
    const folder = resolve(asked)
    const problem = whyNotWritable(folder)
    if (problem) throw new FolderError(folder, problem, `${BUILD_VARIABLE} must name a folder of your own`)
    return folder
  }
  const problem = whyNotWritable(usual)
  if (!problem) return usual
  const own = ownFolder(usual, temporary)
  const second = whyNotWritable(own) ?? whyNotOurs(own)
  if (second)
    throw new FolderError(
      usual,
      problem,
      `nor can ${own} (${second.code}): name a folder of your own by ${BUILD_VARIABLE}`,
    )
  complain(
    `${usual} cannot be written (${problem.code}): what is made goes to ${own} (${BUILD_VARIABLE} names another folder)`,
  )
  return own
}
