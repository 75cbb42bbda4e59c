/** A visitor's two servers on one log: real readers by the lab's own transports, while servers die, start, fall behind, and the log stops. */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createManualClock } from '../../../verify/kit/manual-clock.ts'
import { type LanesBench, startWithLanes } from '../../../verify/wires/lanes-bench.ts'
import type { ChatMessage, Page } from '../../../wire/message.ts'
import { SERVERS_PATH, type ServersState } from '../../../wires/servers/control.ts'
import { createClusters, IDLE_MS, LASTS_MS, MAX_CLUSTERS } from './clusters.ts'
import type { SmallCluster } from './small-cluster.ts'

const POLL = { timeout: 10_000, interval: 10 }

let bench: LanesBench
let cookie = ''
let room = ''
afterEach(() => bench?.close())

async function ask(method: string, path: string, body?: object): Promise<Response> {
  const headers = { cookie, ...(body && { 'content-type': 'application/json' }) }
  return fetch(`${bench.server.url}${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) })
}
async function begin(): Promise<void> {
  bench = await startWithLanes()
  cookie = await bench.visitor()
  const response = await ask('POST', SERVERS_PATH)
  expect(response.status).toBe(201)
  room = ((await response.json()) as ServersState).room
}
const state = async () => (await (await ask('GET', SERVERS_PATH)).json()) as ServersState
const server = async (name: string) => (await state()).servers.find((one) => one.name === name)!
async function order(name: string, action: string): Promise<ServersState> {
  const response = await ask('POST', `${SERVERS_PATH}/orders`, { name, action })
  const body = (await response.json()) as ServersState
  expect(response.status, JSON.stringify(body)).toBe(200)
  return body
}
let drafts = 0
const post = (text: string, draftId = `d${drafts++}`) =>
  ask('POST', `${SERVERS_PATH}/rooms/${room}/messages`, { draftId, author: 'Ada', text })
async function say(text: string): Promise<ChatMessage> {
  const response = await post(text)
  expect(response.status).toBe(201)
  return (await response.json()) as ChatMessage
}
const pathOf = (transport: string) => `${SERVERS_PATH}/transports/${transport}/rooms/${room}/messages`
async function read(since: string | null): Promise<Page> {
  const query = since === null ? '' : `?since=${since}`
  return (await (await ask('GET', `${pathOf('short-polling')}${query}`)).json()) as Page
}
const textsOf = ({ messages }: Page) => messages.map(({ seq, text }) => `${seq} ${text}`)
const upToDate = async () => {
  const { servers, log } = await state()
  return servers.every(({ applied }) => applied === null || applied === log.position)
}

describe('two servers on one log', () => {
  it('give the same numbers, and a cursor of one is good at the other', async () => {
    await begin()
    await say('one')
    await say('two')
    await expect.poll(upToDate, POLL).toBe(true)
    const first = await read(null)
    expect(textsOf(first)).toEqual(['1 one', '2 two'])
    await say('three')
    await expect.poll(upToDate, POLL).toBe(true)
    for (let turn = 0; turn < 4; turn++) {
      const next = await read(first.cursor)
      expect([textsOf(next), next.gap]).toEqual([['3 three'], false])
    }
  })

  it('cut a held poll when its server is killed, and the reader goes on at the other by its cursor', async () => {
    await begin()
    await say('before')
    await expect.poll(upToDate, POLL).toBe(true)
    const { cursor } = await read(null)
    const held = ask('GET', `${pathOf('long-polling')}?since=${cursor}&wait=20`)
    const cut = expect(held).rejects.toThrow()
    const at = async () => (await state()).servers.find(({ readers }) => readers === 1)?.name
    await expect.poll(at, POLL).toBeDefined()
    const name = (await at())!
    await order(name, 'kill')
    await cut
    expect(await server(name)).toMatchObject({ status: 'down', applied: null, tabs: [] })
    await say('after')
    const next = await read(cursor)
    expect([textsOf(next), next.gap]).toEqual([['2 after'], false])
    // What was in its memory is gone, and the log has it.
    await order(name, 'start')
    await expect.poll(async () => (await server(name)).applied, POLL).toBe(2)
    for (let turn = 0; turn < 2; turn++) expect(textsOf(await read(null))).toEqual(['1 before', '2 after'])
  })

  it('cut an event stream and a WebSocket too, and no connection of the other server', async () => {
    await begin()
    const url = `${bench.server.url.replace('http', 'ws')}${SERVERS_PATH}/transports/websocket/rooms/${room}/socket`
    const sockets = ['b', 'c'].map(
      (tab) => new WebSocket(`${url}?tab=${tab.repeat(20)}`, { headers: { cookie } }),
    )
    await Promise.all(sockets.map((one) => once(one, 'open')))
    const tabsOf = async (name: string) => (await server(name)).tabs
    await expect.poll(async () => (await tabsOf('left')).length, POLL).toBe(1)
    const [tab] = await tabsOf('left')
    const [dies, stays] = tab!.startsWith('b') ? sockets : sockets.toReversed()
    const closed = once(dies!, 'close')
    await order('left', 'kill')
    expect((await closed)[0]).toBe(1006) // without a word
    const heard = once(stays!, 'message')
    await say('still here')
    await heard
    expect(stays!.readyState).toBe(WebSocket.OPEN)
    const stream = await ask('GET', `${SERVERS_PATH}/transports/sse/rooms/${room}/events`)
    expect(stream.status).toBe(200)
    await order('right', 'kill')
    await expect(stream.text()).rejects.toThrow()
    stays!.terminate()
  })

  it('answer as nothing at all while none of them is up, and again when one is', async () => {
    await begin()
    await say('kept')
    await order('left', 'kill')
    await order('right', 'kill')
    await expect(read(null)).rejects.toThrow()
    await order('right', 'start')
    await expect.poll(async () => (await server('right')).applied, POLL).toBe(1)
    expect(textsOf(await read(null))).toEqual(['1 kept'])
  })

  it('wait with what is written while the log is stopped, and go on reading', async () => {
    await begin()
    await say('before')
    await expect.poll(upToDate, POLL).toBe(true)
    expect((await order('log', 'stop')).log.status).toBe('stopped')
    const writing = post('meanwhile')
    expect(textsOf(await read(null))).toEqual(['1 before'])
    expect((await state()).log.position).toBe(1)
    await order('log', 'go on')
    expect((await writing).status).toBe(201)
    await expect.poll(upToDate, POLL).toBe(true)
    expect(textsOf(await read(null))).toEqual(['1 before', '2 meanwhile'])
  })

  it('show how far one is behind that is held back, and a reader that comes from the other waits there without a gap', async () => {
    await begin()
    await order('left', 'hold back')
    await order('right', 'kill')
    await order('right', 'start')
    // Whichever takes it, the entry comes to the right one only: a draft that is taken at the left has its answer later.
    const writing = [post('one'), post('two')]
    await expect.poll(async () => (await server('right')).applied, POLL).toBe(2)
    await expect.poll(async () => server('left'), POLL).toMatchObject({ status: 'held', applied: 0, lag: 2 })
    let cursor: string | null = null
    await expect
      .poll(async () => {
        const page = await read(null)
        cursor = page.messages.length === 2 ? page.cursor : cursor
        return cursor
      }, POLL)
      .not.toBeNull()
    const hops = [read(cursor), read(cursor)] // one to each
    expect(textsOf(await Promise.race(hops))).toEqual([])
    await order('left', 'go on')
    for (const page of await Promise.all(hops)) expect([textsOf(page), page.gap]).toEqual([[], false])
    expect((await Promise.all(writing)).map(({ status }) => status)).toEqual([201, 201])
    await expect.poll(async () => server('left'), POLL).toMatchObject({ status: 'alive', applied: 2, lag: 0 })
  })

  it('are another pair when they are begun again, and the old room is gone', async () => {
    await begin()
    const old = room
    const next = (await (await ask('POST', SERVERS_PATH)).json()) as ServersState
    expect(next.room).not.toBe(old)
    expect((await post('too late')).status).toBe(404)
    // A page that is left ends its own, and not those that came after.
    expect((await ask('DELETE', `${SERVERS_PATH}/${old}`)).status).toBe(204)
    expect((await ask('GET', SERVERS_PATH)).status).toBe(200)
    expect((await ask('DELETE', `${SERVERS_PATH}/${next.room}`)).status).toBe(204)
    expect((await ask('GET', SERVERS_PATH)).status).toBe(404)
  })

  it.each([
    ['left', 'start'],
    ['left', 'stop'],
    ['left', 'go on'],
    ['log', 'kill'],
    ['log', 'go on'],
    ['middle', 'kill'],
    ['left', 'burn'],
  ])('refuse for %s: %s', async (name, action) => {
    await begin()
    const response = await ask('POST', `${SERVERS_PATH}/orders`, { name, action })
    expect(response.status).toBe(400)
  })
})

describe('servers of visitors', () => {
  function fixture() {
    const clock = createManualClock()
    let closed = 0
    let made = 0
    const make = (): SmallCluster => ({
      room: `servers-${made++}`,
      next: () => null,
      act() {},
      state: () => Promise.reject(new Error('not asked')),
      close: () => void closed++,
    })
    const watching = { now: 0 }
    const watch = () => {
      watching.now++
      return () => void watching.now--
    }
    const clusters = createClusters({ clock, make })
    return {
      clock,
      clusters,
      begin: (visitor: string) => clusters.begin(visitor, watch),
      closed: () => closed,
      watching,
    }
  }

  it('end by themselves: unasked, and in any case when their time is over; and leave no alarm', async () => {
    const { clock, clusters, begin, closed, watching } = fixture()
    begin('anna')
    begin('ben')
    for (let ms = 0; ms < LASTS_MS - IDLE_MS; ms += IDLE_MS / 2) {
      await clock.pass(IDLE_MS / 2)
      clusters.of('anna')
    }
    expect([clusters.size, closed()]).toEqual([1, 1])
    for (let ms = 0; ms < IDLE_MS; ms += IDLE_MS / 2) {
      await clock.pass(IDLE_MS / 2)
      clusters.of('anna')
    }
    expect([clusters.size, closed(), clock.alarms, watching.now]).toEqual([0, 2, 0, 0])
  })

  it('are bounded in number, one pair to each, and each that goes makes room', () => {
    const { clusters, begin, closed } = fixture()
    for (let n = 0; n < MAX_CLUSTERS; n++) begin(`visitor ${n}`)
    begin('visitor 0')
    expect([clusters.size, closed()]).toEqual([MAX_CLUSTERS, 1])
    expect(() => begin('one more')).toThrow(/too many visitors/)
    clusters.end('visitor 1')
    begin('one more')
    expect(clusters.size).toBe(MAX_CLUSTERS)
  })

  it('are there for their own visitor alone', () => {
    const { clusters, begin } = fixture()
    const { cluster } = begin('anna')
    expect(clusters.at(cluster.room, 'anna')).toBe(cluster)
    for (const other of ['ben', null]) expect(clusters.at(cluster.room, other)).toBeNull()
    expect(clusters.at('servers-9', 'anna')).toBeNull()
  })
})
