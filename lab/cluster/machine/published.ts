/**
 * The configuration files that docs/deploy publishes, with what must be otherwise on this machine: ports and folders, and
 * in a test at times a shorter limit or a line left out. Everything else is what readers copy.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../../..')

/** Words of the file, and what stands there instead. */
export type Change = readonly [words: string, instead: string]

/** @throws Error for words that the file does not have exactly once: it would be another file than it looks */
export function published(file: string, changes: readonly Change[]): string {
  let text = readFileSync(join(root, file), 'utf8')
  for (const [words, instead] of changes) {
    const parts = text.split(words)
    if (parts.length !== 2) throw new Error(`${file} has “${words}” ${parts.length - 1} times, and not once`)
    text = parts.join(instead)
  }
  return text
}
