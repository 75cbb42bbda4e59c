/** Attempts to put a defect into another visitor's lane, to come to a defective server half without leave, and to leave one on. */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { PITFALLS } from '../../app/pitfalls/index.ts'
import type { LanesOptions } from '../../server/wires/lanes.ts'
import { lanesOf, pitfallPath } from '../../server/wires/pitfall-mounts.ts'
import { MAX_VISITORS } from '../../server/wires/pitfalls.ts'
import type { WiresState } from '../../wires/control.ts'
import type { PitfallsState } from '../../wires/pitfalls/control.ts'
import { startTestServer } from '../kit/test-server.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'

let bench: LanesBench
const sockets: WebSocket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.terminate()
  await bench?.close()
})
const start = async (options: Partial<LanesOptions> = {}, lab: LabOptions = {}) => {
  bench = await startWithLanes(options, lab)
}

/** A client that is not on this machine, as far as the server can tell: documentation's own address (RFC 5737). */
const FAR_AWAY = { addressOf: () => '203.0.113.9' }
const ORDER = { pitfall: 'no-cursor', lane: 'long-polling' }
const DEFECTIVE = `${pitfallPath(ORDER.pitfall, ORDER.lane)}/rooms/square/messages`

type Headers = Readonly<Record<string, string>>

const get = (path: string, headers: Headers = {}, at = bench.server.url) => fetch(`${at}${path}`, { headers })
const order = (headers: Headers, body: unknown = ORDER, at = bench.server.url) =>
  fetch(`${at}/wires/pitfalls`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const switchOff = (headers: Headers, path = '/wires/pitfalls') =>
  fetch(`${bench.server.url}${path}`, { method: 'DELETE', headers })
const activeOf = async (cookie: string) =>
  ((await (await get('/wires/pitfalls', { cookie })).json()) as PitfallsState).active
const statusAt = async (cookie: string, at = bench.server.url, path = DEFECTIVE) =>
  (await get(`${path}?wait=0`, { cookie }, at)).status

describe('a pitfall of another visitor', () => {
  it('is on for the one who switched it on, and there for no other', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    expect((await order({ cookie: own })).status).toBe(201)
    for (const at of [bench.server.url, bench.laneOf(ORDER.lane)]) {
      expect(await statusAt(own, at)).toBe(200)
      expect(await statusAt(other, at)).toBe(404)
      expect((await get(DEFECTIVE, {}, at)).status).toBe(404)
    }
    expect(await activeOf(other)).toEqual([])
    expect(((await (await get('/wires', { cookie: other })).json()) as WiresState).pitfalls).toEqual([])
  })

  it('cannot be ordered by naming the visitor, and not without being one', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    for (const more of [{ visitor: other }, { whose: 'all' }, { cookie: other }])
      expect((await order({ cookie: own }, { ...ORDER, ...more })).status).toBe(400)
    expect((await order({})).status).toBe(401)
    expect(await activeOf(other)).toEqual([])
    expect(await statusAt(other)).toBe(404)
  })

  it('is not switched off by a stranger', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    await order({ cookie: own })
    await switchOff({ cookie: other })
    await switchOff({ cookie: other }, `/wires/pitfalls/${ORDER.lane}`)
    expect(await activeOf(own)).toMatchObject([ORDER])
    expect((await switchOff({ cookie: own }, `/wires/pitfalls/${ORDER.lane}`)).status).toBe(204)
    expect(await statusAt(own)).toBe(404)
  })

  it('cuts none of the others’ connections when it is switched on or off', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const open = async (cookie: string) => {
      const at = `ws://127.0.0.1:${bench.portOf('websocket')}/transports/websocket/rooms/square/socket`
      const socket = new WebSocket(at, { headers: { cookie } })
      sockets.push(socket)
      socket.on('error', () => {})
      await once(socket, 'open')
      return socket
    }
    const [mine, theirs] = [await open(own), await open(other)]
    const closed = once(mine, 'close')
    await order({ cookie: own }, { pitfall: 'no-resume', lane: 'websocket' })
    await closed
    await switchOff({ cookie: own })
    const heard = once(theirs, 'message')
    bench.server.say('square', 'still here')
    expect(String((await heard)[0])).toContain('still here')
  })
})

describe('a pitfall without leave', () => {
  it('is not for a client on another machine, whatever it says', async () => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    const far = bench.laneOf(ORDER.lane)
    for (const more of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { 'teacher-token': '' },
      { 'teacher-token': `${bench.teacher.token}x` },
      { authorization: `Bearer ${bench.teacher.token}` },
    ]) {
      const response = await order({ cookie, ...more } as Headers, ORDER, far)
      expect([401, 403], JSON.stringify(more)).toContain(response.status)
    }
    expect(await activeOf(cookie)).toEqual([])
    expect(await statusAt(cookie, far)).toBe(404)
    const state = (await (await get('/wires/pitfalls', { cookie }, far)).json()) as PitfallsState
    expect(state.off).toContain('the teacher’s token')
  })

  it('is for the teacher’s token, from anywhere', async () => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    const far = bench.laneOf(ORDER.lane)
    const response = await order({ cookie, 'teacher-token': bench.teacher.token }, ORDER, far)
    expect(response.status).toBe(201)
    expect(await statusAt(cookie, far)).toBe(200)
  })

  it('is not ordered, switched off or read by a page of another origin', async () => {
    await start()
    const cookie = await bench.visitor()
    const origin = 'https://evil.example'
    expect((await order({ cookie, origin })).status).toBe(403)
    expect(await activeOf(cookie)).toEqual([])
    await order({ cookie })
    expect((await switchOff({ cookie, origin })).status).toBe(403)
    expect(await activeOf(cookie)).toMatchObject([ORDER])
    // Its cookie counts for nothing there, so the defective half is not there either.
    expect((await get(DEFECTIVE, { cookie, origin }, bench.laneOf(ORDER.lane))).status).toBe(404)
  })

  it.each([
    ['{', 'bad-json'],
    [{}, 'pitfall: '],
    [{ pitfall: 'gremlins', lane: 'sse' }, 'there is no pitfall'],
    [{ pitfall: 'no-cursor', lane: 'sse' }, 'is not for the lane'],
    [{ pitfall: 'no-cursor', lane: '../sse' }, 'is not for the lane'],
    [{ pitfall: 'x'.repeat(65), lane: 'sse' }, 'pitfall: '],
  ])('is refused in a clear line when it is none: %j', async (body, words) => {
    await start()
    const cookie = await bench.visitor()
    const response = await order({ cookie }, body)
    expect([response.status, await response.text()]).toEqual([400, expect.stringContaining(words)])
    expect(await activeOf(cookie)).toEqual([])
  })

  it('is bounded: one to a lane, and so many visitors', async () => {
    await start()
    const cookie = await bench.visitor()
    await order({ cookie })
    await order({ cookie }, { ...ORDER, pitfall: 'session-lock' })
    expect(await activeOf(cookie)).toMatchObject([{ pitfall: 'session-lock' }])
    const statuses = new Set<number>()
    for (let n = 0; n < MAX_VISITORS; n++)
      statuses.add((await order({ cookie: await bench.visitor() })).status)
    expect([...statuses]).toEqual([201, 429])
  })
})

describe('a lab in which no pitfall is on', () => {
  it('has nothing at the address of any defective half, at the server’s port and at the lanes', async () => {
    await start()
    const cookie = await bench.visitor()
    for (const pitfall of PITFALLS) {
      for (const lane of lanesOf(pitfall, bench.lanes.names)) {
        for (const end of ['messages', 'events', 'lines', 'socket']) {
          const path = `${pitfallPath(pitfall.name, lane)}/rooms/square/${end}`
          expect(await statusAt(cookie, bench.server.url, path), path).toBe(404)
        }
      }
    }
    expect(bench.server.hub.followers).toBe(0)
  })

  it('with one port for all transports knows no pitfall', async () => {
    const server = await startTestServer({ pitfalls: PITFALLS })
    const cookie = (await fetch(`${server.url}/wires`)).headers.get('set-cookie')!.split(';')[0]!
    try {
      expect((await get('/wires/pitfalls', { cookie }, server.url)).status).toBe(404)
      expect((await order({ cookie }, ORDER, server.url)).status).toBe(404)
      expect(await statusAt(cookie, server.url)).toBe(404)
    } finally {
      await server.close()
    }
  })
})
