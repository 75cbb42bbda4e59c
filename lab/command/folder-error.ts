/** A folder or a file that cannot be written: one sentence that names it, for the person at the terminal. */
import { isOfFolder } from './compiled/place.js'
import { UsageError } from './usage-error.ts'

export class FolderError extends UsageError {
  /** @param help what to do about it */
  constructor(path: string, cause: unknown, help = '') {
    const { code, message } = cause as NodeJS.ErrnoException
    super(`${path} cannot be written (${code ?? message})${help ? `; ${help}` : ''}`, { cause })
  }
}

export { isOfFolder }

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
