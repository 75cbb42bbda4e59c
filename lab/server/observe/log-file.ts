/** The file of `--log`: added to, line by line, and reopened when log rotation has given it another name. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs'
import { complain } from '../../command/terminal.ts'
import { UsageError } from '../../command/usage-error.ts'

export interface LogFile {
  write(line: string): void
  /** @returns what was wrong; the old file stays open then */
  reopen(): Error | null
}

/**
 * Written at once, without a buffer: the last lines before a crash are the ones that the operator will look for.
 *
 * @throws UsageError when it cannot be written
 */
export function openLogFile(file: string): LogFile {
  let fd = openOrSay(file)
  let hasFailed = false
  return {
    write(line) {
      try {
        const bytes = Buffer.from(line)
        for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at)
        hasFailed = false
      } catch (error) {
        // The lab goes on without its log: the disk is full, as a rule. Said once, on stderr, where the operator may see it.
        if (!hasFailed) complain(`The log cannot be written: ${(error as Error).message}`)
        hasFailed = true
      }
    },
    reopen() {
      try {
        const next = openOrSay(file)
        closeSync(fd)
        fd = next
        return null
      } catch (error) {
        return error as Error
      }
    },
  }
}

function openOrSay(file: string): number {
  // A pipe blocks its writer until another program reads, and opening it blocks already.
  if (isPipe(file))
    throw new UsageError(`--log ${file} is a pipe, which can be full; leave --log out, and read stderr`)
  try {
    // For its owner only, since addresses of people stand in it.
    return openSync(file, 'a', 0o600)
  } catch (error) {
    throw new UsageError(`--log ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`)
  }
}

function isPipe(file: string): boolean {
  try {
    const stats = statSync(file)
    return stats.isFIFO() || stats.isSocket()
  } catch {
    return false // not there yet; or it cannot be looked at, and opening it will say why
  }
}
