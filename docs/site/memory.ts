/**
 * What colouring has come to, kept from one build to the next.
 *
 * Colours are most of what a build costs, some seconds, and nearly all of the code is the same as last
 * time; so each piece is known again by its hash. Only what a build has used is kept after it.
 */
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { buildFolder } from '../../lab/command/build-folder.ts'
import { root } from './source.ts'

/** Another way of colouring is another memory: by its source, and the version of the library. */
const fileIn = (folder: string) => join(folder, `colours-${fingerprint()}.json`)

let kept: Map<string, string[]> | null = null
const used = new Map<string, string[]>()

/** What `make` returns for this text: from memory, if it has been made before. */
export function remember(text: string, make: () => string[]): string[] {
  kept ??= load()
  const key = hash(text)
  const lines = used.get(key) ?? kept.get(key) ?? make()
  used.set(key, lines)
  return lines
}

/** Keeps what was used since the process began. Two builds at once keep what one of them has used. */
export async function keepMemory(): Promise<void> {
  if (kept && used.size === kept.size && [...used.keys()].every((key) => kept?.has(key))) return
  const file = fileIn(buildFolder())
  const temporary = `${file}.${process.pid}`
  await writeFile(temporary, JSON.stringify([...used]))
  await rename(temporary, file).catch(() => rm(temporary, { force: true }))
  kept = new Map(used)
}

/** A memory that cannot be read is none. */
function load(): Map<string, string[]> {
  const file = fileIn(buildFolder())
  if (!existsSync(file)) return new Map()
  try {
    return new Map(JSON.parse(readFileSync(file, 'utf8')) as [string, string[]][])
  } catch {
    return new Map()
  }
}

function fingerprint(): string {
  const packages = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>
  }
  return hash(
    `${packages.dependencies.shiki}\n${readFileSync(join(import.meta.dirname, 'highlight.ts'), 'utf8')}`,
  )
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32)
}
