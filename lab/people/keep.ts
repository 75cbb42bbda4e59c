/**
 * People, sessions and memberships change by one rule: **first kept, then so**. What could not be
 * written has not happened, and a crash takes back nothing that somebody was told.
 */
import type { Change, Records } from '../log/records.ts'
import { ChatError } from '../wire/errors.ts'

/** @throws ChatError `not-stored`: then nothing of it was kept, and nothing must be changed */
export function keep(records: Records, changes: readonly Change[]): void {
  try {
    records.put(changes)
  } catch (cause) {
    throw new ChatError('not-stored', 'this could not be stored; try again later', { cause })
  }
}
