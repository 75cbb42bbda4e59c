/**
 * Of what state of the repository a site was made: the course, or the pages of the lab. Making one is seconds of work; a
 * lab that starts again with nothing changed, as one does that was killed, need not do it again.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** Lies in the site itself, so that they come and go together. The lab serves no file with a dot before it. */
export const FINGERPRINT_FILE = '.made-of'

/** What no document links to: what is installed, built, said or learned here. */
const LEFT_OUT = new Set(['node_modules', 'build', 'data', 'coverage', 'my-work', '.git'])

/**
 * As `make` does it, by name, size and time of each file, and not by what it holds: that would be a second
 * of reading. So a file that was only touched costs a build, and one that was not changes nothing.
 */
export function sourceFingerprint(folder = root): string {
  const hash = createHash('sha256')
  const look = (name: string): void => {
    for (const entry of readdirSync(join(folder, name), { withFileTypes: true })) {
      if (LEFT_OUT.has(entry.name)) continue
      const path = join(name, entry.name)
      if (entry.isDirectory()) look(path)
      else if (entry.isFile()) {
        const { size, mtimeMs } = statSync(join(folder, path))
        hash.update(`${path}\n${size} ${mtimeMs}\n`)
      }
    }
  }
  look('')
  return hash.digest('hex')
}

/** Whether the site in this folder was made of what stands here now. One that cannot be read was not. */
export function isOf(fingerprint: string, site: string): boolean {
  try {
    return readFileSync(join(site, FINGERPRINT_FILE), 'utf8') === fingerprint
  } catch {
    return false
  }
}
