/**
 * A copy of a store in SQLite, given and taken, by a second connection to the same file.
 *
 * The second connection reads what stood there when it began, while the first goes on writing; or it writes all that is new
 * in one transaction, while the first reads what was. That is what a write-ahead log is for (sqlite.org/wal.html), but not under
 * `locking_mode = EXCLUSIVE`, by which the file is ours alone. So that is given up when the first copy is asked for. Another lab is
 * kept out all the same: it wants the whole lock, and the shared one is held for as long as the file is open.
 */
import Database from 'libsql'
import type { ChatMessage } from '../wire/message.ts'
import { filesIn } from './files.ts'
import { recordWriterIn } from './records.ts'
import {
  type CopyPart,
  type LogPlace,
  OWN_KIND,
  PART_MESSAGES,
  PART_RECORDS,
  type Replacement,
  StoreError,
  type StoreView,
} from './store.ts'

/** What a row of the table `messages` says, and how it is written. */
export interface MessageRows<Row> {
  messageFrom(row: Row): ChatMessage
  /** The values of its columns, behind the room's. */
  valuesOf(message: ChatMessage): (string | number | null)[]
}

export interface SqliteCopies {
  view(): StoreView
  replace(): Replacement
  /** Whether a view is open, which keeps what is erased from being overwritten. */
  readonly isViewed: boolean
  close(): void
}

export interface SqliteCopiesOptions<Row> {
  readonly file: string
  readonly rows: MessageRows<Row>
  readonly maxPages: number | undefined
  /** The last view was closed. */
  readonly onClosed: () => void
  /** All that was kept is another now. */
  readonly onReplaced: () => void
}

/** What the file is called where it is attached; its tables have the only ones of their names there. */
const NAME = 'kept'

export function copiesOf<Row>(
  db: Database.Database,
  { file, rows, maxPages, onClosed, onReplaced }: SqliteCopiesOptions<Row>,
): SqliteCopies {
  let isShared = false
  const spare: Database.Database[] = []
  const used = new Set<Database.Database>()
  let views = 0

  function connect(): Database.Database {
    if (file === ':memory:') throw new StoreError('a database in memory cannot be copied')
    if (!isShared)
      db.exec('PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = WAL')
    isShared = true
    const other = spare.pop() ?? attached()
    used.add(other)
    return other
  }
  /**
   * A connection lets go of its file when its last statement has been garbage-collected, or when the file is detached. So the file is attached
   * to one that has nothing else, and can be detached at a moment of our choice: until then, the write-ahead log stays beside it.
   */
  function attached(): Database.Database {
    const other = new Database(':memory:')
    other.prepare(`ATTACH ? AS ${NAME}`).run(file)
    other.exec(`PRAGMA ${NAME}.synchronous = FULL; PRAGMA ${NAME}.secure_delete = ON`)
    if (maxPages !== undefined) other.pragma(`${NAME}.max_page_count = ${maxPages}`)
    return other
  }
  function release(other: Database.Database): void {
    if (!used.delete(other)) return
    if (other.inTransaction) other.exec('ROLLBACK')
    spare.push(other)
  }

  return {
    get isViewed() {
      return views > 0
    },
    view() {
      const other = connect()
      other.exec('BEGIN')
      const row = other.prepare('SELECT value FROM records WHERE kind = ?').get(OWN_KIND) as
        | { readonly value: string }
        | undefined
      views++
      let isClosed = false
      return {
        place: row ? (JSON.parse(row.value) as LogPlace) : null,
        parts: () => partsIn(other, rows.messageFrom),
        close() {
          // Another may have the connection by now.
          if (isClosed) return
          isClosed = true
          release(other)
          views--
          if (views === 0) onClosed()
        },
      }
    },
    replace() {
      const other = connect()
      other.exec('BEGIN IMMEDIATE')
      const add = adderIn(other, rows.valuesOf)
      other.prepare('DELETE FROM records WHERE kind <> ?').run(OWN_KIND)
      let isOver = false
      return {
        add,
        commit(place) {
          add.deleteTheRest()
          recordWriterIn(other)([{ kind: OWN_KIND, id: '', value: place }])
          other.exec('COMMIT')
          isOver = true
          release(other)
          onReplaced()
        },
        abort() {
          if (!isOver) release(other)
          isOver = true
        },
      }
    },
    close() {
      for (const other of [...used]) release(other)
      for (const other of spare.splice(0)) {
        other.exec(`DETACH ${NAME}`)
        other.close()
      }
    },
  }
}

function* partsIn<Row>(db: Database.Database, messageFrom: (row: Row) => ChatMessage): Generator<CopyPart> {
  const records = db.prepare(
    'SELECT kind, id, value FROM records WHERE (kind, id) > (?, ?) AND kind <> ? ORDER BY kind, id LIMIT ?',
  )
  let last: readonly [kind: string, id: string] | null = ['', '']
  while (last) {
    const some = records.all(...last, OWN_KIND, PART_RECORDS) as {
      readonly kind: string
      readonly id: string
      readonly value: string
    }[]
    if (some.length > 0)
      yield {
        kind: 'records',
        records: some.map(({ kind, id, value }) => ({ kind, id: JSON.parse(id), value: JSON.parse(value) })),
      }
    const end: (typeof some)[number] | undefined = some.at(-1)
    last = end ? [end.kind, end.id] : null
  }
  const read = db.prepare('SELECT * FROM messages WHERE room = ? AND seq > ? ORDER BY seq LIMIT ?')
  const files = filesIn(db)
  const rooms = db.prepare('SELECT id, name FROM rooms ORDER BY id').all() as {
    readonly id: number
    readonly name: string
  }[]
  for (const { id, name: room } of rooms) {
    for (let after = 0; ; ) {
      const messages = (read.all(id, after, PART_MESSAGES) as Row[]).map(messageFrom)
      if (messages.length === 0) break
      after = messages.at(-1)!.seq
      let part: ChatMessage[] = []
      for (const message of messages) {
        part.push(message)
        if (message.note?.kind !== 'file') continue
        const file = files.get(id, message.note.file.id)
        yield messagesIn(room, part, file ? new Map([[message.note.file.id, file.bytes]]) : new Map())
        part = []
      }
      if (part.length > 0) yield messagesIn(room, part, new Map())
    }
  }
}

const messagesIn = (room: string, messages: ChatMessage[], files: Map<string, Uint8Array>): CopyPart => ({
  kind: 'messages',
  append: { room, messages, files },
})

/** Rooms of the copy get new ids, and what was there before goes a room at a time, as the parts come: no turn deletes all of it. */
function adderIn(db: Database.Database, valuesOf: (message: ChatMessage) => (string | number | null)[]) {
  const old = (db.prepare('SELECT id FROM rooms').all() as { readonly id: number }[]).map(({ id }) => id)
  const sql = {
    file: db.prepare('DELETE FROM files WHERE room = ?'),
    messages: db.prepare('DELETE FROM messages WHERE room = ?'),
    room: db.prepare('DELETE FROM rooms WHERE id = ?'),
    hide: db.prepare('UPDATE rooms SET name = ? WHERE id = ?'),
    addRoom: db.prepare('INSERT INTO rooms (name) VALUES (?)'),
    find: db.prepare('SELECT id FROM rooms WHERE name = ?'),
    add: db.prepare('INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?, ?, ?)'),
  }
  const files = filesIn(db)
  const writeRecords = recordWriterIn(db)
  const rooms = new Map<string, { readonly id: number; newest: number }>()
  // No room has a name with a NUL: the old ones are out of the way of the new.
  for (const id of old) sql.hide.run(`\0${id}`, id)

  function deleteOne(): void {
    const id = old.pop()
    if (id === undefined) return
    for (const statement of [sql.file, sql.messages, sql.room]) statement.run(id)
  }
  const add = (part: CopyPart): void => {
    deleteOne()
    if (part.kind === 'records') {
      writeRecords(part.records)
      return
    }
    const { room: name, messages, files: bytes } = part.append
    let room = rooms.get(name)
    if (!room) {
      sql.addRoom.run(name)
      room = { id: (sql.find.get(name) as { readonly id: number }).id, newest: messages[0]!.seq - 1 }
      rooms.set(name, room)
    }
    for (const message of messages) {
      const { seq, note } = message
      if (seq !== room.newest + 1) throw new Error(`message ${seq} does not follow on ${room.newest}`)
      room.newest = seq
      sql.add.run(room.id, ...valuesOf(message))
      if (note?.kind === 'file') files.add(room.id, seq, note.file, bytes)
    }
  }
  return Object.assign(add, {
    deleteTheRest() {
      while (old.length > 0) deleteOne()
    },
  })
}
