/**
 * Files, in the same database as the messages that announce them.
 *
 * So there is no moment at which one is there without the other: a crash, a full disk or the end of the
 * retention takes both or neither, and no folder has to be swept for what was left behind. Decision 018
 * says what that costs.
 */
import type Database from 'libsql'
import type { FileRef } from '../wire/message.ts'
import type { KeptFile } from './store.ts'

/** @param db whose schema has been brought up to date (schema.ts). Call it inside of a transaction. */
export function filesIn(db: Database.Database) {
  const sql = {
    add: db.prepare('INSERT INTO files (room, seq, id, size, bytes) VALUES (?, ?, ?, ?, ?)'),
    trim: db.prepare('DELETE FROM files WHERE room = ? AND seq < ?'),
    erase: db.prepare('DELETE FROM files WHERE room = ? AND seq = ?'),
    get: db.prepare('SELECT seq, bytes FROM files WHERE room = ? AND id = ?'),
    // By an index that holds the sizes, so that no file is read to add them up.
    size: db.prepare('SELECT coalesce(sum(size), 0) AS size FROM files WHERE room = ?'),
    sizeOfAll: db.prepare('SELECT coalesce(sum(size), 0) AS size FROM files'),
  }
  return {
    add(room: number, seq: number, { id, size }: FileRef, files?: ReadonlyMap<string, Uint8Array>) {
      const bytes = files?.get(id)
      if (bytes?.length !== size) throw new Error(`message ${seq} announces a file that is not there`)
      sql.add.run(room, seq, id, size, Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))
    },
    trim(room: number, oldest: number) {
      sql.trim.run(room, oldest)
    },
    erase(room: number, seq: number) {
      sql.erase.run(room, seq)
    },
    get(room: number, id: string): KeptFile | null {
      return (sql.get.get(room, id) as KeptFile | undefined) ?? null
    },
    /** @param room null for all */
    size(room: number | null): number {
      const row = room === null ? sql.sizeOfAll.get() : sql.size.get(room)
      return (row as { readonly size: number }).size
    },
  }
}
