import { expect, it } from 'vitest'
import { createRush, RUSH_SPAN_MS } from './rush.ts'

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
