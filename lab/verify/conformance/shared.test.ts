/**
 * The contract, with the rooms on a log that several servers share: a draft goes to the engine and comes back before it is stored, shown
 * and acknowledged, and a restart follows on from the store's place. One server; several are in lab/verify/engines.
 */
import { describe } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { createMemoryLog, type MemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import type { Store } from '../../store/store.ts'
import type { StoreFactory } from '../kit/disk.ts'
import { itMeets, ofManifest } from './it-meets.ts'
import { reference } from './load-subject.ts'

function newLogs(): StoreFactory {
  const logs = new Map<number, MemoryLog>()
  const stores = new Map<number, Store>()
  const once = <T>(all: Map<number, T>, log: number, make: () => T): T => {
    const one = all.get(log) ?? make()
    all.set(log, one)
    return one
  }
  return {
    open: (log, keep) => once(stores, log, () => createMemoryStore({ keep })),
    engine: (log) => once(logs, log, () => createMemoryLog()).open(),
  }
}

const subjects = [reference, await ofManifest(OVER_HTTP[0]!)]

describe.each(subjects)('$name, on a shared log', (subject) =>
  itMeets(subject, () => ({ stores: newLogs() })),
)
