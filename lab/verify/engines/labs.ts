/** Several labs in one process that share a log: whole servers, each with a port, a store and a way to the engine of its own. */
import { setTimeout as pause } from 'node:timers/promises'
import type { LabOptions } from '../../app/build-lab.ts'
import { labOnLog } from '../../app/lab-on-log.ts'
import type { Hub, HubOptions } from '../../hub/hub.ts'
import { type Bus, createMemoryBus } from '../../store/engine/bus.ts'
import type { Engine } from '../../store/engine/engine.ts'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createMemoryRequests, type Requests } from '../../store/engine/requests/requests.ts'
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

/** A server's way to the log, and to what is beside it. */
export interface Way {
  readonly engine: Engine
  readonly bus: Bus
  readonly requests?: Requests
  /** This server's own; one in memory unless given. */
  readonly store?: Store
}

/** What may be wrong with one of them; nothing unless given. */
export interface LabChanges {
  readonly options?: Pick<
    LabOptions,
    'metrics' | 'origins' | 'messagesPerSecond' | 'connections' | 'clock' | 'trust'
  >
  readonly hubOptions?: Partial<HubOptions>
  engine?(engine: Engine, lab: number): Engine
  hub?(hub: Hub): Hub
}

export async function startLabs(
  count: number,
  open: () => Promise<Way> = openerOfMemory(),
  {
    options = {},
    hubOptions = {},
    engine: changed = (engine) => engine,
    hub: changedHub = (hub) => hub,
  }: LabChanges = {},
): Promise<Labs> {
  const all: LabOfMany[] = []
  const labs: Labs = {
    all,
    get up() {
      return all.filter(({ isUp }) => isUp)
    },
    async start() {
      const way = await open()
      const engine = controlled(changed(way.engine, all.length))
      const { store = createMemoryStore(), bus, requests = null } = way
      const { hub, ...shared } = labOnLog({
        ...{ ...hubOptions, store, engine, bus, requests },
        ...(options.clock && { clock: options.clock }),
      })
      const server = await startTestServer({
        ...shared,
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
          await hub.close()
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

function openerOfMemory(): () => Promise<Way> {
  const [log, bus, requests] = [createMemoryLog(), createMemoryBus(), createMemoryRequests()]
  return async () => ({ engine: log.open(), bus: bus.open(), requests: requests.open() })
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
