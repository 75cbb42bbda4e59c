/**
 * Keeps what people change in a log that several servers share. A decision is made on what this server knows, and travels with
 * all that it rested on. When that no longer stands where it comes back, others were quicker, and it is made again.
 */
import type { RecordChange } from '../../store/records.ts'
import { ChatError } from '../../wire/errors.ts'
import { randomName } from '../ids.ts'
import type { Change, Transactor } from '../keep.ts'
import { type Condition, digestOf, type RecordsChange } from './rule.ts'
import type { SharedLog } from './shared-log.ts'
import type { Tables } from './tables.ts'

/**
 * Tries of one decision. From the second on, this server makes one at a time: what overtakes it then is another server, or a
 * first try of its own.
 */
export const MAX_TRIES = 50

/** @param tables which the log fills, by an applier */
export function keepShared(tables: Tables, log: SharedLog): Transactor<true> {
  let queue: Promise<unknown> = Promise.resolve()
  let asking: Promise<void> = Promise.resolve()
  let next: Promise<void> | null = null

  /** @returns null when it was overtaken */
  async function attempt<T>(decide: () => Change<T>): Promise<{ readonly result: T } | null> {
    const { decided, rests } = tables.watch(decide)
    const { changes, result } = decided
    if (changes.length === 0) return { result: result() }
    const { kind } = await log.change(travelling(tables, changes, rests)).catch(refuse)
    return kind === 'took' ? { result: result() } : null
  }

  async function again<T>(decide: () => Change<T>): Promise<T> {
    for (let tries = 1; tries < MAX_TRIES; tries++) {
      const done = await attempt(decide)
      if (done) return done.result
    }
    throw new ChatError('not-stored', 'others have changed the same at the same time; try again', {
      retryAfterS: 1,
    })
  }

  async function change<T>(decide: () => Change<T>): Promise<T> {
    const done = await attempt(decide)
    if (done) return done.result
    const own = queue.then(() => again(decide))
    queue = own.catch(() => {})
    return own
  }

  return {
    tables,
    change,
    async inTurn(decisions) {
      for (const decide of decisions) await change(decide)
    },
    caughtUp() {
      // One is under way and one waits, for all who ask meanwhile. The one under way may have begun too early for them.
      next ??= asking.then(() => {
        next = null
        asking = log.caughtUp()
        return asking
      })
      return next
    },
  }
}

/** The log's own words are for drafts, which are known again when they come again. */
function refuse(error: unknown): never {
  if (!(error instanceof ChatError) || error.code !== 'not-stored') throw error
  const { retryAfterS } = error
  throw new ChatError('not-stored', 'this could not be stored; try again later', {
    cause: error,
    ...(retryAfterS !== undefined && { retryAfterS }),
  })
}

/** A change with all that it rests on: what was read, and what each record was that it replaces. */
function travelling(
  tables: Tables,
  changes: readonly RecordChange[],
  read: readonly Condition[],
): RecordsChange {
  const replaced = changes.map(
    ({ kind, id }): Condition => ({ kind, id, was: digestOf(tables.get(kind, id)) }),
  )
  const rests = new Map([...read, ...replaced].map((one) => [JSON.stringify(one), one]))
  return { kind: 'records', id: randomName(), changes, rests: [...rests.values()] }
}
