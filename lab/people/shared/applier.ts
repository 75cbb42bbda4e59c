/**
 * Takes what people change from the entries of the shared log: in memory, so that each change sees those before it, and
 * then, once the entry is kept, for all who follow.
 *
 * Who applies an entry keeps it, with its place, in one transaction with the messages that came in it. So it calls
 * `decide` for each change of the entry, puts `pending` into the transaction, and then calls `commit` or `rollback`.
 */
import type { RecordChange, Records } from '../../store/records.ts'
import { isPrivate } from '../../wire/codec.ts'
import { ROOMS } from '../membership/private-rooms.ts'
import { belongs } from '../membership/roles.ts'
import { outcomeOf, type RecordsChange, type RecordsOutcome } from './rule.ts'
import type { Effect, Tables } from './tables.ts'

export interface RecordsApplier {
  /** What becomes of a change, given all before it. */
  decide(change: RecordsChange): RecordsOutcome
  /** The private rooms that a change has left without members: what was said there goes, in the same entry. */
  forgottenBy(change: RecordsChange): readonly string[]
  /**
   * Whether a message of this person belongs into that room, by the changes before it: its writer's server may not have
   * heard yet that they were sent away.
   *
   * @param isFarewell it says that they have left
   */
  admits(room: string, personId: string | undefined, isFarewell: boolean): boolean
  /** What has to be kept of the entry so far. */
  pending(): readonly RecordChange[]
  /** It is kept: what is in memory follows, and others are told. */
  commit(): void
  /** It could not be kept: as if this entry had not come yet. */
  rollback(): void
  /** Other records are kept now, of another server: what is in memory follows, and others are told. */
  replaced(records: Pick<Records, 'all'>): void
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
    forgottenBy: ({ changes }) =>
      changes.flatMap(({ kind, id, value }) => (kind === ROOMS.kind && value === null ? id : [])),
    admits(room, personId, isFarewell) {
      if (!isPrivate(room)) return true
      const kept = tables.find(ROOMS, room)
      return kept !== null && (isFarewell || belongs(kept.members[personId ?? '']))
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
    replaced(records) {
      tables.tell(tables.put(tables.differences(records)))
    },
  }
}
