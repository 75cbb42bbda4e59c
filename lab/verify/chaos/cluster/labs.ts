/** The servers of a cluster: processes of their own, each with a folder, a clock and ways to the engine of its own. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { between, type Random } from '../../../wire/random.ts'
import { createServerProcess, type ServerProcess } from '../server-process.ts'
import { CLOCK } from './server/clock-of.ts'

export interface ClusterLab {
  readonly name: string
  readonly folder: string
  readonly server: ServerProcess
  /** Tries until it is there: an engine without a leader lets no server begin. @throws Error when that takes too long */
  start(): Promise<void>
}

export interface ClusterLabOptions {
  readonly name: string
  /** Which it is, from 0. */
  readonly lab: number
  readonly folder: string
  readonly address: string
  readonly replicas: number
  /** A TypeScript file, and what it is told before all else. */
  readonly command: readonly string[]
  /** Draws how far its clock is off, for each start. */
  readonly random: Random
  readonly temporary: readonly string[]
  /** Whether it trims the log now, once it is started; no unless given. */
  readonly trims?: () => boolean
}

/** For how long a server that trims keeps the log, drawn for each start: one that was away for longer has to take a copy. */
const KEEP_MS = [2_000, 6_000] as const
/** Either way: what two machines differ by that were never set. */
const MAX_CLOCK_MS = 600_000
const START_LIMIT_MS = 120_000
const AGAIN_MS = 300

export function createClusterLab(options: ClusterLabOptions): ClusterLab {
  const { name, lab, address, replicas, command, random, temporary, trims = () => false } = options
  const folder = join(options.folder, name.replaceAll(' ', '-'))
  mkdirSync(folder, { recursive: true })
  const server = createServerProcess(() => {
    const clock = CLOCK(between(random, -MAX_CLOCK_MS, MAX_CLOCK_MS))
    const keep = trims() ? [String(between(random, ...KEEP_MS))] : []
    return [...command, folder, address, String(replicas), String(lab), ...keep, clock]
  }, temporary)
  return {
    name,
    folder,
    server,
    async start() {
      for (const begun = performance.now(); ; ) {
        try {
          return await server.start()
        } catch (error) {
          await server.kill()
          if (performance.now() - begun > START_LIMIT_MS) throw error
          await pause(AGAIN_MS)
        }
      }
    },
  }
}

/** Whether it says that it has all that the log has. */
export async function isReady({ server }: ClusterLab): Promise<boolean> {
  try {
    return (await fetch(`http://127.0.0.1:${server.port}/healthz`)).ok
  } catch {
    return false
  }
}
