/** Setting and healing faults by HTTP: what an order may be, what each visitor is told, and a restart of the server. */
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type LanesBench, startWithLanes } from '../../verify/wires/lanes-bench.ts'
import type { ActiveFault, ConnectionsView, WiresState } from '../../wires/control.ts'

let bench: LanesBench
let cookie = ''
beforeEach(async () => {
  bench = await startWithLanes()
  cookie = await bench.visitor()
})
afterEach(() => bench.close())

const MESSAGES = '/transports/short-polling/rooms/square/messages'
const order = (body: unknown) =>
  fetch(`${bench.server.url}/wires/faults`, {
    method: 'POST',
    headers: { cookie, 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
const heal = (path: string) => fetch(`${bench.server.url}${path}`, { method: 'DELETE', headers: { cookie } })
const ask = async <T>(path: string) =>
  (await (await fetch(`${bench.server.url}${path}`, { headers: { cookie } })).json()) as T
const poll = (query = '', lane = 'sse') =>
  fetch(`${bench.laneOf(lane)}${MESSAGES}${query}`, { headers: { cookie } }).then(
    (response) => response.status,
  )
async function open(lane = 'websocket'): Promise<WebSocket> {
  const at = `ws://127.0.0.1:${bench.portOf(lane)}/transports/websocket/rooms/square/socket`
  const socket = new WebSocket(at, { headers: { cookie } })
  socket.on('error', () => {})
  await once(socket, 'open')
  return socket
}

describe('an order', () => {
  it('is answered by the fault, which stands in the list until it is healed', async () => {
    const response = await order({ fault: 'latency', lanes: ['sse'], settings: { ms: 200 }, seconds: 60 })
    expect(response.status).toBe(201)
    const active = (await response.json()) as ActiveFault
    expect(active).toMatchObject({
      ...{ fault: 'latency', lanes: ['sse'], settings: { ms: 200, jitterMs: 50 }, whose: 'mine', mine: true },
      until: active.since + 60_000,
    })
    expect((await ask<WiresState>('/wires')).active).toEqual([active])
    expect((await heal(`/wires/faults/${active.id}`)).status).toBe(204)
    expect((await ask<WiresState>('/wires')).active).toEqual([])
  })

  it.each([
    ['{', 400, 'bad-json', ''],
    [[], 400, 'bad-request', 'fault: '],
    [{}, 400, 'bad-request', 'fault: '],
    [{ fault: 'gremlins' }, 400, 'bad-request', 'there is no fault'],
    [
      { fault: 'cut', lanes: ['telegraph'] },
      400,
      'bad-request',
      'there is no lane \\"telegraph\\"; the lanes are short-polling',
    ],
    [{ fault: 'cut', lanes: [] }, 400, 'bad-request', 'lanes'],
    [
      { fault: 'cut', settings: { strength: 1 } },
      400,
      'bad-request',
      'has no setting \\"strength\\"; its settings: none',
    ],
    [
      { fault: 'latency', settings: { ms: 1e9 } },
      400,
      'bad-request',
      'ms must be from 0 to 30000 ms, not 1000000000',
    ],
    [{ fault: 'latency', settings: { ms: '1' } }, 400, 'bad-request', 'settings.ms'],
    [{ fault: 'latency', seconds: 0 }, 400, 'bad-request', 'seconds'],
    [{ fault: 'latency', seconds: 1e9 }, 400, 'bad-request', 'seconds'],
    [{ fault: 'latency', whose: 'yours' }, 400, 'bad-request', 'whose'],
    [{ fault: 'latency', speed: 1 }, 400, 'bad-request', 'speed'],
    [{ fault: 'server-restart', settings: { x: 1 } }, 400, 'bad-request', 'has no settings'],
  ])('that is wrong is refused in a clear line, and nothing is on: %j', async (body, status, code, words) => {
    const response = await order(body)
    const text = await response.text()
    expect(response.status, text).toBe(status)
    expect(text).toContain(`"code":"${code}"`)
    expect(text).toContain(words)
    expect((await ask<WiresState>('/wires')).active).toEqual([])
  })

  it('heals by itself when its time is over', async () => {
    await order({ fault: 'refusal', seconds: 0.1 })
    await expect.poll(() => poll().catch(() => 0)).toBe(200)
    await expect.poll(async () => (await ask<WiresState>('/wires')).active).toEqual([])
  })

  it('is told to whom it touches, as it begins and as it is healed', async () => {
    const [own, other] = [await bench.read(cookie), await bench.read(await bench.visitor())]
    await order({ fault: 'latency', lanes: ['sse'] })
    await heal('/wires/faults')
    await expect
      .poll(() => own.all.flatMap((record) => (record.kind === 'fault' ? record.on : [])))
      .toEqual([true, false])
    expect(other.all.some(({ kind }) => kind === 'fault')).toBe(false)
  })
})

describe('a fault on a lane', () => {
  it('touches connections that are open, and on its own lanes alone', async () => {
    const [here, there] = [await open(), await open('sse')]
    const closed = once(here, 'close')
    await order({ fault: 'cut', lanes: ['websocket'] })
    expect((await closed)[0]).toBe(1006)
    const heard = once(there, 'message')
    bench.server.say('square', 'still')
    expect(String((await heard)[0])).toContain('still')
    there.terminate()
  })

  it('touches those that come, from their first byte on, although their owner stands in their head', async () => {
    await order({ fault: 'interception', lanes: ['sse'] })
    expect(await poll()).toBe(511)
    expect(await poll('', 'auto')).toBe(200)
    await heal('/wires/faults')
    expect(await poll()).toBe(200)
  })

  it('lets a held connection go when it is healed', async () => {
    const socket = await open()
    await order({ fault: 'slow-reader' })
    bench.server.say('square', 'held')
    const view = () => ask<ConnectionsView>('/wires/connections')
    await expect.poll(async () => (await view()).connections[0]?.heldBytes).toBeGreaterThan(0)
    const heard = once(socket, 'message')
    await heal('/wires/faults')
    expect(String((await heard)[0])).toContain('held')
    socket.terminate()
  })

  it('leaves sums behind that count what has ended too', async () => {
    const socket = await open()
    const closed = once(socket, 'close')
    await order({ fault: 'reset' })
    await closed
    await expect
      .poll(async () => (await ask<ConnectionsView>('/wires/connections')).totals)
      .toEqual([{ lane: 'websocket', opened: 1, toServer: expect.any(Number), toClient: expect.any(Number) }])
  })
})

describe('a restart of the server', () => {
  it('tells each reader goodbye, serves none while it lasts, and serves again', async () => {
    const socket = await open()
    const closed = once(socket, 'close')
    const held = fetch(
      `${bench.laneOf('long-polling')}/transports/long-polling/rooms/square/messages?wait=25`,
    )
    const { cursor } = (await (await held).json()) as { cursor: string }
    const at = `${bench.laneOf('long-polling')}/transports/long-polling/rooms/square/messages`
    const parked = fetch(`${at}?wait=25&since=${cursor}`)
    await expect.poll(() => bench.server.hub.followers).toBeGreaterThan(1)
    const response = await order({ fault: 'server-restart', seconds: 60 })
    expect(response.status).toBe(201)
    const { id } = (await response.json()) as ActiveFault
    expect((await closed)[0]).toBe(1001)
    expect(await (await parked).json()).toMatchObject({ messages: [], cursor })
    const own = await fetch(`${bench.server.url}${MESSAGES}`)
    expect([own.status, own.headers.get('retry-after')]).toEqual([503, '1'])
    await expect(poll()).rejects.toThrow()
    expect((await ask<WiresState>('/wires')).active).toMatchObject([{ fault: 'server-restart', mine: true }])
    expect((await heal(`/wires/faults/${id}`)).status).toBe(204)
    expect(await poll()).toBe(200)
    bench.server.say('square', 'again')
    expect((await open()).readyState).toBe(WebSocket.OPEN)
  })
})
