/**
 * The epoch of a room: 1 to 32 of a-z and 0-9, by which a cursor says to which log it belongs.
 *
 * Computed, not drawn and written down: a room without messages has one too, and a cursor that was given there is
 * good after a restart, without a write for each reader who looks in. Where several servers share one log, each of them computes the same.
 */
import { createHash } from 'node:crypto'
import { base36 } from '../wire/base36.ts'

/** @param log the id of this server's store, or the name of the log that it shares with others */
export function epochOf(log: string, room: string): string {
  const hash = createHash('sha256').update(`${log}/${room}`).digest()
  return base36(hash.subarray(0, 10))
}
