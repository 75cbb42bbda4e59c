/**
 * Takes what people change from the entries of the shared log: in memory, so that each change sees those before it, and
 * then, once the entry is kept, for all who follow.
 *
 * Who applies an entry keeps it, with its place, in one transaction with the messages that came in it. So it calls
 * `decide` for each change of the entry, puts `pending` into the transaction, and then calls `commit` or `rollback`.
 */
import type { RecordChange } from '../../store/records.ts'
import { outcomeOf, type RecordsChange, type RecordsOutcome } from './rule.ts'
import type { Effect, Tables } from './tables.ts'

export interface RecordsApplier {
  /** What becomes of a change, given all before it. */
  decide(change: RecordsChange): RecordsOutcome
  /** What has to be kept of the entry so far. */
  pending(): readonly RecordChange[]
  /** It is kept: what is in memory follows, and others are told. */
  commit(): void
  /** It could not be kept: as if this entry had not come yet. */
  rollback(): void
}

/** @param tables as the log has left them, up to the entry that comes next */
export function createRecordsApplier(tables: Tables, rule = outcomeOf): RecordsApplier {
  let pending: RecordChange[] = []
  let effects: Effect[][] = []
  const begin = () => {
    pending = []
    effects = []
  }
  return {
    decide(change) {
      const outcome = rule(change, tables)
      if (outcome.kind === 'took') {
        pending.push(...change.changes)
        effects.push(tables.put(change.changes))
      }
      return outcome
    },
    pending: () => pending,
    commit() {
      const kept = effects
      begin()
      for (const one of kept) tables.tell(one)
    },
    rollback() {
      for (const one of effects.toReversed()) tables.takeBack(one)
      begin()
    },
  }
}
