/**
 * People, sessions and memberships change by one rule: **first kept, then so**. What could not be
 * written has not happened, and a crash takes back nothing that somebody was told.
 */
import type { Change, Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'

/** A change that has been prepared and has not happened yet. */
export interface Step<T = void> {
  /** What must be on the disk first. */
  readonly changes: readonly Change[]
  /** Lets it be so, and never fails. */
  readonly happen: () => T
}

/** @throws ChatError `not-stored`: then nothing of it was kept, and nothing must be changed */
export function keep(records: Records, changes: readonly Change[]): void {
  try {
    records.put(changes)
  } catch (cause) {
    throw new ChatError('not-stored', 'this could not be stored; try again later', { cause })
  }
}

/**
 * All of the steps, or none.
 *
 * @returns what the first of them gives
 * @throws ChatError `not-stored`
 */
export function take<T>(records: Records, first: Step<T>, ...others: readonly Step<unknown>[]): T {
  keep(
    records,
    [first, ...others].flatMap(({ changes }) => changes),
  )
  const result = first.happen()
  for (const { happen } of others) happen()
  return result
}
