/**
 * A cost that was measured at a few loads, as a curve over all loads: straight from one measured point to the next,
 * and beyond the last one in proportion. Straight pieces have a virtue that a fitted formula lacks: they
 * invent nothing between two measurements, and where two curves cross is found exactly.
 */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Curve {
  /** By x, ascending, at least one; neither x nor y falls below 0. */
  readonly points: readonly Point[]
  /** How steep it is after the last point. */
  readonly slope: number
}

/**
 * A curve that begins at `atZero` and goes through what was measured.
 *
 * More load never costs less, so a point that lies below an earlier one is the measurement's noise, and is
 * raised to it. After the last point the cost per unit stays what it was there, so the whole grows in proportion.
 */
export function curveThrough(measured: readonly Point[], atZero: number): Curve {
  const points: Point[] = [{ x: 0, y: atZero }]
  let last = 0
  let highest = atZero
  for (const { x, y } of [...measured].sort((a, b) => a.x - b.x)) {
    if (x <= last) continue
    last = x
    highest = Math.max(highest, y)
    points.push({ x, y: highest })
  }
  return { points, slope: last > 0 ? highest / last : 0 }
}

export function valueAt({ points, slope }: Curve, x: number): number {
  const after = points.findIndex((point) => point.x >= x)
  if (after < 0) {
    const { x: lastX, y: lastY } = points.at(-1)!
    return lastY + slope * (x - lastX)
  }
  const next = points[after]!
  const before = points[after - 1]
  if (!before) return next.y
  return before.y + ((x - before.x) / (next.x - before.x)) * (next.y - before.y)
}

/** The same cost with both axes stretched, plus a rise that grows with x. */
export function stretched(
  { points, slope }: Curve,
  { x = 1, y = 1, rise = 0 }: { readonly x?: number; readonly y?: number; readonly rise?: number },
): Curve {
  return {
    points: points.map((point) => ({ x: point.x * x, y: point.y * y + rise * point.x * x })),
    slope: (slope * y) / x + rise,
  }
}

/**
 * Where the two change places: exactly, since both are made of straight pieces. Where they only touch,
 * or run along each other, nothing is reported, for nothing changes.
 */
export function crossings(one: Curve, other: Curve): readonly number[] {
  const knots = [...new Set([...one.points, ...other.points].map(({ x }) => x))].sort((a, b) => a - b)
  const gap = (x: number) => {
    const a = valueAt(one, x)
    const b = valueAt(other, x)
    return Math.abs(a - b) <= ROUNDING * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a - b
  }
  const found: number[] = []
  // The last place where they differed, and where after it they first met.
  let side = 0
  let met: number | null = null
  const meet = (x: number, difference: number, from: number, before: number) => {
    if (difference === 0) {
      met ??= x
      return
    }
    if (side !== 0 && Math.sign(difference) !== side)
      found.push(met ?? zeroBetween(from, before, x, difference))
    side = Math.sign(difference)
    met = null
  }
  knots.forEach((x, i) => {
    const from = knots[i - 1] ?? x
    meet(x, gap(x), from, gap(from))
  })
  // After the last knot both are straight for ever: they meet where the steeper one has made up the difference.
  const end = knots.at(-1)!
  const start = gap(end)
  const apart = one.slope - other.slope
  const closing = Math.abs(apart) <= ROUNDING * Math.max(one.slope, other.slope) ? 0 : apart
  if (start !== 0 && Math.sign(closing) === -Math.sign(start)) found.push(end - start / closing)
  else if (met !== null && side !== 0 && Math.sign(closing) === -side) found.push(met)
  return found
}

/** Two costs that differ by less are the same number, computed in two ways. */
const ROUNDING = 1e-12

const zeroBetween = (x0: number, y0: number, x1: number, y1: number): number =>
  x0 + ((x1 - x0) * y0) / (y0 - y1)
