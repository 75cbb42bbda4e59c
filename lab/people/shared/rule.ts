/**
 * The one rule by which every server takes what people change from the shared log: **if all still stands that the
 * decision rested on, the change takes effect; otherwise it was overtaken**, and its writer decides again.
 *
 * It is compare-and-set, in the order of the log. It reads the log and nothing else: no clock, no limit of its own server, no
 * chance. Those have had their say in the decision, at the writer's server. A refusal never travels.
 */
import { createHash } from 'node:crypto'
import type { RecordChange } from '../../store/records.ts'

/** What a decision has seen of the records, so that every server can see whether it is still so. */
export type Condition =
  /** A record: its {@link digestOf}, or that there is none. */
  | { readonly kind: string; readonly id: string; readonly was: string | null }
  /** Which records stand under a key (tables.ts), in whichever order; null for none. So a name is free, or is held by one person. */
  | { readonly kind: string; readonly index: string; readonly key: string; readonly was: string | null }
  /** That fewer do; without an index, that there are fewer of that kind. */
  | { readonly kind: string; readonly index?: string; readonly key?: string; readonly below: number }

/** A change of records, as it travels in an entry of the log. Only hashes of secrets do. */
export interface RecordsChange {
  readonly kind: 'records'
  /** Names it among all changes of all servers: by it, its writer knows it again. 20 of a-f and 0-9. */
  readonly id: string
  readonly changes: readonly RecordChange[]
  readonly rests: readonly Condition[]
}

/** The same at every server. */
export interface RecordsOutcome {
  readonly kind: 'took' | 'overtaken'
}

/** All that the rule may know: how the log has left the records. */
export interface RecordsView {
  /** Null when there is no such record. */
  get(kind: string, id: string): unknown
  /** The ids of the records under a key. */
  under(kind: string, index: string, key: string): readonly string[]
  count(kind: string): number
}

export function outcomeOf({ rests }: RecordsChange, view: RecordsView): RecordsOutcome {
  return { kind: rests.every((condition) => stands(condition, view)) ? 'took' : 'overtaken' }
}

function stands(condition: Condition, view: RecordsView): boolean {
  const { kind } = condition
  if ('id' in condition) return condition.was === digestOf(view.get(kind, condition.id))
  const { index, key = '' } = condition
  if ('was' in condition) return condition.was === digestOfIds(view.under(kind, condition.index, key))
  const count = index === undefined ? view.count(kind) : view.under(kind, index, key).length
  return count < condition.below
}

/**
 * Tells a record from every other that could be in its place, in 132 bits; null for none. It stands for the record: with
 * all its members, a room is up to 5 kB.
 */
export const digestOf = (value: unknown): string | null =>
  value === null ? null : digestOfText(JSON.stringify(value))

export const digestOfIds = (ids: readonly string[]): string | null =>
  ids.length === 0 ? null : digestOfText(JSON.stringify([...ids].sort()))

const digestOfText = (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22)
