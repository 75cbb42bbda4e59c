// @ts-check
/**
 * Which folder may hold what is made (docs/decisions/029-what-is-made-and-where.md). In JavaScript, because run.js,
 * which is what makes TypeScript run, has to know.
 */
import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Names another folder than `build/`. */
export const BUILD_VARIABLE = 'TRANSPORT_LAB_BUILD'

/**
 * What the file system answers when something cannot be written where it should be.
 */
const CODES = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOSPC',
  'EDQUOT',
  'ELOOP',
  'ENOENT',
])

/**
 * @param {unknown} error
 * @returns {error is NodeJS.ErrnoException}
 */
export const isOfFolder = (error) =>
  error instanceof Error && CODES.has(/** @type {NodeJS.ErrnoException} */ (error).code ?? '')

/**
 * This user's own folder among the temporary ones, for a checkout whose `build/` is `usual`.
 *
 * @param {string} usual
 * @returns {string}
 */
export const ownFolder = (usual, temporary = tmpdir()) =>
  join(temporary, `transport-lab-build-${ofUser()}${shortHash(usual)}`)

/**
 * Makes the folder, if it is not there; for its owner only. Trying is the only way to know whether it can be written:
 * permissions are not all that decides.
 *
 * @param {string} folder
 * @returns {NodeJS.ErrnoException | null}
 */
export function whyNotWritable(folder) {
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

/**
 * Any user may make a folder of that name among the temporary ones before us, and put a page, or a program, in it.
 *
 * @param {string} folder that is there
 * @returns {NodeJS.ErrnoException | null}
 */
export function whyNotOurs(folder) {
  const stats = lstatSync(folder)
  const isOurs = stats.isDirectory() && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
  if (isOurs || !process.getuid) return null
  return Object.assign(new Error('it is not ours alone'), { code: 'it belongs to others too' })
}

const ofUser = () => (process.getuid ? `${process.getuid()}-` : '')
/** @param {string} text */
const shortHash = (text) => createHash('sha256').update(text).digest('hex').slice(0, 12)
