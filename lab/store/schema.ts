/**
 * The tables, and how a file of an older lab becomes one of this.
 *
 * A step is never changed once a user may have a file that went through it. A new difference
 * is a new step. `user_version`, a number that SQLite keeps in the file's header, says how many a file
 * has behind it.
 */
import type { Database } from 'libsql'
import { StoreError } from './store.ts'

/** In the header of each of our files (`application_id`): "TLab". */
const OURS = 0x544c_6162

export const STEPS: readonly string[] = [
  // Strings are kept as JSON. SQLite's text is UTF-8, in which half a surrogate pair cannot be said,
  // and a NUL ends what many of its functions see; JSON escapes both.
  `CREATE TABLE lab (id TEXT NOT NULL);
   INSERT INTO lab VALUES (lower(hex(randomblob(16))));
   CREATE TABLE rooms (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
   CREATE TABLE messages (
     room INTEGER NOT NULL REFERENCES rooms,
     seq INTEGER NOT NULL,
     published_at INTEGER NOT NULL,
     author TEXT NOT NULL,
     draft_id TEXT NOT NULL,
     text TEXT NOT NULL,
     PRIMARY KEY (room, seq)
   ) WITHOUT ROWID;`,
  // A draft that comes again is known for as long as its message is kept, and not only while it is in memory.
  'CREATE UNIQUE INDEX drafts ON messages (room, author, draft_id);',
  // Who the author has proven to be, and what a message is besides its text (as JSON); most have neither.
  `ALTER TABLE messages ADD COLUMN author_id TEXT;
   ALTER TABLE messages ADD COLUMN note TEXT;`,
  // What is known besides messages (records.ts), each as JSON: people, sessions, who belongs to a room.
  `CREATE TABLE records (
     kind TEXT NOT NULL,
     id TEXT NOT NULL,
     value TEXT NOT NULL,
     PRIMARY KEY (kind, id)
   ) WITHOUT ROWID;`,
  // Files, each with the message that announces it. The small columns come first: SQLite reads them
  // without the bytes. And the edits of a message, which are erased with it.
  `CREATE TABLE files (
     room INTEGER NOT NULL REFERENCES rooms,
     seq INTEGER NOT NULL,
     id TEXT NOT NULL,
     size INTEGER NOT NULL,
     bytes BLOB NOT NULL
   );
   CREATE UNIQUE INDEX files_by_id ON files (room, id);
   CREATE INDEX files_by_message ON files (room, seq, size);
   CREATE INDEX notes ON messages (room, note) WHERE note IS NOT NULL;`,
]

/**
 * Takes the steps that the file has not yet behind it: all of them, or none.
 *
 * @throws StoreError when the file is another program's, or a newer lab's
 */
export function migrate(db: Database, file: string, steps = STEPS): void {
  const version = numberOf(db, 'user_version')
  const application = numberOf(db, 'application_id')
  const isEmpty = numberOf(db, 'schema_version') === 0
  if (!isEmpty && application !== OURS) {
    throw new StoreError(`${file} belongs to another program; choose another folder: --data DIR`)
  }
  if (version > steps.length) {
    throw new StoreError(
      `${file} was written by a newer version of the lab (its schema is ${version}, this one knows ` +
        `${steps.length}); update the lab, or choose another folder: --data DIR`,
    )
  }
  // Written even if nothing is to be done: a file that cannot be written is found out now.
  db.exec('BEGIN IMMEDIATE')
  try {
    for (const step of steps.slice(version)) db.exec(step)
    db.exec(`PRAGMA application_id = ${OURS}; PRAGMA user_version = ${steps.length}; COMMIT`)
  } finally {
    if (db.inTransaction) db.exec('ROLLBACK')
  }
}

/** A pragma that is one number. */
function numberOf(db: Database, pragma: string): number {
  const [row] = db.pragma(pragma) as Record<string, number>[]
  return row?.[pragma] ?? 0
}
