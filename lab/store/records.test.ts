/** What all records do, in memory and on disk; and on disk, that they are still there afterwards. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { createMemoryStore } from './memory.ts'
import type { Records } from './records.ts'
import { openSqliteStore } from './sqlite.ts'
import type { Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-records-'))
let files = 0
const open: Store[] = []
afterEach(() => {
  for (const store of open.splice(0)) store.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const nextFile = () => join(folder, `${files++}`, 'chat.sqlite')
function opened(store: Store): Store {
  open.push(store)
  return store
}
const kept = (records: Records, kind: string) => Object.fromEntries(records.all(kind))
const ADA = { kind: 'person', id: 'p1', value: { name: 'Ada', kind: 'guest' } }
const BOB = { kind: 'person', id: 'p2', value: { name: 'Bob', kind: 'member' } }

describe.each([
  ['in memory', () => createMemoryStore()],
  ['on disk', () => openSqliteStore(nextFile())],
])('records %s', (_name, create) => {
  it('are given back as they were put, each kind by itself', () => {
    const { records } = opened(create())
    expect(kept(records, 'person')).toEqual({})
    records.put([ADA, BOB, { kind: 'session', id: 'p1', value: ['another', 'kind'] }])
    expect(kept(records, 'person')).toEqual({ p1: ADA.value, p2: BOB.value })
    expect(kept(records, 'session')).toEqual({ p1: ['another', 'kind'] })
  })

  it('are replaced and taken away, in the order in which that is asked', () => {
    const { records } = opened(create())
    records.put([ADA, BOB])
    records.put([
      { ...ADA, value: { name: 'Augusta' } },
      { ...BOB, value: null },
      { kind: 'person', id: 'unknown', value: null },
    ])
    expect(kept(records, 'person')).toEqual({ p1: { name: 'Augusta' } })
    records.put([{ ...BOB, value: 1 }, { ...BOB, value: null }, BOB])
    expect(kept(records, 'person')).toEqual({ p1: { name: 'Augusta' }, p2: BOB.value })
  })

  it('hold what JSON can say, whatever is in the strings', () => {
    const { records } = opened(create())
    const odd = { nul: 'a\0b', half: '\ud83d', quote: '"\'\\', list: [0, false, null, 1.5] }
    records.put([{ kind: 'odd', id: 'a\0b\ud83d', value: odd }])
    expect([...records.all('odd')]).toEqual([['a\0b\ud83d', odd]])
  })

  it('are apart from what they were made of', () => {
    const { records } = opened(create())
    const value = { list: [1] }
    records.put([{ kind: 'k', id: 'i', value }])
    value.list.push(2)
    for (const [, got] of records.all('k')) (got as typeof value).list.push(3)
    expect(kept(records, 'k')).toEqual({ i: { list: [1] } })
  })

  it('are all put or none', () => {
    const { records } = opened(create())
    records.put([ADA])
    const circle: Record<string, unknown> = {}
    circle.self = circle
    for (const value of [circle, undefined, 1n]) {
      expect(() => records.put([BOB, { ...ADA, value: null }, { kind: 'bad', id: 'x', value }])).toThrow(
        TypeError,
      )
    }
    expect(kept(records, 'person')).toEqual({ p1: ADA.value })
  })
})

describe('records on disk', () => {
  it('are there when the file is opened again, beside the messages', () => {
    const file = nextFile()
    const before = openSqliteStore(file)
    const message = { seq: 1, publishedAt: 1, draftId: 'd', author: 'Ada', text: 'hello', authorId: 'p1' }
    before.append([{ room: 'lobby', messages: [message] }])
    before.records.put([ADA, BOB])
    before.close()
    const after = opened(openSqliteStore(file))
    expect(kept(after.records, 'person')).toEqual({ p1: ADA.value, p2: BOB.value })
    expect(after.read('lobby', 1, 9)).toEqual([message])
  })

  it('on a disk that is full stay as they are, and can be put when there is room', () => {
    const { records } = opened(openSqliteStore(nextFile(), { keep: 1_000, maxPages: 20 }))
    records.put([ADA])
    const big = { kind: 'big', id: 'b', value: 'x'.repeat(60_000) }
    expect(() => records.put([BOB, { ...ADA, value: null }, big])).toThrow(/full/)
    expect(kept(records, 'person')).toEqual({ p1: ADA.value })
    records.put([BOB])
    expect(kept(records, 'person')).toEqual({ p1: ADA.value, p2: BOB.value })
  })
})
