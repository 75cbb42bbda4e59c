/**
 * Group commit: all that was published in one turn of the event loop, in all rooms, is one transaction.
 *
 * To keep something safely is to wait for the disk, and that costs the same for one message as for a
 * hundred. The order never changes: **commit, show, ring, acknowledge**. What a reader has seen, or a
 * writer was told, is on the disk; what could not be kept, nobody has seen.
 */
import type { Append, Store } from '../store/store.ts'
import { ChatError } from '../wire/errors.ts'

/** A room that has something to keep, as the commit sees it. */
export interface Keeper {
  pending(): Append
  /** It is kept: let it be seen. */
  show(): void
  /** It could not be kept: as if it had never been said. @param why `not-stored` */
  takeBack(why: ChatError): void
}

export interface GroupCommit {
  /** What this keeper has pending is kept at the end of this turn. */
  add(keeper: Keeper): void
  /** Commits now what is due. */
  flush(): void
}

export interface GroupCommitOptions {
  readonly store: Store
  /** Runs an action soon, once: at the end of the turn, where the bell rings too. */
  readonly defer: (commit: () => void) => void
  /** Told of each commit, and how many milliseconds the store took for it. */
  readonly onCommit: (durationMs: number) => void
  /** Told when keeping begins to fail, and with null when it works again. */
  readonly onTrouble: (cause: Error | null) => void
}

export function createGroupCommit({ store, defer, onCommit, onTrouble }: GroupCommitOptions): GroupCommit {
  let due = new Set<Keeper>()
  let isInTrouble = false

  function flush(): void {
    if (due.size === 0) return
    const keepers = due
    due = new Set()
    const begun = performance.now()
    try {
      store.append(Array.from(keepers, (keeper) => keeper.pending()))
    } catch (cause) {
      trouble(cause as Error)
      const why = new ChatError('not-stored', 'the message could not be stored; try again later', { cause })
      for (const keeper of keepers) keeper.takeBack(why)
      return
    }
    onCommit(performance.now() - begun)
    trouble(null)
    for (const keeper of keepers) keeper.show()
  }

  function trouble(cause: Error | null): void {
    if (isInTrouble === (cause !== null)) return
    isInTrouble = cause !== null
    onTrouble(cause)
  }

  return {
    add(keeper) {
      const isFirst = due.size === 0
      due.add(keeper)
      if (isFirst) defer(flush)
    },
    flush,
  }
}
