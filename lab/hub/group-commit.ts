/**
 * Group commit: all that was published in one turn of the event loop, in all rooms, is one transaction.
 *
 * To keep something safely is to wait for the disk, and that costs the same for one message as for a
 * hundred. The order never changes: **store, show, notify, acknowledge**. What a reader has seen, or a
 * writer was told, is on the disk; no reader has seen what could not be stored.
 */
import type { Append, Store } from '../store/store.ts'
import { ChatError } from '../wire/errors.ts'

/** A room with messages to store, as the commit sees it. */
export interface CommitParticipant {
  /** What the store is to append; called once for each commit. */
  pending(): Append
  /** The store has them: show them to the readers, and settle what their writers wait for. */
  commit(): void
  /** The store has none of them: refuse them, as if they had never been published. @param why `not-stored` */
  rollback(why: ChatError): void
}

export interface GroupCommit {
  /** What this participant has pending is stored at the end of this turn. */
  add(participant: CommitParticipant): void
  /** Commits now what is due. */
  flush(): void
}

export interface GroupCommitOptions {
  readonly store: Store
  /** Runs an action soon, once: at the end of the turn, where the readers are notified too. */
  readonly defer: (commit: () => void) => void
  /** Told of each commit, and how many milliseconds the store took for it. */
  readonly onCommit: (durationMs: number) => void
  /** Told when keeping begins to fail, and with null when it works again. */
  readonly onTrouble: (cause: Error | null) => void
}

export function createGroupCommit({ store, defer, onCommit, onTrouble }: GroupCommitOptions): GroupCommit {
  let due = new Set<CommitParticipant>()
  let isInTrouble = false

  function flush(): void {
    if (due.size === 0) return
    const participants = due
    due = new Set()
    const begun = performance.now()
    try {
      store.append(Array.from(participants, (participant) => participant.pending()))
    } catch (cause) {
      trouble(cause as Error)
      const why = new ChatError('not-stored', 'the message could not be stored; try again later', { cause })
      for (const participant of participants) participant.rollback(why)
      return
    }
    onCommit(performance.now() - begun)
    trouble(null)
    for (const participant of participants) participant.commit()
  }

  function trouble(cause: Error | null): void {
    if (isInTrouble === (cause !== null)) return
    isInTrouble = cause !== null
    onTrouble(cause)
  }

  return {
    add(participant) {
      const isFirst = due.size === 0
      due.add(participant)
      if (isFirst) defer(flush)
    },
    flush,
  }
}
