import { expect, it, vi } from 'vitest'
import { createManualClock } from '../../../lab/verify/kit/manual-clock.ts'
import { byWire } from './by-wire.ts'
import { createWires } from './wires.ts'

const ORIGIN = 'http://localhost:3000'
/** The server's clock is ahead of the page's by so much, in milliseconds. */
const AHEAD_MS = 60_000

/** A page, and a server that keeps faults as the lab's does: by its own clock. */
function fixture() {
  const clock = createManualClock()
  const asked: string[] = []
  let active: { id: string; until: number; lanes: string[]; fault: string }[] = []
  let isDown = false
  let ids = 0
  let port = 3003
  const serverNow = () => clock.now() + AHEAD_MS
  const wires = createWires({
    origin: ORIGIN,
    now: () => clock.now(),
    platform: {
      clock,
      async fetch(input, init = {}) {
        const method = init.method ?? 'GET'
        const { origin, pathname } = new URL(String(input))
        asked.push(`${method} ${origin === ORIGIN ? pathname : input}`)
        if (isDown) throw new TypeError('fetch failed')
        if (method === 'POST') {
          const { fault, lanes, seconds, settings } = JSON.parse(String(init.body))
          if (fault === 'refused') return json({ code: 'not-allowed', message: 'not you' }, 403)
          const until = serverNow() + (seconds ?? 3_600) * 1_000
          const made = { id: `${++ids}`, fault, lanes, settings, since: serverNow(), until, mine: true }
          active.push(made)
          return json(made, 201)
        }
        if (method === 'DELETE') {
          const id = pathname.split('/')[3]
          active = active.filter((one) => id !== undefined && one.id !== id)
          return new Response(null, { status: 204 })
        }
        active = active.filter(({ until }) => until > serverNow())
        const lanes = [{ name: 'sse', port, origin: `http://localhost:${port}` }]
        return json({
          single: false,
          lanes,
          faults: [],
          presets: [],
          active,
          mayAll: false,
          now: serverNow(),
        })
      },
    },
  })
  const silence = (seconds: number | null) =>
    ({ fault: 'silence', lanes: ['sse'], settings: {}, seconds, whose: 'mine' }) as const
  return {
    ...{ wires, clock, asked, silence },
    move: (to: number) => (port = to),
    fails: (down: boolean) => (isDown = down),
    healElsewhere: () => (active = []),
  }
}

const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status })

it('the page asks once where its lanes are, and each lane without a port goes by the server’s own', async () => {
  const { wires, asked } = fixture()
  expect(wires.originOf('sse')).toBe(ORIGIN)
  await Promise.all([wires.ready(), wires.ready()])
  expect(asked).toEqual(['GET /wires'])
  expect(wires.originOf('sse')).toBe('http://localhost:3003')
  expect(wires.originOf('auto')).toBe(ORIGIN)
})

it('a server that does not answer has one port, and the lanes wait for it five seconds at most', async () => {
  const failing = fixture()
  failing.fails(true)
  await failing.wires.ready()
  expect(failing.wires.info.single).toBe(true)

  const clock = createManualClock()
  const wires = createWires({
    ...{ origin: ORIGIN, now: () => 0 },
    platform: { clock, fetch: () => new Promise(() => {}) },
  })
  let isReady = false
  void wires.ready().then(() => (isReady = true))
  await clock.pass(4_999)
  expect(isReady).toBe(false)
  await clock.pass(1)
  expect(isReady).toBe(true)
  expect(wires.originOf('sse')).toBe(ORIGIN)
})

it('a fault that was set is on its lanes at once, and its time runs by the server’s clock', async () => {
  const { wires, clock, silence } = fixture()
  await wires.ready()
  await wires.set(silence(5))
  const [fault] = wires.activeOn('sse')
  expect(fault).toMatchObject({ fault: 'silence', mine: true })
  expect(wires.activeOn('websocket')).toEqual([])
  await clock.pass(2_000)
  expect(wires.leftMs(fault!)).toBe(3_000)
  await clock.pass(3_100)
  expect(wires.activeOn('sse')).toEqual([])
})

it('what is active is asked for again until nothing is, and then no timer is left', async () => {
  const { wires, clock, asked, silence, healElsewhere } = fixture()
  await wires.ready()
  await wires.set(silence(null))
  asked.length = 0
  await clock.pass(4_000)
  expect(asked).toEqual(['GET /wires', 'GET /wires'])
  expect(wires.leftMs(wires.activeOn('sse')[0]!)).toBe(3_596_000)
  const told = vi.fn()
  wires.onChange(told)
  healElsewhere()
  await clock.pass(2_000)
  expect(wires.activeOn('sse')).toEqual([])
  expect(told).toHaveBeenCalled()
  expect(clock.alarms).toBe(0)
})

it('a fault is healed alone, and all of them together', async () => {
  const { wires, asked, silence } = fixture()
  await wires.ready()
  for (let n = 0; n < 3; n++) await wires.set(silence(60))
  await wires.heal('2')
  expect(wires.activeOn('sse').map(({ id }) => id)).toEqual(['1', '3'])
  await wires.healAll()
  expect(wires.activeOn('sse')).toEqual([])
  expect(asked).toContain('DELETE /wires/faults/2')
  expect(asked).toContain('DELETE /wires/faults')
})

it('what the server refuses is thrown in its words, and changes nothing', async () => {
  const { wires } = fixture()
  await wires.ready()
  const refused = wires.set({ fault: 'refused', lanes: 'all lanes', settings: {}, seconds: 1, whose: 'all' })
  await expect(refused).rejects.toThrow('not you')
  expect(wires.info.active).toEqual([])
})

it('while the server is down, a fault ends by its own time, and its ports are not forgotten', async () => {
  const { wires, clock, silence, fails } = fixture()
  await wires.ready()
  await wires.set(silence(3))
  fails(true)
  await clock.pass(2_500)
  expect(wires.activeOn('sse')).toHaveLength(1)
  await clock.pass(1_000)
  expect(wires.activeOn('sse')).toEqual([])
  expect(wires.originOf('sse')).toBe('http://localhost:3003')
})

it('a lane whose port is another since the page was opened goes by the server’s own: the page’s policy names the old one', async () => {
  const { wires, move } = fixture()
  await wires.ready()
  move(4_003)
  await wires.look()
  expect(wires.originOf('sse')).toBe(ORIGIN)
  move(3_003)
  await wires.look()
  expect(wires.originOf('sse')).toBe('http://localhost:3003')
})

it('a lane on a port of its own sends the cookie along, unless the request itself says not to', async () => {
  const fetch = vi.fn(async () => new Response())
  const platform = byWire({ fetch } as never)
  await platform.fetch('http://localhost:3003/', { method: 'POST' })
  await platform.fetch('http://localhost:3003/', { credentials: 'omit' })
  expect(fetch.mock.calls).toEqual([
    ['http://localhost:3003/', { credentials: 'include', method: 'POST' }],
    ['http://localhost:3003/', { credentials: 'omit' }],
  ])
})

it('a pitfall is on at once, is asked after while it is, and goes when the server says so', async () => {
  const clock = createManualClock()
  let pitfalls: object[] = []
  const asked: string[] = []
  const wires = createWires({
    ...{ origin: ORIGIN, now: () => clock.now() },
    platform: {
      clock,
      async fetch(input, init = {}) {
        const method = init.method ?? 'GET'
        asked.push(`${method} ${new URL(String(input)).pathname}`)
        if (method === 'POST') {
          const order = JSON.parse(String(init.body)) as { pitfall: string; lane: string }
          if (order.pitfall === 'refused') return json({ code: 'not-allowed', message: 'not you' }, 403)
          pitfalls = [{ ...order, path: '/deaf', since: clock.now(), until: clock.now() + 3_600_000 }]
          return json(pitfalls[0], 201)
        }
        if (method === 'DELETE') pitfalls = []
        if (method === 'DELETE') return new Response(null, { status: 204 })
        return json({ single: false, lanes: [{ name: 'sse', origin: ORIGIN }], pitfalls, now: clock.now() })
      },
    },
  })
  await wires.ready()
  await wires.switchPitfallOn('no-cursor', 'sse')
  const on = { pitfall: 'no-cursor', lane: 'sse', path: '/deaf' }
  expect(wires.info.pitfalls).toMatchObject([on])
  await expect(wires.switchPitfallOn('refused', 'sse')).rejects.toThrow('not you')
  expect(wires.info.pitfalls).toMatchObject([on])
  asked.length = 0
  await clock.pass(2_000)
  expect(asked).toEqual(['GET /wires'])
  await wires.switchPitfallOff('sse')
  expect(asked).toContain('DELETE /wires/pitfalls/sse')
  await clock.pass(5_000) // what the lanes would have waited at most
  expect([wires.info.pitfalls, clock.alarms]).toEqual([[], 0])
})

it('the teacher’s token is shown with all that is asked once it has proven right, and not before', async () => {
  const shown: (string | null)[] = []
  const wires = createWires({
    ...{ origin: ORIGIN, now: () => 0 },
    platform: {
      clock: createManualClock(),
      async fetch(_input, init = {}) {
        const token = new Headers(init.headers).get('teacher-token')
        shown.push(token)
        return json({ single: false, lanes: [], mayAll: token === 'right', now: 0 })
      },
    },
  })
  await expect(wires.useToken('wrong')).rejects.toThrow('not the token')
  await wires.look()
  await wires.useToken('right')
  await wires.look()
  expect(shown).toEqual(['wrong', null, 'right', 'right'])
  expect(wires.info.mayAll).toBe(true)
})
