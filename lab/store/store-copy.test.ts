/** A copy of one store in another: the same in all that can be read, from either kind to either kind, whole or not at all. */
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import type { ChatMessage } from '../wire/message.ts'
import { createMemoryStore } from './memory.ts'
import { openSqliteStore } from './sqlite.ts'
import { type CopyPart, type LogPlace, type Store, StoreError, type StoreView } from './store.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-copy-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let files = 0
const newFile = () => join(folder, `${files++}`, 'chat.sqlite')
const KINDS: readonly (readonly [string, () => Store])[] = [
  ['memory', () => createMemoryStore({ keep: 200 })],
  ['SQLite', () => openSqliteStore(newFile(), { keep: 200 })],
]
const PAIRS = KINDS.flatMap(([from, open]) => KINDS.map(([to, openTo]) => [from, to, open, openTo] as const))

const ROOMS = ['garden', 'lobby', '+private']
const placeAt = (applied: number): LogPlace => ({ log: 'log', applied, followAfter: applied - 1 })

const message = (seq: number, text: string, note?: ChatMessage['note']): ChatMessage => ({
  ...{ seq, publishedAt: 1_700_000_000_000 + seq, draftId: `d\0${seq}`, author: 'ada \ud800', text },
  ...(seq % 2 === 0 && { authorId: 'a1' }),
  ...(note && { note }),
})

/** What `count` entries have made of a store: texts, edits, removals, files and records, over some rooms. */
function fill(store: Store, count: number, seed: number): void {
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return Math.floor((seed / 2_147_483_648) * below)
  }
  for (let entry = (store.place()?.applied ?? 0) + 1, end = entry + count; entry < end; entry++) {
    const room = ROOMS[random(ROOMS.length)]!
    const { newest, oldest } = store.open(room)
    const seq = newest + 1
    const about = oldest + random(Math.max(1, newest - oldest + 1))
    const said = store.read(room, about, 1)[0]
    // As the rule has it: an edit or a removal is about a message that was said, and is still there.
    const isSaid = said && said.text !== '' && (!said.note || said.note.kind === 'file')
    const id = `${room}${seq}`
    const one = [
      () => message(seq, `text ${entry}`),
      () => message(seq, `edit ${entry}`, { kind: 'edited', seq: about }),
      () => message(seq, 'removed', { kind: 'removed', seq: about }),
      () => message(seq, 'file', { kind: 'file', file: { id, name: 'f', type: 'text/plain', size: 3 } }),
    ][isSaid ? random(4) : 0]!()
    const records = [
      {
        kind: ['person', 'session'][entry % 2]!,
        id: `id${entry % 7}`,
        value: entry % 5 === 0 ? null : { entry },
      },
    ]
    const bytes = new Map([[id, new Uint8Array([1, 2, entry % 256])]])
    store.append([{ room, messages: [one], files: bytes }], placeAt(entry), records)
  }
}

/** All that can be read, as text. */
function allOf(store: Store): string[] {
  const rooms = ROOMS.map((room) => {
    const { oldest, newest } = store.open(room)
    const messages = store.read(room, oldest, 10_000)
    const bytes = messages.flatMap(({ note }) =>
      note?.kind === 'file' ? [[...(store.file(room, note.file.id)?.bytes ?? [])]] : [],
    )
    const drafts = messages.map((one) => store.find(room, one)?.seq)
    return JSON.stringify([room, oldest, newest, messages, bytes, drafts, store.fileBytes(room)])
  })
  const records = ['person', 'session'].map((kind) => JSON.stringify([...store.records.all(kind)].sort()))
  return [...rooms, ...records, JSON.stringify([store.place(), store.rooms, store.fileBytes()])]
}

function partsOf(view: StoreView): CopyPart[] {
  const parts: CopyPart[] = []
  const all = view.parts()
  for (let next = all.next(); !next.done; next = all.next()) parts.push(next.value)
  view.close()
  return parts
}

function copy(from: Store, to: Store): void {
  const view = from.view()
  const { place } = view
  const replacement = to.replace()
  for (const part of partsOf(view)) replacement.add(part)
  replacement.commit(place!)
}

describe.each(PAIRS)('a copy of a store in %s, in %s', (_from, _to, open, openTo) => {
  it('has all that can be read there, and nothing of what was there before; and both go on alike', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), fc.nat(60), (count, seed, before) => {
        const [one, other] = [open(), openTo()]
        fill(one, count, seed)
        fill(other, before, seed + 1)
        copy(one, other)
        expect(allOf(other)).toEqual(allOf(one))
        for (const store of [one, other]) fill(store, 30, seed + 2)
        expect(allOf(other)).toEqual(allOf(one))
        for (const store of [one, other]) store.close()
      }),
      { numRuns: 12 },
    )
  })

  it('is of one moment: what the store is told meanwhile is not in it, whole or in part', () => {
    const [one, other] = [open(), openTo()]
    fill(one, 150, 7)
    const asItWas = allOf(one)
    const view = one.view()
    const parts = view.parts()
    const got: CopyPart[] = []
    for (let next = parts.next(); !next.done; next = parts.next()) {
      got.push(next.value)
      fill(one, 10, got.length)
    }
    const replacement = other.replace()
    for (const part of got) replacement.add(part)
    replacement.commit(view.place!)
    view.close()
    expect(allOf(other)).toEqual(asItWas)
    expect(allOf(one)).not.toEqual(asItWas)
    for (const store of [one, other]) store.close()
  })

  it('that is not taken to its end changes nothing; until its end, the store reads as before', () => {
    const [one, other] = [open(), openTo()]
    fill(one, 150, 7)
    fill(other, 40, 8)
    const asItWas = allOf(other)
    const replacement = other.replace()
    for (const part of partsOf(one.view())) {
      replacement.add(part)
      expect(other.place()?.applied).toBe(40)
    }
    expect(allOf(other)).toEqual(asItWas)
    replacement.abort()
    expect(allOf(other)).toEqual(asItWas)
    fill(other, 5, 9)
    expect(other.place()?.applied).toBe(45)
    for (const store of [one, other]) store.close()
  })

  it('whose messages do not follow on each other is refused', () => {
    const [one, other] = [open(), openTo()]
    fill(one, 150, 7)
    const parts = partsOf(one.view()).filter(({ kind }) => kind === 'messages')
    const replacement = other.replace()
    replacement.add(parts[0]!)
    expect(() => replacement.add(parts[0]!)).toThrow('does not follow on')
    replacement.abort()
    for (const store of [one, other]) store.close()
  })
})

describe('a store in SQLite', () => {
  it('that is killed while it takes a copy has what it had; after that, it has the copy', () => {
    const [file, source] = [newFile(), createMemoryStore()]
    const store = openSqliteStore(file)
    fill(store, 40, 1)
    fill(source, 150, 2)
    const asItWas = allOf(store)
    const killed = () => {
      const copied = newFile()
      cpSync(dirname(file), dirname(copied), { recursive: true })
      const again = openSqliteStore(copied)
      const all = allOf(again)
      again.close()
      return all
    }
    const replacement = store.replace()
    for (const part of partsOf(source.view())) {
      replacement.add(part)
      expect(killed()).toEqual(asItWas)
    }
    replacement.commit(source.place()!)
    expect(killed()).toEqual(allOf(source))
    store.close()
  })

  it('keeps others out and reads on while a copy is given, and overwrites what was removed meanwhile when it has been given', () => {
    const file = newFile()
    const store = openSqliteStore(file)
    store.append([{ room: 'lobby', messages: [message(1, 'words that must not stay')], files: new Map() }])
    const onDisk = () =>
      readdirSync(dirname(file)).some((name) =>
        readFileSync(join(dirname(file), name)).includes('must not stay'),
      )
    const view = store.view()
    expect(() => openSqliteStore(file)).toThrow(StoreError)
    store.append([{ room: 'lobby', messages: [message(2, 'removed', { kind: 'removed', seq: 1 })] }])
    expect(store.read('lobby', 1, 1)[0]?.text).toBe('')
    expect(partsOf(view)).toMatchObject([{ append: { messages: [{ text: 'words that must not stay' }] } }])
    expect(onDisk()).toBe(false)
    expect(partsOf(store.view())).toMatchObject([{ append: { messages: [{ text: '' }, { seq: 2 }] } }])
    expect(() => openSqliteStore(file)).toThrow(StoreError)
    store.close()
  })

  it('gives a second copy whole, though the first is closed again: the connection is the same by then', () => {
    const store = openSqliteStore(newFile())
    fill(store, 40, 1)
    const first = store.view()
    first.close()
    const second = store.view()
    const asItWas = allOf(store)
    first.close()
    fill(store, 40, 2)
    const copied = createMemoryStore()
    const replacement = copied.replace()
    const { place } = second
    for (const part of partsOf(second)) replacement.add(part)
    replacement.commit(place!)
    expect(allOf(copied)).toEqual(asItWas)
    store.close()
  })

  it('that has given copies and taken one is one file when it is closed, and nothing beside it', () => {
    const [file, source] = [newFile(), createMemoryStore()]
    const store = openSqliteStore(file)
    fill(store, 40, 1)
    fill(source, 150, 2)
    partsOf(store.view())
    const [whole, begun] = [store.view(), store.view()]
    partsOf(whole)
    begun.parts().next() // nor does one that was not read to its end keep the file
    const replacement = store.replace()
    for (const part of partsOf(source.view())) replacement.add(part)
    whole.close()
    begun.close()
    replacement.commit(source.place()!)
    store.view() // open still
    store.close()
    expect(readdirSync(dirname(file))).toEqual(['chat.sqlite'])
    const again = openSqliteStore(file)
    expect(allOf(again)).toEqual(allOf(source))
    again.close()
  })

  it('in memory says that it cannot be copied', () => {
    expect(() => openSqliteStore(':memory:').view()).toThrow(StoreError)
  })
})
