/**
 * What the lab must know besides what is said: people, sessions, who belongs to a room. Records are
 * small, and few enough to be held in memory by the one who keeps them: they are read once, when the
 * server starts, and written whenever one changes, before the change takes effect.
 *
 * On disk they lie in the same file as the messages, so that one copy of it is a copy of everything.
 */
import type Database from 'libsql'

export interface Records {
  /** All of a kind, in no order that means anything. Read it to the end before anything is put. */
  all(kind: string): Iterable<readonly [id: string, value: unknown]>
  /**
   * Keeps all of it, or nothing. When it returns, neither a crash of the process nor one of the
   * machine can take it back. It waits for the disk, so it is not for what happens all the time.
   *
   * @throws Error when it could not be kept: the disk is full, as a rule
   */
  put(changes: readonly RecordChange[]): void
}

export interface RecordChange {
  readonly kind: string
  /** Names it among its kind. */
  readonly id: string
  /** Whatever JSON can say; null takes the record away. */
  readonly value: unknown
}

export interface MemoryRecords extends Records {
  /** All of them, as they are now, whatever becomes of them; the values as JSON. */
  everything(): readonly { readonly kind: string; readonly id: string; readonly json: string }[]
}

/** Records that are gone when the process ends: the reference. */
export function createMemoryRecords(): MemoryRecords {
  const kinds = new Map<string, Map<string, string>>()
  return {
    everything: () =>
      [...kinds].flatMap(([kind, records]) => Array.from(records, ([id, json]) => ({ kind, id, json }))),
    *all(kind) {
      for (const [id, json] of kinds.get(kind) ?? []) yield [id, JSON.parse(json)]
    },
    put(changes) {
      // All of it is made into text before any of it is kept: what JSON cannot say fails here.
      for (const { kind, id, json } of changes.map(asJson)) {
        const records = kinds.get(kind) ?? new Map<string, string>()
        if (json === null) records.delete(id)
        else records.set(id, json)
        kinds.set(kind, records)
      }
    },
  }
}

/** @param db whose schema has been brought up to date (schema.ts) */
export function recordsIn(db: Database.Database): Records {
  const all = db.prepare('SELECT id, value FROM records WHERE kind = ?')
  const write = recordWriterIn(db)
  return {
    *all(kind) {
      const rows = all.all(kind) as { readonly id: string; readonly value: string }[]
      for (const { id, value } of rows) yield [JSON.parse(id), JSON.parse(value)]
    },
    put(changes) {
      if (changes.length === 0) return
      db.exec('BEGIN IMMEDIATE')
      try {
        write(changes)
        db.exec('COMMIT')
      } finally {
        // After some failures, a full disk among them, SQLite has rolled back by itself.
        if (db.inTransaction) db.exec('ROLLBACK')
      }
    },
  }
}

/** Writes records within a transaction that the caller has begun, and ends. It throws before it has written what JSON cannot say. */
export function recordWriterIn(db: Database.Database): (changes: readonly RecordChange[]) => void {
  const put = db.prepare('INSERT OR REPLACE INTO records (kind, id, value) VALUES (?, ?, ?)')
  const remove = db.prepare('DELETE FROM records WHERE kind = ? AND id = ?')
  return (changes) => {
    for (const { kind, id, json } of changes.map(asJson)) {
      // Strings are kept as JSON here too; schema.ts says why.
      if (json === null) remove.run(kind, JSON.stringify(id))
      else put.run(kind, JSON.stringify(id), json)
    }
  }
}

function asJson({ kind, id, value }: RecordChange): { kind: string; id: string; json: string | null } {
  if (value === null) return { kind, id, json: null }
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw new TypeError(`the record ${kind}/${id} is nothing that JSON can say`)
  return { kind, id, json }
}
