import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENTRY_BYTES, type Entry } from './engine.ts'
import { createTurnReader, entriesOf, FORMAT, PIECES_LAST } from './turn.ts'

/** What a server that follows from the beginning reads. */
function read(entries: readonly Pick<Entry, 'body'>[], reader = createTurnReader()): unknown[] {
  return entries.flatMap(({ body }, i) => reader.read(i + 1, body))
}
const longest = { text: '\0'.repeat(64 * 1024) } // six bytes of JSON for each
const file = { bytes: 'x'.repeat(1_400_000) }

describe('a turn', () => {
  it('is one entry when it is short, and comes back as it was', () => {
    const changes = [{ a: 1 }, 'é𝄞 half \ud83d a pair', null, [1, 2]]
    const entries = entriesOf(changes, 't1')
    expect(entries).toHaveLength(1)
    expect(read(entries)).toEqual(changes)
    expect(entriesOf([], 't2')).toEqual([])
  })

  it('is split at 256 KiB, into entries of other ids, the same each time', () => {
    const changes = Array.from({ length: 9 }, (_, i) => ({ i, text: 'x'.repeat(60_000) }))
    const entries = entriesOf(changes, 't1')
    expect(entries.length).toBe(3)
    expect(new Set(entries.map(({ id }) => id)).size).toBe(3)
    const again = entriesOf(changes, 't1')
    expect(again.map(({ id }) => id)).toEqual(entries.map(({ id }) => id))
    for (const [i, { body }] of again.entries()) expect(Buffer.compare(body, entries[i]!.body)).toBe(0)
    for (const { body } of entries) expect(body.length).toBeLessThanOrEqual(ENTRY_BYTES)
    expect(read(entries)).toEqual(changes)
  })

  it('may hold a change that is longer than an entry: it takes effect with its last piece', () => {
    const entries = entriesOf([{ before: 1 }, longest, file, { after: 1 }], 't1')
    for (const { body } of entries) expect(body.length).toBeLessThanOrEqual(ENTRY_BYTES)
    expect(read(entries)).toEqual([{ before: 1 }, longest, file, { after: 1 }])
    expect(() => entriesOf([{ bytes: 'x'.repeat(5_000_000) }], 't2')).toThrow('too long')
  })

  it('comes back whole however its entries lie between those of others', () => {
    const turn = fc.array(
      fc.oneof(
        fc.string(),
        fc.nat(300_000).map((n) => 'y'.repeat(n)),
      ),
      { maxLength: 4 },
    )
    const turns = fc.array(turn, { minLength: 2, maxLength: 4 })
    const choices = fc.array(fc.nat(99), { minLength: 40, maxLength: 40 })
    fc.assert(
      fc.property(turns, choices, (said, picks) => {
        const queues = said.map((changes, i) => entriesOf(changes, `t${i}`))
        const log: Entry[] = []
        for (let i = 0; queues.some((queue) => queue.length > 0); i++) {
          const open = queues.filter((queue) => queue.length > 0)
          log.push(open[picks[i % picks.length]! % open.length]!.shift()!)
        }
        const sorted = (changes: readonly unknown[]) => [...changes].sort()
        expect(sorted(read(log))).toEqual(sorted(said.flat()))
        // A server that stopped anywhere reads the rest, when it begins where its reader says.
        const stop = picks[0]! % (log.length + 1)
        const reader = createTurnReader()
        const first = read(log.slice(0, stop), reader)
        const after = stop === 0 ? 0 : reader.restartAfter()
        const again = createTurnReader()
        const rest = log.slice(after).flatMap(({ body }, i) => again.read(after + i + 1, body))
        expect(new Set([...first, ...rest])).toEqual(new Set(said.flat()))
      }),
      { numRuns: 10 },
    )
  })

  it('is not disturbed by a piece that comes twice', () => {
    const [one, two, ...rest] = entriesOf([file], 't1')
    expect(read([one!, one!, two!, one!, two!, ...rest])).toEqual([file])
    expect(rest.length).toBeGreaterThan(1)
  })

  it('is forgotten when its last piece does not come: at the same place at every server', () => {
    const entries = entriesOf([longest], 't1')
    const reader = createTurnReader()
    for (const [i, { body }] of entries.slice(0, -1).entries()) reader.read(i + 1, body)
    expect(reader.restartAfter()).toBe(0)
    reader.read(2 + PIECES_LAST, entriesOf([1], 't2')[0]!.body)
    expect(reader.restartAfter()).toBe(2 + PIECES_LAST)
    expect(reader.read(3 + PIECES_LAST, entries.at(-1)!.body)).toEqual([])
  })

  it('of another version, or of another program, is refused by a line that says so', () => {
    const later = new TextEncoder().encode(`{"v":${FORMAT + 1}}\n[]`)
    expect(() => createTurnReader().read(7, later)).toThrow(
      /entry 7 .* has format 2.*same version everywhere/,
    )
    for (const foreign of ['hello', '', '{}\n[]', 'null\n[]', '\n'])
      expect(() => createTurnReader().read(7, new TextEncoder().encode(foreign))).toThrow(
        'entry 7 of the log was not written by a lab',
      )
  })
})
