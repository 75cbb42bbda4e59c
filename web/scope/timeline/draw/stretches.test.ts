import { expect, it, vi } from 'vitest'
import type { Mark } from '../../capture/marks.ts'
import { layoutOf } from '../layout.ts'
import { createStore, type Store } from '../store.ts'
import { createSieve } from './passed.ts'
import { stretchesOf } from './stretches.ts'

/** Where the marks of a path stand; a node has no canvas. */
class FakePath {
  readonly marks: { id: number; x: number }[] = []
}
vi.stubGlobal('Path2D', FakePath)

const SIEVE_PX = 3
let lastId = 0
const mark = (until: number, more: Partial<Mark> = {}): Mark => ({
  ...{ id: ++lastId, connection: 1, lane: 'sse', direction: 'toClient', kind: 'event', at: until, until },
  ...{ label: 'event', size: 10, messages: [], text: '', problem: null },
  ...more,
})
const add = (store: Store, marks: Mark[]) =>
  store.add({ now: 0, marks, exchanges: [], connections: [], faults: [] })

/** Ten seconds of the row, a hundred pixels each, that end so many milliseconds after the beginning. */
function look(store: Store, end: number, span = 10_000) {
  const layout = layoutOf(store.lanes, 1_000, [end - span, end], false)
  return stretchesOf(layout, layout.rows[0]!, store, {
    sievePx: SIEVE_PX,
    sieve: () => createSieve(layout, SIEVE_PX),
    addShape: (path, x, _y, { id }) => (path as unknown as FakePath).marks.push({ id, x }),
  })
}
const pathsOf = (store: Store, end: number) => look(store, end).map(({ plain }) => plain)
const every = (ms: number, until: number) => Array.from({ length: until / ms }, (_, n) => mark(n * ms))

it('while the picture moves and nothing comes, no path is made again', () => {
  const store = createStore()
  add(store, every(10, 10_000))
  const before = pathsOf(store, 10_000)
  expect(before.length).toBeGreaterThan(4)
  const after = pathsOf(store, 10_033)
  expect(after).toHaveLength(before.length)
  for (const [index, path] of after.entries()) expect(path).toBe(before[index])
})

it('what comes, and what comes late, makes the path of its own time again and no other', () => {
  const store = createStore()
  add(store, every(10, 10_000))
  const before = pathsOf(store, 10_000)
  add(store, [mark(9_999), mark(5)])
  const after = pathsOf(store, 10_000)
  const isSame = after.map((path, index) => path === before[index])
  expect(isSame.indexOf(false)).toBe(0)
  expect(isSame.lastIndexOf(false)).toBe(isSame.length - 1)
  expect(isSame.slice(1, -1)).toEqual(isSame.slice(1, -1).map(() => true))
})

it('draws the marks that the sieve lets through over the whole row, where they are', () => {
  const store = createStore()
  const marks = every(7, 10_000)
  add(store, marks)
  const layout = layoutOf(store.lanes, 1_000, [0, 10_000], false)
  const isFirst = createSieve(layout, SIEVE_PX)
  const wanted = marks.filter(({ connection, until }) => isFirst(connection, until))
  const drawn = look(store, 10_000).flatMap(({ start, plain }) =>
    (plain as unknown as FakePath).marks.map(({ id, x }) => ({ id, x: start / 10 + x })),
  )
  expect(drawn.map(({ id }) => id)).toEqual(wanted.map(({ id }) => id))
  for (const [index, { x }] of drawn.entries())
    expect(Math.abs(x - wanted[index]!.until / 10)).toBeLessThanOrEqual(0.25)
})

it('what is wrong is drawn by itself, and never left out', () => {
  const store = createStore()
  const wrong = [mark(1_000.1, { problem: 'masked' }), mark(1_000.2, { problem: 'masked' })]
  const heartbeat = mark(2_000, { kind: 'heartbeat' })
  add(store, [mark(1_000), ...wrong, heartbeat])
  expect(look(store, 10_000).flatMap(({ special }) => special)).toEqual([...wrong, heartbeat])
})

it('for another zoom, all paths are made again; and those that have left the picture are let go', () => {
  const store = createStore()
  add(store, every(10, 10_000))
  const before = pathsOf(store, 10_000)
  expect(look(store, 10_000, 5_000).some(({ plain }) => before.includes(plain))).toBe(false)
  expect(look(store, 30_000)).toEqual([])
  expect(pathsOf(store, 10_000)[0]).not.toBe(before[0])
})
