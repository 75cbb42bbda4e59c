import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Curve, crossings, curveThrough, stretched, valueAt } from './curve.ts'

const line = (atZero: number, slope: number): Curve => ({ points: [{ x: 0, y: atZero }], slope })

const anyCurve = fc
  .record({
    atZero: fc.double({ min: 0, max: 1_000, noNaN: true }),
    points: fc.array(
      fc.record({
        // Hundredths: between two neighbouring floating-point numbers no crossing could be told.
        x: fc.integer({ min: 1, max: 100_000 }).map((hundredths) => hundredths / 100),
        y: fc.double({ min: 0, max: 100_000, noNaN: true }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ atZero, points }) => curveThrough(points, atZero))

describe('a curve through measured points', () => {
  const curve = curveThrough(
    [
      { x: 10, y: 100 },
      { x: 1, y: 20 },
    ],
    2,
  )

  it.each([
    [0, 2],
    [0.5, 11],
    [1, 20],
    [5.5, 60],
    [10, 100],
    [20, 200],
  ])('at %d is %d', (x, y) => expect(valueAt(curve, x)).toBeCloseTo(y, 9))

  it('raises a dip, which is noise, to what was measured at less load', () => {
    const dipped = curveThrough(
      [
        { x: 1, y: 50 },
        { x: 2, y: 40 },
        { x: 3, y: 90 },
      ],
      0,
    )
    expect([1, 2, 3].map((x) => valueAt(dipped, x))).toEqual([50, 50, 90])
  })

  it('never falls', () => {
    const load = fc.double({ min: 0, max: 5_000, noNaN: true })
    fc.assert(
      fc.property(anyCurve, load, load, (any, a, b) => {
        const [less, more] = a < b ? [a, b] : [b, a]
        expect(valueAt(any, more)).toBeGreaterThanOrEqual(valueAt(any, less) - 1e-6)
      }),
    )
  })

  it('can be stretched, before and after its last point', () => {
    const wide = stretched(curve, { x: 2, y: 3, rise: 1 })
    for (const x of [0, 0.7, 1, 5, 10, 40]) {
      expect(valueAt(wide, 2 * x)).toBeCloseTo(3 * valueAt(curve, x) + 2 * x, 9)
    }
  })
})

describe('where two curves cross', () => {
  it('is found exactly', () => {
    expect(crossings(line(8, 1.5), line(0, 2))).toEqual([16])
    expect(crossings(line(0, 2), line(8, 1.5))).toEqual([16])
  })

  it('is nowhere for lines that never meet, run along each other, or only touch', () => {
    expect(crossings(line(1, 1), line(2, 1))).toEqual([])
    expect(crossings(line(1, 1), line(1, 1))).toEqual([])
    expect(crossings(line(1, 2), line(1, 1))).toEqual([])
    const roof: Curve = { points: [0, 1, 2].map((x) => ({ x, y: x === 1 ? 5 : 4 })), slope: 0 }
    expect(crossings(roof, line(5, 0))).toEqual([])
  })

  it('may be on a corner, and after a stretch in common', () => {
    const bent: Curve = { points: [0, 1, 2].map((x) => ({ x, y: [0, 2, 6][x]! })), slope: 4 }
    expect(crossings(bent, line(1, 1))).toEqual([1])
    const along: Curve = { points: [0, 1, 2].map((x) => ({ x, y: [1, 3, 3][x]! })), slope: 4 }
    expect(crossings(along, line(3, 0))).toEqual([1])
  })

  it('is where both cost the same, and marks every change of places', () => {
    fc.assert(
      fc.property(anyCurve, anyCurve, (one, other) => {
        const found = crossings(one, other)
        const highest = Math.max(1, ...[...one.points, ...other.points].map(({ y }) => y))
        const rounding = (a: number, b: number) => 1e-9 * Math.max(highest, a, b)
        expect([...found].sort((a, b) => a - b)).toEqual(found)
        for (const x of found) {
          const [a, b] = [valueAt(one, x), valueAt(other, x)]
          expect(Math.abs(a - b)).toBeLessThanOrEqual(rounding(a, b))
        }
        // Between two crossings the order of the two stays the same: looked at in many spots.
        const ends = [0, ...found, (found.at(-1) ?? 1_000) * 2 + 10]
        for (let i = 1; i < ends.length; i++) {
          const [from, to] = [ends[i - 1]!, ends[i]!]
          const signs = Array.from({ length: 20 }, (_, n) => {
            const x = from + ((n + 0.5) / 20) * (to - from)
            const [a, b] = [valueAt(one, x), valueAt(other, x)]
            return Math.abs(a - b) <= rounding(a, b) ? 0 : Math.sign(a - b)
          }).filter((sign) => sign !== 0)
          expect(new Set(signs).size).toBeLessThanOrEqual(1)
        }
      }),
    )
  })
})
