/** Programs of the operating system that tests start: where they are, and what it means when they are not. */
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'

/** Debian keeps its servers where only root looks by default. */
const ALSO = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin']

/** The path of a program, or null when this machine does not have it. */
export function find(program: string): string | null {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...ALSO]
  return folders.map((folder) => join(folder, program)).find(isProgram) ?? null
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** A test that did not run has shown nothing: it must not pass in silence, and in CI not at all. */
export function skipLoudly(what: string, install: string): void {
  const why = `${what} is not installed. Debian: apt-get install ${install}`
  console.warn(`\n*** NOT TESTED: ${why}\n`)
  if (process.env.CI) test(what, () => expect.fail(why))
  else test.skip(`${what} (not installed)`)
}
