/**
 * Folders of a command in the system's temporary folder. Their names hold the pid of their owner: what one left
 * behind that was killed is removed by the next that makes one.
 */
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writingAt } from './folder-error.ts'

/**
 * A new folder, removed when this process ends, unless {@link keepTemporary} has said otherwise.
 *
 * @param kind what stands before the pid, as `lab-chaos`
 * @throws FolderError
 */
export function temporaryFolder(kind: string): string {
  removeLeftovers(tmpdir(), kind)
  const help = 'TMPDIR in the environment names another folder for what is temporary'
  const folder = writingAt(tmpdir(), () => mkdtempSync(join(tmpdir(), `${kind}-${process.pid}-`)), help)
  // Again, if need be: a child that was killed a moment ago may still have put something there.
  process.once('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 }))
  return folder
}

/** @returns where the folder lies now: under a name that the next does not remove */
export function keepTemporary(folder: string): string {
  const kept = folder.replace(/-\d+-([^-]+)$/, '-kept-$1')
  renameSync(folder, kept)
  return kept
}

/** Removes each `kind-PID…` in `folder` whose process is gone. */
export function removeLeftovers(folder: string, kind: string): void {
  for (const name of namesIn(folder)) {
    const pid = name.startsWith(`${kind}-`) ? /^\d+(?=-|$)/.exec(name.slice(kind.length + 1))?.[0] : undefined
    if (pid === undefined || isAlive(Number(pid))) continue
    try {
      rmSync(join(folder, name), { recursive: true, force: true })
    } catch {
      // another user's
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' // it is, and it is another user's
  }
}
