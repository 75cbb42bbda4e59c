/** How much of the log is written down already (../engine/archive.ts), as a number in a file of the run: servers trim no more than that. */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Position } from '../../../../store/engine/engine.ts'

const fileIn = (folder: string) => join(folder, 'archived')

/** @param folder of the run */
export function noteArchived(folder: string, last: Position): void {
  // In the place of the old one at once: no server reads half a number.
  writeFileSync(`${fileIn(folder)}.new`, String(last))
  renameSync(`${fileIn(folder)}.new`, fileIn(folder))
}

/** @param folder of a server, which lies in the run's */
export function trimmable(before: Position, folder: string): Position {
  const file = fileIn(dirname(folder))
  return Math.min(before, existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1)
}
