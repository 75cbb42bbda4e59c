/**
 * A server that begins from a copy of another, taken at any place, has the same rooms as those that have read the whole log; and a
 * copy with a mistake in it is found out.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCopyReader, PIECE_BYTES, piecesOf } from '../../../store/copy.ts'
import { ENTRY_BYTES, type Entry } from '../../../store/engine/engine.ts'
import { createTurnReader, entriesOf } from '../../../store/engine/turn.ts'
import { createMemoryStore } from '../../../store/memory.ts'
import type { CopyPart, LogPlace, Store } from '../../../store/store.ts'
import { change, ROOMS } from '../../../verify/engines/any-change.ts'
import { createApplier } from '../applier.ts'
import type { Outcome, Publish, SharedLimits } from '../rule.ts'
import { pieceIn, pieceOf } from './questions.ts'

const LIMITS: SharedLimits = { maxRooms: 2, maxFileBytes: 12, maxAllFileBytes: 16 }
const LOG = 'log'
/** Longer than an entry: it is cut into three pieces, between which other servers' entries lie. */
const LONG = 'long '.repeat((2 * ENTRY_BYTES) / 5 + 1)

const turns = fc.array(fc.array(change, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 30 })

/** The entries of a log, in order. `long`: between its pieces, all others lie. */
function logOf(said: readonly (readonly Publish[])[], long: Publish | null): Entry[] {
  const entries = said.flatMap((changes, i) => entriesOf(changes, `t${i}`))
  if (!long) return entries
  const [first, ...others] = entriesOf([long], 'long')
  return [entries[0]!, first!, ...entries.slice(1), ...others]
}

/** What may be wrong with a copy; nothing unless given. */
interface Kind {
  readonly name: string
  readonly place?: (place: LogPlace) => LogPlace
  readonly parts?: (parts: CopyPart[]) => CopyPart[]
}

/** Applies what comes after its own place. */
function createServer(store: Store) {
  const applier = createApplier(store, LOG, LIMITS)
  const outcomes = new Map<number, Outcome[]>()
  return {
    store,
    outcomes,
    follow(entries: readonly Entry[], end: number): void {
      const reader = createTurnReader()
      for (let position = (store.place()?.followAfter ?? 0) + 1; position <= end; position++) {
        const changes = reader.read(position, entries[position - 1]!.body) as Publish[]
        outcomes.set(position, applier.apply(position, changes, reader.restartAfter()))
      }
    },
  }
}

/** As it travels: pieces of bytes. */
function copied(from: Store, to: Store, { place = (one) => one, parts: changed = (all) => all }: Kind): void {
  const view = from.view()
  const parts: CopyPart[] = []
  for (const all = view.parts(); ; ) {
    const { done, value } = all.next()
    if (done) break
    parts.push(value)
  }
  const reader = createCopyReader()
  const replacement = to.replace()
  for (const { bytes, digest } of piecesOf(place(view.place!), changed(parts)[Symbol.iterator]())) {
    const piece = pieceIn(pieceOf({ index: 0, ...(digest !== undefined && { digest }) }, bytes))!
    for (const part of reader.read(piece.bytes)) replacement.add(part)
    if (piece.head.digest !== undefined) reader.end(piece.head.digest)
  }
  replacement.commit(reader.place!)
  view.close()
}

const roomsAt = (store: Store) =>
  ROOMS.map((room) => {
    const { oldest, newest } = store.open(room)
    return JSON.stringify([room, oldest, newest, store.read(room, 1, 1_000), store.fileBytes(room)])
  })

/** One server reads all; another begins from a copy that was taken of it at a place, and goes on. */
function agree(entries: readonly Entry[], at: number, keep: number, kind: Kind): void {
  const [first, second] = [0, 1].map(() => createServer(createMemoryStore({ keep })))
  first!.follow(entries, at)
  copied(first!.store, second!.store, kind)
  for (const server of [first!, second!]) server.follow(entries, entries.length)
  expect(roomsAt(second!.store)).toEqual(roomsAt(first!.store))
  for (const [position, outcomes] of second!.outcomes)
    if (position > at) expect(outcomes).toEqual(first!.outcomes.get(position))
  expect(second!.store.place()).toEqual(first!.store.place())
}

const whole: Kind = { name: 'whole' }
const cases = fc.record({
  said: turns,
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  keep: fc.constantFrom(1_000, 3),
})
const property = (kind: Kind) =>
  fc.property(cases, ({ said, at, keep }) => {
    const entries = logOf(said, null)
    agree(entries, 1 + Math.floor(at * (entries.length - 1)), keep, kind)
  })

describe('a server that begins from a copy', () => {
  it('at any place has the same rooms and numbers as the one that it was taken of, and decides the same from there on', () => {
    fc.assert(property(whole), { numRuns: 200 })
  })

  it('that was taken between the pieces of a change has that change too: it follows from before its first piece', () => {
    const long: Publish = {
      ...{ kind: 'publish', room: 'lobby', at: 1 },
      draft: { draftId: 'long', author: 'ada', text: LONG },
    }
    fc.assert(
      fc.property(cases, ({ said, at }) => {
        const entries = logOf(said, long)
        const between = 2 + Math.floor(at * (entries.length - 3))
        const first = createServer(createMemoryStore())
        first.follow(entries, between)
        expect(first.store.place()).toEqual({ log: LOG, applied: between, followAfter: 1 })
        agree(entries, between, 1_000, whole)
      }),
      { numRuns: 20 },
    )
  })
})

describe('a copy as it travels', () => {
  const fill = (store: Store, texts: readonly string[]) =>
    texts.forEach((text, i) => {
      const one = { seq: i + 1, publishedAt: 1, draftId: `d${i}`, author: 'ada', text }
      store.append([{ room: 'lobby', messages: [one] }], { log: LOG, applied: i + 1, followAfter: i + 1 })
    })
  const piecesFrom = (store: Store) => {
    const view = store.view()
    return [...piecesOf(view.place!, view.parts())]
  }

  it('is cut into pieces of at most 256 KiB, of which the last has the digest of all', () => {
    const store = createMemoryStore()
    fill(store, ['a', LONG, LONG, 'b'])
    const pieces = piecesFrom(store)
    expect(pieces.length).toBeGreaterThan(4)
    const travelling = pieces.map(({ bytes, digest }, index) =>
      pieceOf({ index, ...(digest !== undefined && { digest }) }, bytes),
    )
    for (const piece of travelling) expect(piece.length).toBeLessThanOrEqual(ENTRY_BYTES)
    expect(pieces.map(({ digest }) => digest !== undefined)).toEqual(
      pieces.map((_, index) => index === pieces.length - 1),
    )
    expect(pieces.slice(0, -1).every(({ bytes }) => bytes.length === PIECE_BYTES)).toBe(true)
  })

  it('that lost a piece, or a byte of one, is not taken for whole', () => {
    const store = createMemoryStore()
    fill(store, ['a', LONG, LONG, 'b'])
    const pieces = piecesFrom(store)
    const read = (some: typeof pieces) => {
      const reader = createCopyReader()
      for (const { bytes } of some) reader.read(bytes)
      reader.end(pieces.at(-1)!.digest!)
    }
    read(pieces)
    expect(() => read(pieces.toSpliced(1, 1))).toThrow('the copy is not what the other server has sent')
    const changed = pieces.map(({ bytes }, index) => ({
      bytes: bytes.map((one) => (index === 1 && one === 103 ? 71 : one)),
    }))
    expect(() => read(changed)).toThrow('the copy is not what the other server has sent')
  })

  it('by another version is refused by a line', () => {
    const head = Buffer.from(`${JSON.stringify({ format: 2, log: LOG, applied: 1, followAfter: 1 })}\n`)
    expect(() => createCopyReader().read(head)).toThrow(
      'the copy is in the format 2, and this server reads 1; run the same version everywhere',
    )
  })
})

const moved = (by: number) => (place: LogPlace) => ({
  ...place,
  applied: Math.max(0, place.applied + by),
  followAfter: Math.max(0, place.followAfter + by),
})

const DEFECTS: readonly Kind[] = [
  { name: 'a place that is one too far: an entry is passed over', place: moved(1) },
  { name: 'a place that is one too near: an entry is applied twice', place: moved(-1) },
  {
    name: 'a room that is left out',
    parts: (parts) => parts.filter((part) => part.kind !== 'messages' || part.append.room !== 'garden'),
  },
  {
    name: 'files that are left out of what is counted',
    parts: (parts) =>
      parts.map((part) => {
        if (part.kind !== 'messages') return part
        const { append } = part
        const messages = append.messages.map(({ note, ...message }) =>
          note?.kind === 'file' || !note ? message : { ...message, note },
        )
        return { ...part, append: { ...append, messages, files: new Map() } }
      }),
  },
]

it.each(DEFECTS)('$name: found out', (defect) => {
  expect(fc.check(property(defect), { numRuns: 500, seed: 14, endOnFailure: true }).failed).toBe(true)
})
