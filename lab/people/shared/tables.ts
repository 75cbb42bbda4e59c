/**
 * The records of people as they are in memory, with the questions that decisions ask of them: who holds this name, whose sessions
 * are these, how many rooms has this person made.
 *
 * They can watch a decision, and then know what it rested on: what it has looked at, and found not to be there. So no decision can
 * forget to say so.
 */
import type { RecordChange, Records } from '../../store/records.ts'
import { type Condition, digestOf, digestOfIds, type RecordsView } from './rule.ts'

/** A kind of records, and the keys under which one stands. */
export interface Kind<T> {
  readonly kind: string
  readonly keys: Readonly<Record<string, (value: T) => readonly string[]>>
}

/** What a change has done to one record. */
export interface Effect {
  readonly kind: string
  readonly id: string
  readonly before: unknown
  readonly after: unknown
}

/**
 * Told of one record that has changed; null when it is gone. What it returns is called when all that is in memory has
 * followed the whole change: it tells others.
 */
export type Follower<T> = (id: string, value: T | null) => (() => void) | undefined

export interface Tables extends RecordsView {
  /** The record, as nothing may change it. */
  find<T>(of: Kind<T>, id: string): T | null
  /** Ids of those under a key, in the order in which they came there. */
  idsUnder<T>(of: Kind<T>, index: string, key: string): readonly string[]
  /** Whether fewer than so many stand under a key, or are of this kind. */
  isBelow<T>(of: Kind<T>, most: number, index?: string, key?: string): boolean
  all<T>(of: Kind<T>): Iterable<readonly [id: string, value: T]>
  /** Calls `follower` for each change of a kind, in the order in which kinds were first followed. */
  follow<T>(of: Kind<T>, follower: Follower<T>): void
  /** Runs a decision, and gives what it has looked at. */
  watch<T>(decide: () => T): { readonly decided: T; readonly rests: Condition[] }
  /** Changes the records, and tells no follower yet. @throws TypeError for a kind that is none of these */
  put(changes: readonly RecordChange[]): Effect[]
  /** As if it had never been put; the newest first. */
  takeBack(effects: readonly Effect[]): void
  /** What would have to change so that these tables have what is kept there. */
  differences(records: Pick<Records, 'all'>): RecordChange[]
  /** Tells followers of one change, which is kept. */
  tell(effects: readonly Effect[]): void
}

interface Table {
  readonly of: Kind<never>
  readonly values: Map<string, unknown>
  readonly indexes: Map<string, Map<string, readonly string[]>>
}

/** @param kinds all that may change, in the order in which they are read: what others name comes first */
export function createTables(records: Records, kinds: readonly Kind<never>[]): Tables {
  const tables = new Map(kinds.map((of) => [of.kind, emptyTable(of)]))
  for (const { kind } of kinds) for (const [id, value] of records.all(kind)) set(kind, id, value)
  const followers = new Map<string, Follower<never>[]>()
  let watched: Map<string, Condition> | null = null

  function table(kind: string): Table {
    const found = tables.get(kind)
    if (!found) throw new TypeError(`there are no records of the kind ${kind}`)
    return found
  }

  /** @returns what was there */
  function set(kind: string, id: string, value: unknown): unknown {
    const { of, values, indexes } = table(kind)
    const before = values.get(id) ?? null
    if (value === null) values.delete(id)
    else values.set(id, value)
    for (const [index, keysOf] of Object.entries<(value: never) => readonly string[]>(of.keys)) {
      const ids = indexes.get(index)!
      const [had, has] = [before, value].map((one) => (one === null ? [] : keysOf(one as never)))
      for (const key of had!) if (!has!.includes(key)) leave(ids, key, id)
      for (const key of has!) if (!had!.includes(key)) ids.set(key, [...(ids.get(key) ?? []), id])
    }
    return before
  }

  const see = (condition: Condition) => void watched?.set(JSON.stringify(condition), condition)
  const get = (kind: string, id: string) => table(kind).values.get(id) ?? null
  const count = (kind: string) => table(kind).values.size
  function under(kind: string, index: string, key: string): readonly string[] {
    const ids = table(kind).indexes.get(index)
    if (!ids) throw new TypeError(`the records of the kind ${kind} are not found by their ${index}`)
    return ids.get(key) ?? NONE
  }

  return {
    get,
    under,
    count,
    find<T>({ kind }: Kind<T>, id: string) {
      const value = get(kind, id)
      if (watched) see({ kind, id, was: digestOf(value) })
      return value as T | null
    },
    idsUnder({ kind }, index, key) {
      const ids = under(kind, index, key)
      if (watched) see({ kind, index, key, was: digestOfIds(ids) })
      return ids
    },
    isBelow({ kind }, most, index, key = '') {
      const isSo = (index === undefined ? count(kind) : under(kind, index, key).length) < most
      // Not the other way round: who finds no place is refused, or takes that of one whose record it names.
      if (isSo) see({ kind, ...(index !== undefined && { index, key }), below: most })
      return isSo
    },
    all: <T>({ kind }: Kind<T>) => table(kind).values as Map<string, T>,
    follow({ kind }, follower) {
      followers.set(kind, [...(followers.get(kind) ?? []), follower as Follower<never>])
    },
    watch(decide) {
      const seen = new Map<string, Condition>()
      watched = seen
      try {
        return { decided: decide(), rests: [...seen.values()] }
      } finally {
        watched = null
      }
    },
    put(changes) {
      for (const { kind } of changes) table(kind) // all of them or none
      return changes.map(({ kind, id, value }) => ({ kind, id, before: set(kind, id, value), after: value }))
    },
    differences: (records) => kinds.flatMap(({ kind }) => differencesIn(kind, table(kind).values, records)),
    takeBack(effects) {
      for (const { kind, id, before } of effects.toReversed()) set(kind, id, before)
    },
    tell(effects) {
      const others: (() => void)[] = []
      for (const [kind, own] of followers) {
        for (const { id, after } of effects.filter((effect) => effect.kind === kind)) {
          for (const follower of own) {
            const tellOthers = follower(id, after as never)
            if (tellOthers) others.push(tellOthers)
          }
        }
      }
      for (const tellOthers of others) tellOthers()
    },
  }
}

function differencesIn(
  kind: string,
  here: ReadonlyMap<string, unknown>,
  records: Pick<Records, 'all'>,
): RecordChange[] {
  const there = new Map(records.all(kind))
  const gone = [...here.keys()].filter((id) => !there.has(id))
  const isOther = ([id, value]: readonly [string, unknown]) =>
    JSON.stringify(here.get(id)) !== JSON.stringify(value)
  return [
    ...gone.map((id) => ({ kind, id, value: null })),
    ...[...there].filter(isOther).map(([id, value]) => ({ kind, id, value })),
  ]
}

const NONE: readonly string[] = []

const emptyTable = (of: Kind<never>): Table => ({
  of,
  values: new Map(),
  indexes: new Map(Object.keys(of.keys).map((index) => [index, new Map()])),
})

function leave(ids: Map<string, readonly string[]>, key: string, id: string): void {
  const left = (ids.get(key) ?? []).filter((one) => one !== id)
  if (left.length === 0) ids.delete(key)
  else ids.set(key, left)
}
