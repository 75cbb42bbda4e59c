/**
 * The folder that `--data` names: of one cluster at a time, of one engine, and of as many nodes of it as it began with. A node knows the others
 * by what lies there; with another number of them, it would wait for nodes that never come.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writingAt } from '../command/folder-error.ts'
import { isAlive } from '../command/temporary.ts'
import { UsageError } from '../command/usage-error.ts'
import type { EngineName } from './engine/node.ts'

const FILE = 'cluster.json'

interface Claim {
  /** NATS in a folder that was begun before there was another. */
  readonly engine?: EngineName
  readonly engines: number
  /** The command that has it, or had it last. */
  readonly pid: number
}

/**
 * @throws UsageError when another cluster has it, or began it with another engine or number of nodes
 * @throws FolderError when it cannot be written
 */
export function claimDataFolder(folder: string, engine: EngineName, engines: number): void {
  const file = join(folder, FILE)
  const before = claimIn(file)
  if (before && before.pid !== process.pid && isAlive(before.pid))
    throw new UsageError(`--data ${folder} is in use by another cluster (process ${before.pid})`)
  if (before && (before.engine ?? 'nats') !== engine)
    throw new UsageError(
      `--data ${folder} was begun with --engine ${before.engine ?? 'nats'}; give the same, or another folder`,
    )
  if (before && before.engines !== engines)
    throw new UsageError(
      `--data ${folder} was begun with --engines ${before.engines}; give the same, or another folder`,
    )
  writingAt(folder, () => {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, JSON.stringify({ engine, engines, pid: process.pid } satisfies Claim))
  })
}

function claimIn(file: string): Claim | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Claim
  } catch {
    return null // it is new
  }
}
