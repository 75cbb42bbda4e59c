/** What every store does. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import type { ChatMessage } from '../wire/message.ts'
import { createMemoryStore } from './memory.ts'
import { openSqliteStore } from './sqlite.ts'
import type { Append, Store } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-store-'))
let files = 0
const open: Store[] = []
afterEach(() => {
  for (const store of open.splice(0)) store.close()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const message = (seq: number, text = `text ${seq}`): ChatMessage => ({
  seq,
  publishedAt: 1_700_000_000_000 + seq,
  draftId: `d${seq}`,
  author: 'ada',
  text,
})
const messages = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => message(from + i))
const edit = (seq: number, of: number): ChatMessage => ({
  ...message(seq, 'better'),
  authorId: 'p1',
  note: { kind: 'edited', seq: of },
})
const removal = (seq: number, of: number): ChatMessage => ({
  ...message(seq, '(removed)'),
  note: { kind: 'removed', seq: of },
})
const announcing = (room: string, seq: number, id: string, bytes: readonly number[]): Append => ({
  room,
  messages: [
    {
      ...message(seq),
      note: { kind: 'file', file: { id, name: 'a', type: 'text/plain', size: bytes.length } },
    },
  ],
  files: new Map([[id, Uint8Array.from(bytes)]]),
})
const seqs = (list: readonly ChatMessage[]) => list.map(({ seq }) => seq)

describe.each([
  ['in memory', (keep: number) => createMemoryStore({ keep })],
  ['on disk', (keep: number) => openSqliteStore(join(folder, `${files++}.sqlite`), { keep })],
])('a store %s', (_name, create) => {
  function make(keep = 1_000): Store {
    const store = create(keep)
    open.push(store)
    return store
  }

  it('gives back what was appended, as it was', () => {
    const store = make()
    const odd = [
      message(1, 'é𝄞 \u2028 "quoted"'),
      message(2, 'NUL \0 inside'),
      message(3, 'half \ud83d a pair'),
    ]
    store.append([{ room: 'lobby', messages: odd }])
    expect(store.read('lobby', 1, 10)).toEqual(odd)
    expect(JSON.stringify(store.read('lobby', 1, 10))).toBe(JSON.stringify(odd)) // the order of fields too
  })

  it('reads from any number, as many as are wanted', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: messages(1, 9) }])
    expect(seqs(store.read('lobby', 4, 3))).toEqual([4, 5, 6])
    expect(seqs(store.read('lobby', 8, 3))).toEqual([8, 9])
    expect(store.read('lobby', 10, 3)).toEqual([])
    expect(store.read('garden', 1, 3)).toEqual([])
  })

  it('knows where each room stands', () => {
    const store = make()
    expect(store.open('lobby')).toMatchObject({ oldest: 1, newest: 0 })
    expect(store.rooms).toBe(0)
    store.append([
      { room: 'lobby', messages: messages(1, 2) },
      { room: 'garden', messages: messages(1, 1) },
    ])
    store.append([{ room: 'lobby', messages: messages(3, 3) }])
    expect(store.open('lobby')).toMatchObject({ oldest: 1, newest: 3 })
    expect(store.open('garden')).toMatchObject({ oldest: 1, newest: 1 })
    expect(store.rooms).toBe(2)
  })

  it('gives each room an epoch, before and after it is written in', () => {
    const store = make()
    const { epoch } = store.open('lobby')
    expect(epoch).toMatch(/^[a-z0-9]{1,32}$/)
    expect(store.open('garden').epoch).not.toBe(epoch)
    store.append([{ room: 'lobby', messages: messages(1, 1) }])
    expect(store.open('lobby').epoch).toBe(epoch)
  })

  it('keeps records with the messages and the place of the same entries, or nothing of it', () => {
    const store = make()
    const place = { log: 'abc', applied: 7, followAfter: 7 }
    const ada = { kind: 'person', id: 'p1', value: { name: 'Ada' } }
    store.append([{ room: 'lobby', messages: messages(1, 1) }], place, [ada])
    store.append([], { ...place, applied: 8 }, [{ ...ada, id: 'p2' }])
    const kept = () => [store.place()?.applied, store.open('lobby').newest, [...store.records.all('person')]]
    const before = [8, 1, ['p1', 'p2'].map((id) => [id, ada.value])]
    expect(kept()).toEqual(before)
    const next = { ...place, applied: 9 }
    const bad = { kind: 'person', id: 'p3', value: 1n }
    const gone = { ...ada, value: null }
    expect(() => store.append([{ room: 'lobby', messages: messages(2, 2) }], next, [gone, bad])).toThrow()
    expect(kept()).toEqual(before)
    expect(() => store.append([{ room: 'lobby', messages: messages(5, 5) }], next, [gone])).toThrow()
    expect(kept()).toEqual(before)
    store.append([{ room: 'lobby', messages: messages(2, 2) }], next, [gone])
    expect(kept()).toEqual([9, 2, [['p2', ada.value]]])
  })

  it('keeps its place in a shared log with what it appends, or neither', () => {
    const store = make()
    expect(store.place()).toBeNull()
    const place = { log: 'abc', applied: 7, followAfter: 5 }
    store.append([{ room: 'lobby', messages: messages(1, 2) }], place)
    expect(store.place()).toEqual(place)
    const next = { ...place, applied: 8 }
    expect(() => store.append([{ room: 'lobby', messages: messages(9, 9) }], next)).toThrow()
    expect(store.place()).toEqual(place)
    store.append([{ room: 'lobby', messages: messages(3, 3) }])
    expect(store.place()).toEqual(place)
    store.append([], next) // an entry that came to nothing has been applied as well
    expect(store.place()).toEqual(next)
  })

  it('finds a draft by its author and id, in its room', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: messages(1, 3) }])
    expect(store.find('lobby', { author: 'ada', draftId: 'd2' })).toEqual(message(2))
    expect(store.find('lobby', { author: 'bob', draftId: 'd2' })).toBeNull()
    expect(store.find('lobby', { author: 'ada', draftId: 'd4' })).toBeNull()
    expect(store.find('garden', { author: 'ada', draftId: 'd2' })).toBeNull()
  })

  it('takes all of a batch or nothing', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: messages(1, 1) }])
    const batch = [
      { room: 'garden', messages: messages(1, 2) },
      { room: 'lobby', messages: messages(3, 3) }, // 2 is missing
    ]
    expect(() => store.append(batch)).toThrow('does not follow on')
    expect(store.open('garden').newest).toBe(0)
    expect(store.rooms).toBe(1)
    store.append([{ room: 'garden', messages: messages(1, 1) }])
    expect(seqs(store.read('garden', 1, 9))).toEqual([1])
  })

  it('never has two messages of one number', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: messages(1, 2) }])
    expect(() => store.append([{ room: 'lobby', messages: [{ ...message(2), draftId: 'other' }] }])).toThrow()
    expect(store.read('lobby', 1, 9)).toEqual(messages(1, 2))
  })

  it('keeps as many messages as it was told, and forgets drafts with them', () => {
    const store = make(5)
    store.append([{ room: 'lobby', messages: messages(1, 5) }])
    store.append([{ room: 'lobby', messages: messages(6, 7) }])
    expect(store.oldest('lobby')).toBe(3)
    expect(seqs(store.read('lobby', 1, 9)).slice(-5)).toEqual([3, 4, 5, 6, 7])
    expect(store.find('lobby', { author: 'ada', draftId: 'd2' })).toBeNull()
    expect(store.find('lobby', { author: 'ada', draftId: 'd3' })).toEqual(message(3))
  })

  it('takes the text out of a message that is removed, and out of its edits', () => {
    const store = make()
    store.append([
      { room: 'lobby', messages: [message(1), edit(2, 1), message(3), edit(4, 3)] },
      { room: 'garden', messages: [message(1), edit(2, 1)] },
    ])
    store.append([{ room: 'lobby', messages: [removal(5, 1)] }])
    expect(store.read('lobby', 1, 9)).toEqual([
      { ...message(1), text: '' },
      { ...edit(2, 1), text: '' },
      message(3),
      edit(4, 3),
      removal(5, 1),
    ])
    expect(Object.keys(store.read('lobby', 2, 1)[0]!)).toEqual(Object.keys(edit(2, 1)))
    expect(store.find('lobby', message(1))).toEqual({ ...message(1), text: '' })
    expect(store.read('garden', 1, 9)).toEqual([message(1), edit(2, 1)])
  })

  it('takes it out of what comes by the same append too', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: [message(1), edit(2, 1), removal(3, 1)] }])
    expect(store.read('lobby', 1, 2).map(({ text }) => text)).toEqual(['', ''])
  })

  it('forgets a room by an append, with what else that brings, or not at all', () => {
    const store = make()
    const place = { log: 'abc', applied: 1, followAfter: 1 }
    store.append([{ room: 'lobby', messages: messages(1, 3) }])
    const forgotten = { room: 'lobby', messages: [], isForgotten: true }
    const wrong = { room: 'garden', messages: [message(7)] } // does not follow on
    expect(() => store.append([forgotten, wrong], place)).toThrow('does not follow on')
    expect([store.open('lobby').newest, store.place()]).toEqual([3, null])
    store.append([forgotten], place)
    expect([store.rooms, store.read('lobby', 1, 9), store.place()]).toEqual([0, [], place])
    store.append([{ room: 'lobby', messages: messages(1, 2) }])
    store.append([{ ...forgotten, messages: [message(1, 'new')] }])
    expect([store.rooms, store.read('lobby', 1, 9)]).toEqual([1, [message(1, 'new')]])
    expect(store.find('lobby', { author: 'ada', draftId: 'd2' })).toBeNull()
  })

  it('erases nothing when the append fails', () => {
    const store = make()
    store.append([{ room: 'lobby', messages: messages(1, 2) }])
    const batch = [
      { room: 'lobby', messages: [removal(3, 1)] },
      { room: 'garden', messages: [message(7)] }, // does not follow on
    ]
    expect(() => store.append(batch)).toThrow('does not follow on')
    expect(store.read('lobby', 1, 9)).toEqual(messages(1, 2))
  })

  it('keeps a file with the message that announces it', () => {
    const store = make()
    store.append([announcing('lobby', 1, 'f1', [1, 2, 3]), announcing('garden', 1, 'f1', [4])])
    expect(store.file('lobby', 'f1')).toMatchObject({ seq: 1 })
    expect([...store.file('lobby', 'f1')!.bytes]).toEqual([1, 2, 3])
    expect([...store.file('garden', 'f1')!.bytes]).toEqual([4])
    expect(store.file('lobby', 'f2')).toBeNull()
    expect(store.file('attic', 'f1')).toBeNull()
    expect([store.fileBytes('lobby'), store.fileBytes('attic'), store.fileBytes()]).toEqual([3, 0, 4])
  })

  it('keeps neither when the file is not there, or another than announced', () => {
    const store = make()
    const { messages } = announcing('lobby', 1, 'f1', [1, 2, 3])
    expect(() => store.append([{ room: 'lobby', messages }])).toThrow('not there')
    const files = new Map([['f1', new Uint8Array(2)]])
    expect(() => store.append([{ room: 'lobby', messages, files }])).toThrow('not there')
    expect(store.open('lobby').newest).toBe(0)
    expect(store.file('lobby', 'f1')).toBeNull()
  })

  it('takes the file away with its message: removed', () => {
    const store = make()
    store.append([announcing('lobby', 1, 'f1', [1, 2, 3])])
    store.append([{ room: 'lobby', messages: [removal(2, 1)] }])
    expect(store.file('lobby', 'f1')).toBeNull()
    expect(store.fileBytes()).toBe(0)
    expect(store.read('lobby', 1, 1)).toEqual([{ ...message(1), text: '' }]) // its name is gone too
  })

  it('takes the file away with its message: too old', () => {
    const store = make(3)
    store.append([announcing('lobby', 1, 'f1', [1])])
    store.append([announcing('lobby', 2, 'f2', [2])])
    store.append([{ room: 'lobby', messages: messages(3, 4) }])
    expect(store.file('lobby', 'f1')).toBeNull()
    expect(store.file('lobby', 'f2')).not.toBeNull()
    expect(store.fileBytes()).toBe(1)
  })

  it('forgets a room, and no other', () => {
    const store = make()
    store.append([announcing('lobby', 1, 'f1', [1]), announcing('garden', 1, 'f1', [1])])
    store.forget('lobby')
    store.forget('attic')
    expect(store.read('lobby', 1, 9)).toEqual([])
    expect(store.file('lobby', 'f1')).toBeNull()
    expect(store.rooms).toBe(1)
    expect(store.fileBytes()).toBe(1)
    store.append([{ room: 'lobby', messages: messages(1, 1) }])
    expect(store.read('lobby', 1, 9)).toEqual(messages(1, 1))
  })

  it('always keeps the newest, whose number the next one follows', () => {
    const store = make(1)
    store.append([{ room: 'lobby', messages: messages(1, 1) }])
    store.append([{ room: 'lobby', messages: messages(2, 500) }])
    store.append([{ room: 'lobby', messages: messages(501, 501) }])
    expect(store.open('lobby')).toMatchObject({ oldest: 501, newest: 501 })
  })
})
