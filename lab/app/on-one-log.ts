/**
 * A lab of several: its rooms and its people come from a log that servers share, and who is here from beside it.
 *
 * What an entry brings, messages and people, is kept in one transaction with its place (lab/hub/shared/applier.ts).
 */
import { Hub, type HubOptions } from '../hub/hub.ts'
import { Presences } from '../hub/presences.ts'
import type { PresenceBus } from '../hub/shared/presence-link.ts'
import { createAccounts } from '../people/accounts.ts'
import { PERSONS } from '../people/people.ts'
import { createRecordsApplier } from '../people/shared/applier.ts'
import { keepShared } from '../people/shared/keep-shared.ts'
import type { RecordsOutcome } from '../people/shared/rule.ts'
import { tablesOf } from '../people/tables-of.ts'
import type { Engine } from '../store/engine/engine.ts'
import { type Store, StoreError } from '../store/store.ts'
import { ChatError } from '../wire/errors.ts'
import type { LabOptions } from './build-lab.ts'

export interface OneLogOptions {
  readonly engine: Engine
  /** This server's own; see lab/hub/shared/belongs.ts. */
  readonly store: Store
  /** To the other servers; without it, each counts its own readers. */
  readonly bus?: PresenceBus | undefined
  readonly hub?: Omit<HubOptions, 'engine' | 'store' | 'people'>
}

/** How long a request waits for what other servers have changed, in milliseconds, when the engine does not say whether there is any. */
const CATCH_UP_MS = 2_000

/** @throws StoreError when the store does not belong to this log */
export function onOneLog({ engine, store, bus, hub: options = {} }: OneLogOptions) {
  const tables = tablesOf(store.records)
  if (store.place() === null && tables.count(PERSONS.kind) > 0)
    throw new StoreError(
      'this folder has people of this server alone, who cannot become those that several share; choose another folder: --data DIR',
    )
  const hub = new Hub({ ...options, store, engine, people: createRecordsApplier(tables) })
  const transactor = keepShared(tables, {
    change: (change) =>
      hub.submit(change).then(
        (outcome) => outcome as RecordsOutcome,
        (error) => Promise.reject(inWords(error)),
      ),
    caughtUp: () =>
      Promise.race([
        hub.caughtUp(),
        new Promise<void>((resolve) => void setTimeout(resolve, CATCH_UP_MS).unref()),
      ]),
  })
  const accounts = createAccounts(transactor)
  const presences = bus ? { presences: new Presences({ bus }) } : {}
  // The servers are one lab to a browser, whichever it asks: so their cookies have the log's name.
  return { hub, accounts, labId: engine.log, ...presences } satisfies LabOptions
}

/** Of a draft, it would be said to send it again by its id. */
function inWords(error: unknown): unknown {
  if (!(error instanceof ChatError) || error.code !== 'not-stored') return error
  const { retryAfterS } = error
  return new ChatError('not-stored', 'this could not be stored; try again later', {
    cause: error,
    ...(retryAfterS !== undefined && { retryAfterS }),
  })
}
