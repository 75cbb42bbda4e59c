/** Several labs in one process that share a log: whole servers, each with a port, a store and a way to the engine of its own. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import type { Engine } from '../../store/engine/engine.ts'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { type ControlledEngine, controlled } from './controlled.ts'

export interface LabOfMany {
  readonly server: TestServer
  readonly hub: Hub
  readonly engine: ControlledEngine
  isUp: boolean
  /** Stops as Ctrl-C does. */
  stop(): Promise<void>
}

export interface Labs {
  readonly all: readonly LabOfMany[]
  /** Those that serve now. */
  readonly up: readonly LabOfMany[]
  /** One more, which begins without a store and with the log. */
  start(): Promise<LabOfMany>
  /** All that the log has now is at each of those that are up. */
  settle(): Promise<void>
  close(): Promise<void>
}

/** How they differ from sound ones, and what they share besides the log: nothing unless given. */
export interface LabChanges {
  readonly options?: LabOptions
  engine?(engine: Engine, lab: number): Engine
  hub?(hub: Hub): Hub
}

export async function startLabs(
  count: number,
  open: () => Promise<Engine> = openerOfMemory(),
  { options = {}, engine: changed = (engine) => engine, hub: changedHub = (hub) => hub }: LabChanges = {},
): Promise<Labs> {
  const all: LabOfMany[] = []
  const labs: Labs = {
    all,
    get up() {
      return all.filter(({ isUp }) => isUp)
    },
    async start() {
      const engine = controlled(changed(await open(), all.length))
      const store: Store = createMemoryStore()
      const hub = new Hub({ store, engine })
      const server = await startTestServer({
        ...options,
        hub: changedHub(hub),
        listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }],
      })
      const lab: LabOfMany = {
        ...{ server, hub, engine, isUp: true },
        async stop() {
          if (!lab.isUp) return
          lab.isUp = false
          await server.close()
          hub.close()
        },
      }
      all.push(lab)
      return lab
    },
    async settle() {
      await Promise.all(labs.up.map(({ hub }) => hub.caughtUp()))
    },
    async close() {
      await Promise.all(all.map((lab) => lab.stop()))
    },
  }
  for (let i = 0; i < count; i++) await labs.start()
  return labs
}

function openerOfMemory(): () => Promise<Engine> {
  const log = createMemoryLog()
  return async () => log.open()
}

const LOOK_EVERY_MS = 5

/** @returns whether it has come true within so many looks, 5 ms apart: a machine that is busy looks as often */
export async function comesTrue(isSo: () => boolean, looks: number): Promise<boolean> {
  for (let looked = 0; looked < looks; looked++) {
    if (isSo()) return true
    await pause(LOOK_EVERY_MS)
  }
  return isSo()
}
