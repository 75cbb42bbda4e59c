import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createSeqSet } from './seq-set.ts'

it('holds what a plain set would hold, in whatever order it came', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 80 })
  fc.assert(
    fc.property(numbers, numbers, fc.nat(60), fc.nat(60), (mine, theirs, after, upTo) => {
      const [plain, others] = [new Set<number>(), new Set(theirs)]
      const [set, other] = [createSeqSet(), createSeqSet()]
      for (const seq of theirs) other.add(seq)
      for (const seq of mine) {
        expect(set.add(seq)).toBe(!plain.has(seq))
        plain.add(seq)
      }
      expect(set.size).toBe(plain.size)
      expect(set.max).toBe(plain.size === 0 ? null : Math.max(...plain))
      for (let seq = 1; seq <= 60; seq++) expect(set.has(seq)).toBe(plain.has(seq))
      const within = [...plain].filter((seq) => seq > after && seq <= upTo)
      expect(set.countIn(after, upTo)).toBe(within.length)
      const missing = [...plain].filter((seq) => seq > after && seq <= upTo && !others.has(seq))
      expect(set.countMissingIn(other, after, upTo)).toBe(missing.length)
    }),
  )
})

it('is empty again when it is cleared', () => {
  const set = createSeqSet()
  set.add(3)
  set.clear()
  expect([set.size, set.max, set.has(3)]).toEqual([0, null, false])
})
