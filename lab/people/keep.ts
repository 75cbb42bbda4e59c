/**
 * People, sessions and memberships change by one rule: **first kept, then so**. What could not be
 * written has not happened, and a crash takes back nothing that a client was told.
 *
 * A decision reads, and says which records have to change. What is in memory follows the records, and not the decision: on
 * one server alone at once, and where several share a log, when the change has come back from there (shared/keep-shared.ts).
 */
import type { RecordChange, Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'
import type { Tables } from './shared/tables.ts'

/** A change that has been decided and has not happened yet. */
export interface Change<T = void> {
  /** The records that must be kept first. */
  readonly changes: readonly RecordChange[]
  /** What the caller is given, once they are. */
  readonly result: () => T
}

/** What comes later where a log is shared, and comes at once where the server is alone. */
export type Kept<Later extends boolean, T> = Later extends true ? Promise<T> : T

export interface Transactor<Later extends boolean = false> {
  readonly tables: Tables
  /**
   * All of what is decided, or nothing.
   *
   * @param decide reads the tables and nothing else that changes. It may be called again, when others were quicker
   * @throws ChatError what `decide` throws; `not-stored`
   */
  change<T>(decide: () => Change<T>): Kept<Later, T>
  /** The same for one after the other. */
  inTurn(decisions: readonly (() => Change)[]): Kept<Later, void>
  /**
   * Resolves when this server knows all that others had changed when it was asked, or after a while when that cannot be
   * found out. Absent where the server is alone.
   */
  caughtUp?(): Promise<void>
}

/** Keeps them in the records of this server, which is alone. */
export function keepHere(records: Records, tables: Tables): Transactor {
  function change<T>(decide: () => Change<T>): T {
    const { changes, result } = decide()
    if (changes.length > 0) {
      put(records, changes)
      tables.tell(tables.put(changes))
    }
    return result()
  }
  return {
    tables,
    change,
    inTurn(decisions) {
      for (const decide of decisions) change(decide)
    },
  }
}

/** @throws ChatError `not-stored`: then nothing of it was kept, and nothing must be changed */
function put(records: Records, changes: readonly RecordChange[]): void {
  try {
    records.put(changes)
  } catch (cause) {
    throw new ChatError('not-stored', 'this could not be stored; try again later', { cause })
  }
}

export const NOTHING: Change = { changes: [], result() {} }

/** All of them at once; the result is that of the first. */
export const together = <T>(first: Change<T>, ...others: readonly Change<unknown>[]): Change<T> => ({
  changes: [first, ...others].flatMap(({ changes }) => changes),
  result: first.result,
})

/** The same change, with another result made of its own. */
export const giving = <T, U>({ changes, result }: Change<T>, next: (result: T) => U): Change<U> => ({
  changes,
  result: () => next(result()),
})
