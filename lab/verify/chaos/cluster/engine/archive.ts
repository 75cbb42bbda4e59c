/**
 * All that the log ever had, written down before it is trimmed: by it the verdict can replay the whole of it, though the engine has only its end.
 *
 * How far it is stands in a file, and the servers of a run trim nothing beyond that.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { openNatsEngine } from '../../../../store/engine/nats.ts'
import { noteArchived } from '../copies/archived.ts'
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
const READ_LIMIT_MS = 60_000

/** @param folder of the run @returns null for an engine of which it cannot be kept: then nothing may be trimmed */
export async function keepArchive(
  engine: EngineNodes,
  replicas: number,
  folder: string,
): Promise<Archive | null> {
  const { keptAfter } = engine
  if (!keptAfter) return null
  const log = await nameOf(engine.nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(','), replicas)
  const kept: WholeEntry[] = []
  let isOver = false
  let torn: string | null = null
  const last = () => kept.at(-1)?.position ?? 0
  function check({ first }: KeptLog): void {
    if (first > last() + 1) torn ??= `the log begins at ${first}, and was written down up to ${last()} only`
  }

  const keepAll = async (): Promise<void> => {
    while (!isOver) {
      try {
        const found = await keptAfter(last())
        check(found)
        kept.push(...found.entries)
        noteArchived(folder, last())
      } catch {} // a node is away: the next time
      await pause(EVERY_MS)
    }
  }
  const keeping = keepAll()

  return {
    log,
    async entries() {
      const found = await again(READ_LIMIT_MS, () => keptAfter(0))
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
const nameOf = (address: string, replicas: number): Promise<string> =>
  again(OPEN_LIMIT_MS, async () => {
    const engine = await openNatsEngine(address, { replicas })
    await engine.close()
    return engine.log
  })

async function again<T>(limitMs: number, act: () => Promise<T>): Promise<T> {
  for (const begun = performance.now(); ; await pause(EVERY_MS)) {
    try {
      return await act()
    } catch (error) {
      if (performance.now() - begun > limitMs) throw error
    }
  }
}
