/** What the store on disk does beyond what every store does: it comes back, and it refuses files that it must not touch. */
import { mkdtempSync, openSync, readdirSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import type { ChatMessage } from '../wire/message.ts'
import { migrate, STEPS } from './schema.ts'
import { openSqliteStore } from './sqlite.ts'
import { StoreError, TRIM_BITE } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-sqlite-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let file = ''
let files = 0
beforeEach(() => {
  file = join(folder, `${files++}`, 'chat.sqlite')
})

const message = (seq: number, text = `text ${seq}`): ChatMessage => ({
  seq,
  publishedAt: 1_700_000_000_000,
  draftId: `d${seq}`,
  author: 'ada',
  text,
})
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i))
const say = (...list: ChatMessage[]) => [{ room: 'lobby', messages: list }]

describe('a file that is opened again', () => {
  it('has everything, under the same epochs', () => {
    const before = openSqliteStore(file)
    const untouched = before.open('garden').epoch
    before.append(say(message(1), message(2)))
    const kept = before.open('lobby')
    before.close()

    const after = openSqliteStore(file)
    expect(after.open('lobby')).toEqual(kept)
    expect(after.open('garden').epoch).toBe(untouched)
    expect(after.read('lobby', 1, 9)).toEqual([message(1), message(2)])
    expect(after.find('lobby', message(1))).toEqual(message(1))
    after.append(say(message(3)))
    expect(after.open('lobby').newest).toBe(3)
    after.close()
  })

  it('is one file after it was closed: what is copied is whole', () => {
    const store = openSqliteStore(file)
    store.append(say(...messages(1, 50)))
    store.close()
    expect(readdirSync(join(file, '..'))).toEqual(['chat.sqlite'])
  })

  it('with a smaller retention is trimmed a batch at a time', () => {
    const before = openSqliteStore(file)
    before.append(say(...messages(1, 300)))
    before.close()
    const after = openSqliteStore(file, { keep: 10 })
    after.append(say(message(301)))
    expect(after.oldest('lobby')).toBe(1 + 1 + TRIM_BITE)
    for (let seq = 302; seq <= 320; seq++) after.append(say(message(seq)))
    expect(after.oldest('lobby')).toBe(311)
    after.close()
  })

  it('lies in a folder for its owner only', () => {
    openSqliteStore(file).close()
    expect(statSync(join(file, '..')).mode & 0o077).toBe(0)
  })

  it('of another lab has other epochs', () => {
    const [one, two] = [openSqliteStore(file), openSqliteStore(`${file}.other`)]
    expect(one.open('lobby').epoch).not.toBe(two.open('lobby').epoch)
    one.close()
    two.close()
  })
})

describe('what was removed', () => {
  const SECRET = 'the-words-that-should-not-have-been-said'
  const bytesOnDisk = () => {
    const folder = join(file, '..')
    return readdirSync(folder).reduce((all, name) => all + readFileSync(join(folder, name), 'latin1'), '')
  }
  const removal: ChatMessage = { ...message(3), text: '(removed)', note: { kind: 'removed', seq: 1 } }

  it.each([
    ['a line', SECRET],
    ['pages of it', `${SECRET} `.repeat(600)],
  ])('is in no byte of the files, not even before the store is closed: %s', (_what, text) => {
    const store = openSqliteStore(file)
    store.append(say(message(1, text), { ...message(2, text), note: { kind: 'edited', seq: 1 } }))
    expect(bytesOnDisk()).toContain(SECRET)
    store.append(say(removal))
    expect(bytesOnDisk()).not.toContain(SECRET)
    store.close()
    expect(bytesOnDisk()).not.toContain(SECRET)
  })

  it('is in no byte of the files when it was a file', () => {
    const store = openSqliteStore(file)
    const bytes = Buffer.from(SECRET.repeat(2_000))
    const note = {
      kind: 'file',
      file: { id: 'f', name: 'x', type: 'text/plain', size: bytes.length },
    } as const
    store.append([{ room: 'lobby', messages: [{ ...message(1), note }], files: new Map([['f', bytes]]) }])
    store.append(say(message(2)))
    expect(bytesOnDisk()).toContain(SECRET)
    store.append(say(removal))
    expect(bytesOnDisk()).not.toContain(SECRET)
    store.close()
  })

  it('is in no byte of the files when a whole room was forgotten', () => {
    const store = openSqliteStore(file)
    store.append(say(message(1, SECRET), message(2, SECRET.repeat(500))))
    store.forget('lobby')
    expect(bytesOnDisk()).not.toContain(SECRET)
    store.close()
  })
})

describe('a file of an older schema', () => {
  it.each(STEPS.map((_step, index) => index + 1))(
    '%d is brought up to date with all that is in it',
    (version) => {
      openSqliteStore(file).close() // makes the folder
      rmSync(file)
      const old = new Database(file)
      migrate(old, file, STEPS.slice(0, version))
      old.exec(`INSERT INTO rooms (name) VALUES ('lobby');
      INSERT INTO messages (room, seq, published_at, author, draft_id, text) VALUES (1, 1, 1700000000000, '"ada"', '"d1"', '"text 1"')`)
      old.close()

      const store = openSqliteStore(file)
      expect(store.read('lobby', 1, 9)).toEqual([message(1)])
      expect(store.find('lobby', message(1))).toEqual(message(1))
      store.close()
      const now = new Database(file)
      expect(now.pragma('user_version')).toEqual([{ user_version: STEPS.length }])
      expect(now.prepare("SELECT name FROM sqlite_master WHERE name = 'drafts'").all()).toHaveLength(1)
      now.close()
    },
  )

  it('is as it was when a step fails', () => {
    openSqliteStore(file).close()
    const db = new Database(file)
    expect(() => migrate(db, file, [...STEPS, 'CREATE TABLE more (a); CREATE TABLE more (a)'])).toThrow(
      'more',
    )
    expect(db.pragma('user_version')).toEqual([{ user_version: STEPS.length }])
    expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'more'").all()).toEqual([])
    db.close()
  })
})

describe('a file that must not be touched is refused, in a line that names it:', () => {
  function refused(words: RegExp): void {
    let error: unknown
    try {
      openSqliteStore(file)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(StoreError)
    expect((error as Error).message).toMatch(words)
    expect((error as Error).message).toMatch(/^[^\n]+$/)
    expect((error as Error).message).toContain(file)
  }

  it('one that is in use', () => {
    const store = openSqliteStore(file)
    refused(/in use by another process/)
    store.append(say(message(1)))
    store.close()
    openSqliteStore(file).close() // free again
  })

  it('one of a newer lab', () => {
    openSqliteStore(file).close()
    const db = new Database(file)
    db.exec(`PRAGMA user_version = ${STEPS.length + 1}`)
    db.close()
    refused(/newer version of the lab/)
  })

  it('one of another program', () => {
    openSqliteStore(file).close()
    rmSync(file)
    const db = new Database(file)
    db.exec('CREATE TABLE holidays (day TEXT)')
    db.close()
    refused(/belongs to another program/)
  })

  it('one whose pages are damaged', () => {
    const store = openSqliteStore(file)
    for (let seq = 1; seq <= 200; seq++) store.append(say(message(seq, 'x'.repeat(200))))
    store.close()
    const handle = openSync(file, 'r+')
    const { size } = statSync(file)
    writeSync(handle, Buffer.alloc(size - 3 * 4_096, 0x55), 0, size - 3 * 4_096, 3 * 4_096)
    refused(/is damaged/)
  })
})

describe('a disk that is full', () => {
  it('keeps what it has, lets it be read, and takes more when there is room', () => {
    const store = openSqliteStore(file, { keep: 1_000, maxPages: 16 })
    store.append(say(message(1)))
    const tooMuch = say(message(2), message(3, 'x'.repeat(60_000)), message(4))
    expect(() => store.append(tooMuch)).toThrow(/full/)
    expect(store.open('lobby')).toMatchObject({ oldest: 1, newest: 1 })
    expect(store.read('lobby', 1, 9)).toEqual([message(1)])
    store.append(say(message(2, 'short')))
    expect(store.read('lobby', 2, 9)).toEqual([message(2, 'short')])
    store.close()
    const again = openSqliteStore(file)
    again.append(say(message(3, 'x'.repeat(60_000))))
    expect(again.open('lobby').newest).toBe(3)
    again.close()
  })
})
