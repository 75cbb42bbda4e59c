/**
 * All that the log ever had, written down before it is trimmed: by it the verdict can replay the whole of it, though the engine has only its end.
 *
 * How far it is stands in a file, and the servers of a run trim nothing beyond that.
 */
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { EngineError, type Position } from '../../../../store/engine/engine.ts'
import { openNatsEngine } from '../../../../store/engine/nats.ts'
import type { EngineNodes, KeptLog, WholeEntry } from './nodes.ts'

export interface Archive {
  /** The name of the log. */
  readonly log: string
  /** The whole log: what the engine has now, and what it had before that. @throws Error when some of it was trimmed too early */
  entries(): Promise<WholeEntry[]>
  stop(): Promise<void>
}

const EVERY_MS = 250
const OPEN_LIMIT_MS = 60_000

const fileIn = (folder: string) => join(folder, 'archived')

/** How much of the log may be trimmed, so that all is written down before. @param folder of a server, which lies in the run's */
export function trimmable(before: Position, folder: string): Position {
  const file = fileIn(dirname(folder))
  return Math.min(before, existsSync(file) ? Number(readFileSync(file, 'utf8')) + 1 : 1)
}

/** @param folder of the run */
export async function keepArchive(engine: EngineNodes, replicas: number, folder: string): Promise<Archive> {
  const log = await nameOf(engine.nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(','), replicas)
  const kept: WholeEntry[] = []
  let isOver = false
  let torn: string | null = null
  const last = () => kept.at(-1)?.position ?? 0
  function check({ first }: KeptLog): void {
    if (first > last() + 1) torn ??= `the log begins at ${first}, and was written down up to ${last()} only`
  }

  async function keepAll(): Promise<void> {
    while (!isOver) {
      try {
        const found = await engine.entriesAfter(last())
        check(found)
        kept.push(...found.entries)
        // In the place of the old one at once: no server reads half a number.
        writeFileSync(`${fileIn(folder)}.new`, String(last()))
        renameSync(`${fileIn(folder)}.new`, fileIn(folder))
      } catch {} // a node is away: the next time
      await pause(EVERY_MS)
    }
  }
  const keeping = keepAll()

  return {
    log,
    async entries() {
      const found = await engine.entries()
      check(found)
      if (torn !== null) throw new Error(`there can be no verdict: ${torn}`)
      return [...kept.filter(({ position }) => position < found.first), ...found.entries]
    },
    async stop() {
      isOver = true
      await keeping
    },
  }
}

/** The first who opens the log makes it, once there is an engine to make it on. */
async function nameOf(address: string, replicas: number): Promise<string> {
  for (const begun = performance.now(); ; await pause(EVERY_MS)) {
    try {
      const engine = await openNatsEngine(address, { replicas })
      await engine.close()
      return engine.log
    } catch (error) {
      if (!(error instanceof EngineError) || performance.now() - begun > OPEN_LIMIT_MS) throw error
    }
  }
}
