/**
 * All that the log ever had, written down before it is trimmed: by it the verdict can replay the whole of it, though the engine has only its end.
 *
 * It is known to the servers as one of them that is never asked for a copy: they trim nothing that it has not yet.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { questionIn, type Standing, toBytes } from '../../../../hub/shared/copy/questions.ts'
import { COPY_FORMAT } from '../../../../store/copy.ts'
import { EngineError } from '../../../../store/engine/engine.ts'
import { type NatsLog, openNatsEngine } from '../../../../store/engine/nats.ts'
import type { EngineNodes, WholeEntry } from './nodes.ts'

export interface Archive {
  /** The name of the log. */
  readonly log: string
  /** The whole log: what the engine has now, and what it had before that. @throws Error when some of it was trimmed too early */
  entries(): Promise<WholeEntry[]>
  stop(): Promise<void>
}

const EVERY_MS = 250
const OPEN_LIMIT_MS = 60_000

export async function keepArchive(engine: EngineNodes, replicas: number): Promise<Archive> {
  const way = await open(engine.nodes.map(({ port }) => `nats://127.0.0.1:${port}`).join(','), replicas)
  const kept: WholeEntry[] = []
  let isOver = false
  let torn: string | null = null
  const last = () => kept.at(-1)?.position ?? 0
  const standing = (): Standing => ({
    ...{ server: 'archive', needs: last(), has: null, trimmed: 0 },
    ...{ isOnDisk: false, gives: false, format: COPY_FORMAT },
  })
  const stopServing = way.requests.serve('archive', (body) =>
    questionIn(body)?.kind === 'where' ? toBytes(standing()) : null,
  )

  async function keepAll(): Promise<void> {
    while (!isOver) {
      try {
        const { first, entries } = await engine.entriesAfter(last())
        if (first > last() + 1)
          torn ??= `the log begins at ${first}, and was written down up to ${last()} only`
        kept.push(...entries)
      } catch {} // a node is away: the next time
      await pause(EVERY_MS)
    }
  }
  const keeping = keepAll()

  return {
    log: way.log,
    async entries() {
      const { first, entries } = await engine.entries()
      if (first > last() + 1) torn ??= `the log begins at ${first}, and was written down up to ${last()} only`
      if (torn !== null) throw new Error(`there can be no verdict: ${torn}`)
      return [...kept.filter(({ position }) => position < first), ...entries]
    },
    async stop() {
      isOver = true
      stopServing()
      await keeping
      await way.close()
    },
  }
}

/** The first who opens the log makes it, once there is an engine to make it on. */
async function open(address: string, replicas: number): Promise<NatsLog> {
  for (const begun = performance.now(); ; await pause(EVERY_MS)) {
    try {
      return await openNatsEngine(address, { replicas })
    } catch (error) {
      if (!(error instanceof EngineError) || performance.now() - begun > OPEN_LIMIT_MS) throw error
    }
  }
}
