import { describe, expect, it } from 'vitest'
import type { News } from '../capture/capture.ts'
import type { ConnectionNews, Exchange, Mark } from '../capture/marks.ts'
import { createSieve } from './draw/passed.ts'
import { layoutOf, targetAt, xOf, yOf } from './layout.ts'
import { step } from './steps.ts'
import { createStore, MAX_PER_LANE } from './store.ts'
import { createView, REPLAY_SPEED, USUAL_SPAN } from './view.ts'

let lastId = 0
const mark = (lane: string, at: number, more: Partial<Mark> = {}): Mark => ({
  ...{ id: ++lastId, connection: 1, lane, direction: 'toClient', kind: 'event', at, until: at },
  ...{ label: 'event', size: 10, messages: [], text: '', problem: null },
  ...more,
})
const exchange = (lane: string, sent: number, more: Partial<Exchange> = {}): Exchange => ({
  ...{
    id: ++lastId,
    connection: 1,
    lane,
    method: 'GET',
    target: '/x',
    connecting: null,
    sent,
    sentUntil: sent,
  },
  ...{
    answered: null,
    until: null,
    status: null,
    state: 'open',
    role: 'poll',
    isEmpty: false,
    isRetry: false,
  },
  ...{ request: 0, response: null },
  ...more,
})
const connection = (id: number, lane: string, closed: number | null = null): ConnectionNews => ({
  id,
  lane,
  opened: 0,
  closed,
  by: null,
})
const news = (more: Partial<News>): News => ({
  now: 0,
  marks: [],
  exchanges: [],
  connections: [],
  faults: [],
  ...more,
})

describe('what the timeline keeps', () => {
  it('orders marks by time even when they come late, and lanes as the manifest does', () => {
    const store = createStore(['sse', 'websocket'])
    store.add(
      news({ marks: [mark('websocket', 5), mark('tcp', 1), mark('sse', 9), mark('sse', 7), mark('sse', 8)] }),
    )
    expect(store.lanes.map(({ name }) => name)).toEqual(['sse', 'websocket', 'tcp'])
    expect(store.lanes[0]!.marks.map(({ until }) => until)).toEqual([7, 8, 9])
  })

  it('takes an exchange that it knows in its new state', () => {
    const store = createStore()
    const first = exchange('sse', 1)
    store.add(news({ exchanges: [first] }))
    store.add(news({ exchanges: [{ ...first, state: 'done', until: 3 }] }))
    expect(store.lanes[0]!.exchanges).toEqual([{ ...first, state: 'done', until: 3 }])
  })

  it('gives connections that are open at once places below each other, and uses a place again', () => {
    const store = createStore()
    store.add(news({ connections: [connection(1, 'sse'), connection(2, 'sse')] }))
    store.add(news({ connections: [connection(1, 'sse', 5)] }))
    store.add(news({ connections: [connection(3, 'sse')] }))
    expect([1, 2, 3].map((id) => store.placeOf(id))).toEqual([0, 1, 0])
    expect(store.lanes[0]!.depth).toBe(2)
  })

  it('lets the oldest marks and the finished exchanges go, and keeps what is open', () => {
    const store = createStore()
    store.add(news({ exchanges: [exchange('sse', 0)] }))
    for (let at = 1; at <= MAX_PER_LANE * 2; at++)
      store.add(
        news({ marks: [mark('sse', at)], exchanges: [exchange('sse', at, { state: 'done', until: at })] }),
      )
    const [lane] = store.lanes
    expect(lane!.marks.length).toBeLessThanOrEqual(MAX_PER_LANE + 1_000)
    expect(lane!.marks.at(-1)!.until).toBe(MAX_PER_LANE * 2)
    expect(lane!.exchanges.length).toBeLessThanOrEqual(MAX_PER_LANE + 1_000)
    expect(lane!.exchanges[0]!.state).toBe('open')
    expect(store.mark(lane!.marks[0]!.id)).toBe(lane!.marks[0])
  })
})

describe('the view', () => {
  it('follows the server’s clock when live, and goes back for no news that came late', () => {
    const view = createView()
    view.hear(1_000_000, 100)
    const end = view.endAt(200)
    view.hear(1_000_050, 300) // on its way for long
    expect(view.endAt(300)).toBe(end + 100)
    expect(view.serverNow(300)).toBe(1_000_200)
  })

  it('stands when it is stopped, replays at a tenth of the speed, and goes live again', () => {
    const view = createView()
    view.hear(1_000_000, 0)
    view.stop(0)
    const end = view.endAt(0)
    expect(view.endAt(5_000)).toBe(end)
    view.live()
    view.replay(10_000)
    const from = view.endAt(10_000)
    expect(from).toBe(end + 10_000 - USUAL_SPAN)
    expect(view.endAt(11_000)).toBeCloseTo(from + 1_000 * REPLAY_SPEED)
    view.live()
    expect(view.endAt(11_000)).toBe(end + 11_000)
  })

  it('zooms around what is pointed at, within its bounds', () => {
    const view = createView()
    view.hear(1_000_000, 0)
    view.stop(0)
    const end = view.endAt(0)
    const around = end - USUAL_SPAN / 4
    view.zoom(-1, 0, around)
    expect((view.endAt(0) - around) / view.span).toBeCloseTo(0.25)
    for (let i = 0; i < 20; i++) view.zoom(-1, 0)
    expect(view.span).toBe(250)
    for (let i = 0; i < 20; i++) view.zoom(1, 0)
    expect(view.span).toBe(300_000)
  })

  it('stops to show a mark, and moves only when that is not in view', () => {
    const view = createView()
    view.hear(1_000_000, 0)
    const end = view.endAt(0)
    view.show(end - 3_000, 0)
    expect(view.endAt(0)).toBe(end)
    view.show(end - 60_000, 0)
    expect(view.endAt(0)).toBe(end - 60_000 + USUAL_SPAN / 2)
  })
})

describe('what is under the pointer', () => {
  const store = createStore(['sse', 'websocket'])
  const event = mark('sse', 5_000)
  const poll = exchange('websocket', 2_000, {
    connection: 2,
    sentUntil: 2_010,
    answered: 4_000,
    until: 4_010,
    state: 'done',
  })
  store.add(
    news({
      connections: [connection(1, 'sse'), connection(2, 'websocket')],
      marks: [event],
      exchanges: [poll],
    }),
  )
  const layout = layoutOf(store.lanes, 1_000, [0, 10_000], false)
  const [sse, websocket] = layout.rows

  it('is a mark within reach, a bar along its length, and nothing elsewhere', () => {
    const x = xOf(layout, 5_000)
    expect(targetAt(layout, store, x + 4, yOf(sse!, 0))).toMatchObject({
      kind: 'mark',
      mark: { id: event.id },
    })
    expect(targetAt(layout, store, x + 30, yOf(sse!, 0))).toBeNull()
    expect(targetAt(layout, store, xOf(layout, 3_000), yOf(websocket!, 0))).toMatchObject({
      kind: 'exchange',
      exchange: { id: poll.id },
    })
    expect(targetAt(layout, store, xOf(layout, 6_000), yOf(websocket!, 0))).toBeNull()
    expect(targetAt(layout, store, x, 2)).toBeNull()
  })
})

describe('stepping by keys', () => {
  const store = createStore(['a', 'b'])
  const [one, beat, two] = [
    mark('a', 1, { messages: ['m'] }),
    mark('a', 2, { kind: 'heartbeat' }),
    mark('a', 3),
  ]
  const [early, same] = [mark('b', 1), mark('b', 9, { messages: ['m'] })]
  store.add(news({ marks: [one, beat, two, early, same] }))

  it('goes to the next and the previous mark of a lane, passing over heartbeats, and stays at an end', () => {
    expect(step(store, one, 'next')).toBe(two)
    expect(step(store, two, 'previous')).toBe(one)
    expect(step(store, two, 'next')).toBe(two)
    expect(step(store, null, 'next')).toBe(two)
    expect([step(store, two, 'first'), step(store, one, 'last')]).toEqual([one, two])
  })

  it('goes to the same message in the lane below, or else to what passed at about that time', () => {
    expect(step(store, one, 'down')).toBe(same)
    expect(step(store, two, 'down')).toBe(early)
    expect(step(store, same, 'up')).toBe(one)
    expect(step(store, same, 'down')).toBe(same)
  })
})

describe('a crowded row', () => {
  const SECONDS = 10
  /** At a hundred a second, of those after two seconds: which are drawn, in a picture that begins then. */
  function drawnFrom(start: number): number[] {
    const isFirst = createSieve(layoutOf([], 850, [start, start + SECONDS * 1_000], false), 3)
    const all = Array.from({ length: SECONDS * 100 }, (_, n) => n * 10)
    return all.filter((time) => time >= start && isFirst(1, time)).filter((time) => time >= 2_000)
  }

  it('has one mark drawn in each three pixels, and the same ones when the picture has moved', () => {
    expect(drawnFrom(0).length).toBeGreaterThan(200)
    expect(drawnFrom(0).length).toBeLessThan((850 * 0.8) / 3 + 2)
    expect(drawnFrom(137)).toEqual(drawnFrom(0))
  })

  it('hides no mark of one connection behind that of another', () => {
    const isFirst = createSieve(layoutOf([], 850, [0, 10_000], false), 3)
    expect([1, 2, 1, 2].map((connection) => isFirst(connection, 5_000))).toEqual([true, true, false, false])
  })
})
