import { expect, it } from 'vitest'
import { createRush, RUSH_DRAW_MS, RUSH_SPAN_MS, rushLines, untilNextDraw } from './rush.ts'

/** Draws at each of so many milliseconds for a second; returns in which drawings there was a rush. */
function draw(rush: ReturnType<typeof createRush>, at: { now: number; key: number }, perSecond: number) {
  const seen: boolean[] = []
  const end = at.now + RUSH_SPAN_MS
  for (let came = at.key; at.now < end; at.now += 50) {
    came += perSecond / 20
    at.key = Math.floor(came)
    seen.push(rush.look(at.key, at.now))
  }
  return seen
}

it('two messages a second are no rush, and a hundred are one within a second', () => {
  const rush = createRush()
  const at = { now: 5_000, key: 0 }
  expect(draw(rush, at, 2)).not.toContain(true)
  const seen = draw(rush, at, 100)
  expect(seen.indexOf(true)).toBeLessThan(6)
  expect(seen.slice(6)).not.toContain(false)
})

it('a rush is over a second after its last line, at the next look', () => {
  const rush = createRush()
  const at = { now: 5_000, key: 0 }
  draw(rush, at, 100)
  draw(rush, at, 100)
  rush.look(at.key, at.now + RUSH_SPAN_MS)
  expect(rush.look(at.key, at.now + 2 * RUSH_SPAN_MS)).toBe(false)
})

it('what stands there at the first look is none, and neither is another conversation, whose keys begin again', () => {
  const rush = createRush()
  expect(rush.look(199, 5_000)).toBe(false)
  expect(rush.look(0, 5_100)).toBe(false)
  expect(rush.look(2, 5_200)).toBe(false)
})

it('as many lines are drawn as fill what is in view, and two more to scroll to', () => {
  expect(rushLines(150, 40)).toBe(6)
  expect(rushLines(150, 20)).toBe(10)
  expect(rushLines(150, 0), 'before it is known how high a line is').toBe(12)
})

it('drawing takes a fifth of the time at most, and is done twenty times a second at most', () => {
  expect(untilNextDraw(3)).toBe(RUSH_DRAW_MS)
  expect(untilNextDraw(40)).toBe(200)
})
