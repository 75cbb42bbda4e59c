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
  /** It could not be kept: as if it had never been said. */
  takeBack(): void
}

export interface GroupCommit {
  /** What this keeper has pending is kept at the end of this turn. */
  add(keeper: Keeper): void
  /**
   * Settles with the commit that is due.
   *
   * @throws ChatError `not-stored`
   */
  settled(): Promise<void>
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
  /** Made only when somebody waits, and shared by all who do. */
  let promise: PromiseWithResolvers | null = null
  let isInTrouble = false

  function flush(): void {
    if (due.size === 0) return
    const keepers = due
    const waiting = promise
    due = new Set()
    promise = null
    const begun = performance.now()
    try {
      store.append(Array.from(keepers, (keeper) => keeper.pending()))
    } catch (cause) {
      for (const keeper of keepers) keeper.takeBack()
      trouble(cause as Error)
      waiting?.reject(
        new ChatError('not-stored', 'the message could not be stored; try again later', { cause }),
      )
      return
    }
    onCommit(performance.now() - begun)
    trouble(null)
    for (const keeper of keepers) keeper.show()
    waiting?.resolve()
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
    settled() {
      promise ??= withResolvers()
      return promise.promise
    },
    flush,
  }
}

interface PromiseWithResolvers {
  readonly promise: Promise<void>
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

/** `Promise.withResolvers`, which Node 20 does not have. */
function withResolvers(): PromiseWithResolvers {
  let resolve = () => {}
  let reject = (_error: Error) => {}
  const promise = new Promise<void>((onResolve, onReject) => {
    resolve = onResolve
    reject = onReject
  })
  return { promise, resolve, reject }
}
