/** Edits, removals and files in a room: in memory, with a store, and with what is only in the store any more. */
import { describe, expect, it } from 'vitest'
import { createMemoryStore } from '../store/memory.ts'
import type { Store } from '../store/store.ts'
import { ChatError } from '../wire/errors.ts'
import type { FileRef, Note } from '../wire/message.ts'
import { Hub, type HubOptions } from './hub.ts'

const kinds: readonly (readonly [string, () => Store | null, HubOptions])[] = [
  ['in memory', () => null, {}],
  ['with a store', () => createMemoryStore(), {}],
  ['with a store, when memory has forgotten', () => createMemoryStore(), { maxMessages: 1 }],
]

describe.each(kinds)('%s', (_name, createStore, limits) => {
  function open(options: HubOptions = {}) {
    const due: (() => void)[] = []
    const hub = new Hub({ ...limits, store: createStore(), defer: (act) => due.push(act), ...options })
    const room = hub.room('lobby')
    let drafts = 0
    const turn = () => {
      for (const act of due.splice(0)) act()
    }
    /** Says something, without ending the turn. */
    const say = (text: string, note?: Note) =>
      room.publish({ draftId: `d${++drafts}`, author: 'Ada', text, authorId: 'p1', ...(note && { note }) })
    const edit = (seq: number, text = 'better') => say(text, { kind: 'edited', seq })
    const remove = (seq: number) => say('(removed)', { kind: 'removed', seq })
    const post = (id: string, size: number) => {
      const file: FileRef = { id, name: `${id}.txt`, type: 'text/plain', size }
      const draft = { draftId: `d${++drafts}`, author: 'Ada', text: file.name, authorId: 'p1' }
      return room.publish({ ...draft, note: { kind: 'file', file } }, new Uint8Array(size))
    }
    const texts = () => room.readBack(null).messages.map(({ text }) => text)
    return { hub, room, turn, say, edit, remove, post, texts }
  }

  it('keeps edits as they were said, each with its place', () => {
    const { say, edit, turn, texts } = open()
    say('helo')
    turn()
    edit(1, 'hello')
    turn()
    expect(texts()).toEqual(['helo', 'hello'])
  })

  it('takes the text out of what is removed, for every later reader', () => {
    const { room, say, edit, remove, turn, texts } = open()
    say('secret')
    say('fine')
    turn()
    edit(1, 'secret too')
    turn()
    const before = room.read(null)
    remove(1)
    turn()
    expect(texts()).toEqual(['', 'fine', '', '(removed)'])
    const after = room.read(before.cursor)
    expect(after.messages.map(({ note }) => note)).toEqual([{ kind: 'removed', seq: 1 }])
    expect(JSON.stringify(room.read(null))).not.toContain('secret')
  })

  it('makes no other page of one that is on its way', () => {
    const { room, say, remove, turn } = open()
    say('secret')
    turn()
    const page = room.read(null)
    const text = JSON.stringify(page)
    remove(1)
    turn()
    expect(JSON.stringify(page)).toBe(text)
    expect(room.read(null)).not.toBe(page)
  })

  it('erases an edit of the same turn', () => {
    const { say, edit, remove, turn, texts } = open()
    say('secret')
    turn()
    edit(1, 'secret too')
    remove(1)
    turn()
    expect(texts()).toEqual(['', '', '(removed)'])
  })

  it.each<[string, (fixture: ReturnType<typeof open>) => Promise<unknown>]>([
    ['an edit of what was removed', ({ edit }) => edit(1)],
    ['a second removal', ({ remove }) => remove(1)],
    ['an edit of a removal', ({ edit }) => edit(4)],
    ['an edit of an edit', ({ edit }) => edit(3)],
    ['a removal of an edit', ({ remove }) => remove(3)],
    ['an edit of what was not said yet', ({ edit }) => edit(5)],
    ['an edit of a far future', ({ edit }) => edit(2 ** 53 - 1)],
    ['an edit of what came before all', ({ edit }) => edit(0)],
  ])('refuses %s', async (_what, act) => {
    const fixture = open()
    fixture.say('one')
    fixture.say('two')
    fixture.turn()
    fixture.edit(2)
    fixture.turn()
    fixture.remove(1)
    fixture.turn()
    await expect(act(fixture)).rejects.toMatchObject({ code: 'not-found' })
    fixture.turn()
    expect(fixture.room.lastSeq).toBe(4)
  })

  it('refuses an edit in the turn of the removal: the text would come back', async () => {
    const { say, edit, remove, turn, texts } = open()
    say('secret')
    turn()
    remove(1)
    await expect(edit(1, 'secret again')).rejects.toThrow(ChatError)
    turn()
    expect(texts()).toEqual(['', '(removed)'])
  })

  it('knows a draft again whose text was removed', async () => {
    const { room, remove, turn } = open()
    const draft = { draftId: 'mine', author: 'Ada', text: 'secret', authorId: 'p1' }
    room.publish(draft)
    turn()
    remove(1)
    turn()
    expect(await room.publish(draft)).toMatchObject({ seq: 1, text: '' })
    expect(room.lastSeq).toBe(2)
  })

  it('has a file from when its message can be read', () => {
    const { room, post, turn } = open()
    post('f1', 3)
    turn()
    expect(room.file('f1')).toEqual({
      id: 'f1',
      name: 'f1.txt',
      type: 'text/plain',
      size: 3,
      bytes: new Uint8Array(3),
    })
    expect(room.file('f2')).toBeNull()
  })

  it('takes the file and its name away with its message', () => {
    const { room, say, post, remove, turn } = open()
    say('fine')
    turn()
    post('f1', 3)
    turn()
    remove(2)
    turn()
    expect(room.file('f1')).toBeNull()
    expect(JSON.stringify(room.readBack(null))).not.toContain('f1')
    expect(room.fileBytes).toBe(0)
  })

  it('refuses a file that would be too much for the room, those of the same turn counted', async () => {
    const { room, post, turn } = open({ maxFileBytes: 10, maxMessages: 9 })
    post('f1', 4)
    turn()
    post('f2', 4)
    await expect(post('f3', 4)).rejects.toMatchObject({ code: 'too-large' })
    turn()
    await expect(post('f3', 4)).rejects.toMatchObject({ code: 'too-large' })
    post('f4', 2)
    turn()
    expect(room.fileBytes).toBe(10)
  })

  it('refuses a file that would be too much for the server', async () => {
    const { hub, post, turn } = open({ maxAllFileBytes: 10, maxMessages: 9 })
    const file = { id: 'f1', name: 'f1', type: 'text/plain', size: 8 }
    const draft = { draftId: 'd', author: 'Bob', text: 'f1', note: { kind: 'file', file } as const }
    hub.room('garden').publish(draft, new Uint8Array(8))
    turn()
    await expect(post('f2', 3)).rejects.toMatchObject({ code: 'not-stored' })
    post('f3', 2)
  })

  it('forgets a room with all that is in it', () => {
    const { hub, say, post, turn } = open()
    say('one')
    post('f1', 3)
    turn()
    hub.forget('lobby')
    expect(hub.room('lobby').lastSeq).toBe(0)
    expect(hub.room('lobby').file('f1')).toBeNull()
  })
})

it('a file whose message memory forgets is forgotten too', () => {
  const hub = new Hub({ maxMessages: 1, defer: (act) => act() })
  const room = hub.room('lobby')
  const file = { id: 'f1', name: 'f1', type: 'text/plain', size: 3 }
  room.publish({ draftId: 'd1', author: 'Ada', text: 'f1', note: { kind: 'file', file } }, new Uint8Array(3))
  expect(room.fileBytes).toBe(3)
  room.publish({ draftId: 'd2', author: 'Ada', text: 'next' })
  expect(room.file('f1')).toBeNull()
  expect(room.fileBytes).toBe(0)
})

it('what could not be stored leaves no file behind, and erases nothing', () => {
  const due: (() => void)[] = []
  const kept = createMemoryStore()
  let isFull = false
  const store: Store = {
    ...kept,
    rooms: 0,
    append(batch) {
      if (isFull) throw new Error('full')
      kept.append(batch)
    },
  }
  const hub = new Hub({ store, defer: (act) => due.push(act) })
  const room = hub.room('lobby')
  const turn = () => {
    for (const act of due.splice(0)) act()
  }
  room.publish({ draftId: 'd1', author: 'Ada', text: 'stays' })
  turn()
  isFull = true
  const file = { id: 'f1', name: 'f1', type: 'text/plain', size: 3 }
  room.publish({ draftId: 'd2', author: 'Ada', text: 'f1', note: { kind: 'file', file } }, new Uint8Array(3))
  room.publish({ draftId: 'd3', author: 'Ada', text: 'gone', note: { kind: 'removed', seq: 1 } })
  turn()
  expect(room.read(null).messages.map(({ text }) => text)).toEqual(['stays'])
  expect(room.fileBytes).toBe(0)
  isFull = false
  room.publish({ draftId: 'd5', author: 'Ada', text: 'edited', note: { kind: 'edited', seq: 1 } })
  turn()
  expect(room.lastSeq).toBe(2)
})
