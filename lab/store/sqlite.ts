/**
 * A store in one file, by SQLite: messages, files and records in one transaction, or none of them.
 *
 * What an append returns from is on the disk: a write-ahead log, with an fsync for each transaction
 * (`synchronous = FULL`; sqlite.org/pragma.html). The file is ours alone while it is open; the lock is
 * the operating system's, so that a process that was killed leaves it free.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import Database from 'libsql'
import type { ChatMessage, Note } from '../wire/message.ts'
import { epochOf } from './epoch.ts'
import { filesIn } from './files.ts'
import { recordsIn, recordWriterIn } from './records.ts'
import { migrate } from './schema.ts'
import { copiesOf } from './sqlite-copy.ts'
import {
  type Append,
  KEEP_MESSAGES,
  type LogPlace,
  oldestAfter,
  type Store,
  StoreError,
  type StoreOptions,
} from './store.ts'

export interface SqliteOptions extends StoreOptions {
  /** Most pages of the file, of 4 KiB each; no limit unless given. For tests: it is full then. */
  readonly maxPages?: number
}

/** @throws StoreError when the file cannot be used, with a line that says why and what to do */
export function openSqliteStore(file: string, options: SqliteOptions = { keep: KEEP_MESSAGES }): Store {
  let db: Database.Database | null = null
  try {
    // What is said in the rooms is not for everybody on the machine.
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    db = new Database(file)
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    db.exec('PRAGMA secure_delete = ON') // what is erased is overwritten, and does not wait in a free page
    const [health] = db.pragma('quick_check(1)') as { readonly quick_check: string }[]
    if (health?.quick_check !== 'ok')
      throw damaged(file, health?.quick_check.split('\n').at(-1) ?? 'it cannot be checked')
    migrate(db, file)
    if (options.maxPages !== undefined) db.pragma(`max_page_count = ${options.maxPages}`)
    return storeOn(db, file, options)
  } catch (error) {
    db?.close()
    throw inOurWords(error as Error & { readonly code?: string }, file)
  }
}

function storeOn(db: Database.Database, file: string, { keep, maxPages }: SqliteOptions): Store {
  const sql = {
    id: db.prepare('SELECT id FROM lab'),
    count: db.prepare('SELECT count(*) AS count FROM rooms'),
    room: db.prepare('SELECT id FROM rooms WHERE name = ?'),
    addRoom: db.prepare('INSERT INTO rooms (name) VALUES (?)'),
    oldest: db.prepare('SELECT min(seq) AS seq FROM messages WHERE room = ?'),
    newest: db.prepare('SELECT max(seq) AS seq FROM messages WHERE room = ?'),
    add: db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
    trim: db.prepare('DELETE FROM messages WHERE room = ? AND seq < ?'),
    read: db.prepare('SELECT * FROM messages WHERE room = ? AND seq >= ? ORDER BY seq LIMIT ?'),
    find: db.prepare('SELECT * FROM messages WHERE room = ? AND author = ? AND draft_id = ?'),
    eraseMessage: db.prepare(`UPDATE messages SET text = '""', note = NULL WHERE room = ? AND seq = ?`),
    eraseEdits: db.prepare(`UPDATE messages SET text = '""' WHERE room = ? AND note = ?`),
    forget: db.prepare('DELETE FROM messages WHERE room = ?'),
    // Among the records (schema.ts), as JSON like theirs.
    place: db.prepare(`SELECT value FROM records WHERE kind = 'log-place'`),
    putPlace: db.prepare(`INSERT OR REPLACE INTO records (kind, id, value) VALUES ('log-place', '""', ?)`),
    forgetRoom: db.prepare('DELETE FROM rooms WHERE id = ?'),
  }
  const files = filesIn(db)
  const writeRecords = recordWriterIn(db)
  const { id: labId } = sql.id.get() as { readonly id: string }
  /**
   * Rooms that are in the file, and which messages of them: asked at each publish, and the file is ours alone. What was
   * written in a transaction that failed must not be here.
   */
  const known = new Map<string, KeptRoom>()

  function kept(room: string): KeptRoom | null {
    const before = known.get(room)
    if (before) return before
    const row = sql.room.get(room) as { readonly id: number } | undefined
    if (!row) return null
    const [oldest, newest] = [ofSeq(sql.oldest, row.id) ?? 1, ofSeq(sql.newest, row.id) ?? 0]
    const found = { id: row.id, oldest, newest }
    known.set(room, found)
    return found
  }
  const ofSeq = (statement: Database.Statement, id: number) =>
    (statement.get(id) as { readonly seq: number | null }).seq

  function append({ room, messages, files: bytes, isForgotten = false }: Append): void {
    if (isForgotten) remove(room)
    if (messages.length === 0) return
    if (!kept(room)) sql.addRoom.run(room)
    const at = kept(room)!
    const { id, oldest, newest } = at
    if (messages[0]?.seq !== newest + 1)
      throw new Error(`message ${messages[0]?.seq} does not follow on ${newest}`)
    for (const message of messages) {
      const { seq, note } = message
      sql.add.run(id, ...valuesOf(message))
      if (note?.kind === 'file') files.add(id, seq, note.file, bytes)
      if (note?.kind === 'removed') erase(id, note.seq)
    }
    const trimmed = oldestAfter({ oldest, newest }, messages.length, keep)
    if (trimmed > oldest) {
      sql.trim.run(id, trimmed)
      files.trim(id, trimmed)
    }
    at.oldest = trimmed
    at.newest += messages.length
  }

  function remove(room: string): void {
    const id = kept(room)?.id
    if (id === undefined) return
    files.trim(id, Number.MAX_SAFE_INTEGER)
    sql.forget.run(id)
    sql.forgetRoom.run(id)
    known.delete(room)
  }

  function erase(id: number, seq: number): void {
    sql.eraseMessage.run(id, seq)
    sql.eraseEdits.run(id, JSON.stringify({ kind: 'edited', seq } satisfies Note))
    files.erase(id, seq)
  }

  /**
   * Keeps all that `act` does, or nothing.
   *
   * @param rooms those that it changes
   */
  function transact(rooms: readonly string[], act: () => void): void {
    db.exec('BEGIN IMMEDIATE')
    try {
      act()
      db.exec('COMMIT')
    } catch (error) {
      for (const room of rooms) known.delete(room)
      throw error
    } finally {
      // After some failures, a full disk among them, SQLite has rolled back by itself.
      if (db.inTransaction) db.exec('ROLLBACK')
    }
  }

  /**
   * Until the write-ahead log is folded in, it still holds what has been erased. It is folded in by
   * itself sooner or later; when that fails now, it is no reason to take back what is committed.
   */
  function overwriteTheErased(): void {
    isErasureDue = copies.isViewed
    try {
      db.pragma('wal_checkpoint(TRUNCATE)')
    } catch {}
  }
  let isErasureDue = false
  const copies = copiesOf<Row>(db, {
    ...{ file, maxPages, rows: { messageFrom, valuesOf } },
    onClosed() {
      if (isErasureDue) overwriteTheErased()
    },
    onReplaced() {
      known.clear()
      overwriteTheErased()
    },
  })

  return {
    open(room) {
      const { oldest = 1, newest = 0 } = kept(room) ?? {}
      return { epoch: epochOf(labId, room), oldest, newest }
    },
    get rooms() {
      return (sql.count.get() as { readonly count: number }).count
    },
    append(batch, place, records = []) {
      const rooms = batch.map(({ room }) => room)
      transact(rooms, () => {
        batch.forEach(append)
        writeRecords(records)
        if (place) sql.putPlace.run(JSON.stringify(place))
      })
      const erases = ({ messages, isForgotten }: Append) =>
        isForgotten || messages.some(({ note }) => note?.kind === 'removed')
      if (batch.some(erases)) overwriteTheErased()
    },
    place() {
      const row = sql.place.get() as { readonly value: string } | undefined
      return row ? (JSON.parse(row.value) as LogPlace) : null
    },
    oldest: (room) => kept(room)?.oldest ?? 1,
    read(room, from, count) {
      const id = kept(room)?.id
      return id === undefined ? [] : (sql.read.all(id, from, count) as Row[]).map(messageFrom)
    },
    find(room, { author, draftId }) {
      const id = kept(room)?.id
      if (id === undefined) return null
      const row = sql.find.get(id, JSON.stringify(author), JSON.stringify(draftId)) as Row | undefined
      return row ? messageFrom(row) : null
    },
    file(room, id) {
      const roomId = kept(room)?.id
      return roomId === undefined ? null : files.get(roomId, id)
    },
    fileBytes(room) {
      if (room === undefined) return files.size(null)
      const id = kept(room)?.id
      return id === undefined ? 0 : files.size(id)
    },
    forget(room) {
      if (!kept(room)) return
      transact([room], () => remove(room))
      overwriteTheErased()
    },
    records: recordsIn(db),
    isOnDisk: file !== ':memory:',
    view: () => copies.view(),
    replace: () => copies.replace(),
    close() {
      copies.close()
      // Folds the write-ahead log into the file, so that a copy of the one file is whole. The lock is given
      // back by hand: `close` alone does so only when the last statement has been garbage-collected.
      try {
        db.exec('PRAGMA journal_mode = DELETE')
        // The index of the write-ahead log, of a process that had shared the file and was killed: nothing else removes it.
        if (file !== ':memory:') rmSync(`${file}-shm`, { force: true })
        db.exec('PRAGMA locking_mode = NORMAL; SELECT id FROM lab')
      } catch (error) {
        // Since a copy was given or taken, others may read the file too, and one does: it is folded in all the same.
        if ((error as { readonly code?: string }).code !== 'SQLITE_BUSY') throw error
        overwriteTheErased()
      }
      db.close()
    },
  }
}

interface KeptRoom {
  readonly id: number
  /** Numbers of its oldest and newest messages. */
  oldest: number
  newest: number
}

interface Row {
  readonly seq: number
  readonly published_at: number
  readonly author: string
  readonly draft_id: string
  readonly text: string
  readonly author_id: string | null
  readonly note: string | null
}

/** The columns behind the room, in the order of the table. */
const valuesOf = ({ seq, publishedAt, author, draftId, text, authorId, note }: ChatMessage) => [
  ...[seq, publishedAt],
  ...[author, draftId, text].map((one) => JSON.stringify(one)),
  ...[authorId ?? null, note ? JSON.stringify(note) : null],
]

/** In the order of fields in which a room makes a message, so that both are the same on the wire. */
const messageFrom = ({ seq, published_at, author, draft_id, text, author_id, note }: Row): ChatMessage => ({
  seq,
  publishedAt: published_at,
  draftId: JSON.parse(draft_id) as string,
  author: JSON.parse(author) as string,
  text: JSON.parse(text) as string,
  ...(author_id !== null && { authorId: author_id }),
  ...(note !== null && { note: JSON.parse(note) as Note }),
})

const damaged = (file: string, how: string) =>
  new StoreError(
    `${file} is damaged (${how}); put a copy back, or move it away and begin with an empty folder, or choose another folder: --data DIR`,
  )

/** What SQLite says (sqlite.org/rescode.html), for the person at the terminal. */
function inOurWords(error: Error & { readonly code?: string }, file: string): Error {
  if (error instanceof StoreError) return error
  const code = error.code ?? ''
  if (code.startsWith('SQLITE_BUSY')) {
    return new StoreError(
      `${file} is in use by another process; end it, or choose another folder: --data DIR`,
    )
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) return damaged(file, error.message)
  return new StoreError(`${file} cannot be written (${error.message}); choose another folder: --data DIR`, {
    cause: error,
  })
}
