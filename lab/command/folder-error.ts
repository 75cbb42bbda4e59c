/** A folder or a file that cannot be written: one sentence that names it, for the person at the terminal. */
import { UsageError } from '../server/usage-error.ts'

export class FolderError extends UsageError {
  /** @param help what to do about it */
  constructor(path: string, cause: unknown, help = '') {
    const { code, message } = cause as NodeJS.ErrnoException
    super(`${path} cannot be written (${code ?? message})${help ? `; ${help}` : ''}`, { cause })
  }
}

/** What the file system answers when something cannot be written where it should be. */
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

export const isOfFolder = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && CODES.has((error as NodeJS.ErrnoException).code ?? '')

/**
 * Does what writes at `path`.
 *
 * @throws FolderError where it cannot be written, and whatever else is thrown
 */
export function writingAt<T>(path: string, write: () => T, help = ''): T {
  try {
    return write()
  } catch (error) {
    throw isOfFolder(error) ? new FolderError(path, error, help) : error
  }
}
