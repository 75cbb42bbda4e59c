/** The log that several servers share, as people see it: a change goes in, and what became of it comes out. */
import type { RecordsChange, RecordsOutcome } from './rule.ts'

export interface SharedLog {
  /**
   * Appends a change, waits until it has come back, and until this server has taken it (applier.ts), with all that
   * came before it.
   *
   * @returns what the rule has made of it: the same at every server
   * @throws ChatError `not-stored` by the promise: it is not in the log, or may still come into it
   */
  change(change: RecordsChange): Promise<RecordsOutcome>
  /**
   * Resolves when this server has taken all that was in the log when it was asked; or after a while, when that cannot be
   * found out. Never rejects. Many may ask at once.
   */
  caughtUp(): Promise<void>
}
