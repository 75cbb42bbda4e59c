/** What a lab is made of that shares a log with others: its rooms, its people and who is here are those of all of them. */
import { Hub, type HubOptions } from '../hub/hub.ts'
import { Presences } from '../hub/presences.ts'
import type { PresenceBus } from '../hub/shared/presence-link.ts'
import { createAccounts } from '../people/accounts.ts'
import { PERSONS } from '../people/people.ts'
import { createRecordsApplier } from '../people/shared/applier.ts'
import { keepShared } from '../people/shared/keep-shared.ts'
import type { RecordsOutcome } from '../people/shared/rule.ts'
import { tablesOf } from '../people/tables-of.ts'
import { createDraftMeter } from '../server/limits/rate-limit.ts'
import { createLimitLink } from '../server/limits/shared/link.ts'
import { checked } from '../store/engine/checked.ts'
import type { Engine } from '../store/engine/engine.ts'
import { type Store, StoreError } from '../store/store.ts'
import { type Clock, systemClock } from '../wire/clock.ts'
import type { LabOptions } from './build-lab.ts'

export interface LabOnLogOptions extends Omit<Partial<HubOptions>, 'records'> {
  readonly engine: Engine
  /** This server's own: what it has of the log. */
  readonly store: Store
  /** By which the servers tell each other who is here and what their clients have taken of the limits; without one, each counts for itself. */
  readonly bus?: PresenceBus | undefined
  /** By which the limits are told; turned by hand in tests. */
  readonly clock?: Clock
}

export type LabOnLog = Required<Pick<LabOptions, 'hub' | 'accounts' | 'presences' | 'labId'>> &
  Pick<LabOptions, 'limits'>

/** How long a request waits until this server knows what others had changed before, in milliseconds. */
const CATCH_UP_MS = 5_000

/** @throws StoreError when the store does not belong to this log */
export function labOnLog({ bus, clock = systemClock, ...options }: LabOnLogOptions): LabOnLog {
  const { store, engine } = options
  if (store.place() === null)
    for (const _person of store.records.all(PERSONS.kind))
      throw new StoreError(
        'this folder has people of this server alone, whom the others would not know; choose another folder: --data DIR',
      )
  const tables = tablesOf(store.records)
  const limits = bus && createLimitLink({ bus, log: engine.log, clock })
  const hub = new Hub({
    ...options,
    engine: checked(engine),
    records: createRecordsApplier(tables),
    ...(limits && { meter: createDraftMeter(limits.buckets('messages')) }),
  })
  const transactor = keepShared(tables, {
    change: async (change) => (await hub.change(change)) as RecordsOutcome,
    caughtUp: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, CATCH_UP_MS).unref()
        void hub.caughtUp().then(() => {
          clearTimeout(timer)
          resolve()
        })
      }),
  })
  return {
    hub,
    accounts: createAccounts(transactor),
    presences: new Presences({ bus }),
    // To a browser, all servers of the log are one lab.
    labId: engine.log,
    limits,
  }
}
