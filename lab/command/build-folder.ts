/**
 * Where what is made goes: pages, the course, runs of the benchmark. `build/` in the checkout, as long as it can
 * be written there. A checkout may belong to another user, or lie on a read-only disk: then it is a
 * folder of this user's own among the temporary ones, and a line says so.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FolderError, isOfFolder } from './folder-error.ts'
import { complain } from './terminal.ts'

const root = resolve(import.meta.dirname, '../..')

/** Names another folder. */
export const BUILD_VARIABLE = 'TRANSPORT_LAB_BUILD'

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
  const own = join(temporary, `transport-lab-build-${ofUser()}${shortHash(usual)}`)
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

/** Made, if it is not there; for its owner only. Trying is the only way to know: permissions are not all that decides. */
function whyNotWritable(folder: string): NodeJS.ErrnoException | null {
  const probe = join(folder, `.writable-${process.pid}`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeFileSync(probe, '')
    rmSync(probe)
    return null
  } catch (error) {
    if (isOfFolder(error)) return error
    throw error
  }
}

/** Anybody may make a folder of that name among the temporary ones before us, and put a page of theirs in it. */
function whyNotOurs(folder: string): NodeJS.ErrnoException | null {
  const { uid, mode } = lstatSync(folder)
  const isOurs = lstatSync(folder).isDirectory() && uid === process.getuid?.() && (mode & 0o022) === 0
  if (isOurs || !process.getuid) return null
  return Object.assign(new Error('it is not ours alone'), { code: 'it belongs to others too' })
}

const ofUser = () => (process.getuid ? `${process.getuid()}-` : '')
const shortHash = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 12)
