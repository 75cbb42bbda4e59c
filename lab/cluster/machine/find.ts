/** Where programs of the operating system are that we start. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Debian keeps its servers where only root looks by default. */
const ALSO = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']

/** The path of a program, or null when this machine does not have it. */
export function find(
  program: string,
  folders: readonly string[] = [...(process.env.PATH ?? '').split(delimiter), ...ALSO],
): string | null {
  return folders.map((folder) => join(folder, program)).find(isProgram) ?? null
}

/** Whether it is a file that may be run. */
export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}
