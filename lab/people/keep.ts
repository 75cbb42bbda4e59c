/**
 * People, sessions and memberships change by one rule: **first kept, then so**. What could not be
 * written has not happened, and a crash takes back nothing that a client was told.
 */
import type { RecordChange, Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'

/** A change that has been prepared and has not happened yet. */
export interface Change<T = void> {
  /** The records that must be on the disk first. */
  readonly changes: readonly RecordChange[]
  /** Changes what is in memory, and never fails. */
  readonly apply: () => T
}

/** @throws ChatError `not-stored`: then nothing of it was kept, and nothing must be changed */
export function keep(records: Records, changes: readonly RecordChange[]): void {
  try {
    records.put(changes)
  } catch (cause) {
    throw new ChatError('not-stored', 'this could not be stored; try again later', { cause })
  }
}

/**
 * All of the changes, or none.
 *
 * @returns what the first of them gives
 * @throws ChatError `not-stored`
 */
export function take<T>(records: Records, first: Change<T>, ...others: readonly Change<unknown>[]): T {
  keep(
    records,
    [first, ...others].flatMap(({ changes }) => changes),
  )
  const result = first.apply()
  for (const { apply } of others) apply()
  return result
}
