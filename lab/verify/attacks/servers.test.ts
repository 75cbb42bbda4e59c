/** Attempts to come to another visitor's servers, to have them without being one, to fill the memory by them, and to harm the lab by killing them. */
import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../app/build-lab.ts'
import { Hub } from '../../hub/hub.ts'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { SERVERS_PATH, type ServersState } from '../../wires/servers/control.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'

let bench: LanesBench
afterEach(() => bench?.close())
const start = async (lab: LabOptions = {}) => {
  bench = await startWithLanes({}, lab)
}

type Headers = Readonly<Record<string, string>>

const send = (method: string, path: string, headers: Headers, body?: unknown) =>
  fetch(`${bench.server.url}${path}`, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
async function begin(headers: Headers): Promise<string> {
  const response = await send('POST', SERVERS_PATH, headers)
  expect(response.status).toBe(201)
  return ((await response.json()) as ServersState).room
}
const DRAFT = { draftId: 'd1', author: 'Eve', text: 'hello' }
/** All addresses at which a room of such servers is. */
const addressesOf = (room: string): readonly (readonly [string, string, unknown?])[] => [
  ['GET', `${SERVERS_PATH}/transports/short-polling/rooms/${room}/messages`],
  ['GET', `${SERVERS_PATH}/transports/long-polling/rooms/${room}/messages?wait=0`],
  ['GET', `${SERVERS_PATH}/transports/sse/rooms/${room}/events`],
  ['GET', `${SERVERS_PATH}/rooms/${room}/messages`],
  ['POST', `${SERVERS_PATH}/rooms/${room}/messages`, DRAFT],
  ['POST', `${SERVERS_PATH}/transports/sse/rooms/${room}/messages`, DRAFT],
]

describe('servers of another visitor', () => {
  it('are not there, at any address, for any method; not even their room’s name helps', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const room = await begin({ cookie: own })
    for (const headers of [{ cookie: other }, { cookie: 'x=y' }, {}] as Headers[]) {
      // The generator of traffic is unsigned, and knows the name: 104 random bits, told to their visitor alone.
      for (const [method, path, body] of addressesOf(room))
        if (method === 'GET' || headers.cookie !== undefined)
          expect((await send(method, path, headers, body)).status, `${method} ${path}`).toBe(404)
    }
    // Nor, once the other has a pair, by that.
    await begin({ cookie: other })
    for (const [method, path, body] of addressesOf(room))
      expect((await send(method, path, { cookie: other }, body)).status, `${method} ${path}`).toBe(404)
    expect((await send('DELETE', `${SERVERS_PATH}/${room}`, { cookie: other })).status).toBe(204)
    expect((await send('GET', SERVERS_PATH, { cookie: own })).status).toBe(200)
  })

  it('are not told of by what is said of those that are not there', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const room = await begin({ cookie: own })
    const word = async (name: string) =>
      (await (await send('GET', addressesOf(name)[0]![1], { cookie: other })).text()).replaceAll(name, 'ROOM')
    expect(await word(room)).toBe(await word(`servers-${'0'.repeat(26)}`))
  })
})

describe('servers without leave', () => {
  it('are not begun, seen or told what to do by one who is no visitor', async () => {
    await start()
    const order = { name: 'left', action: 'kill' }
    for (const headers of [{}, { authorization: 'Bearer x' }, { cookie: 'lab_visitor=x' }] as Headers[]) {
      expect([401, 403]).toContain((await send('POST', SERVERS_PATH, headers)).status)
      expect([401, 403]).toContain((await send('GET', SERVERS_PATH, headers)).status)
      expect([401, 403]).toContain((await send('POST', `${SERVERS_PATH}/orders`, headers, order)).status)
    }
  })

  it('are not begun by a page of another origin that a visitor has open', async () => {
    await start()
    const cookie = await bench.visitor()
    const foreign = { cookie, origin: 'https://evil.example' }
    expect((await send('POST', SERVERS_PATH, foreign)).status).toBe(403)
    expect((await send('GET', SERVERS_PATH, { cookie })).status).toBe(404)
  })

  it.each([
    ['not JSON', '{'],
    ['a form', 'name=left'],
    ['a number', { name: 1, action: 'kill' }],
    ['more than that', { name: 'left', action: 'kill', room: 'square' }],
    ['a long name', { name: 'l'.repeat(33), action: 'kill' }],
    ['an inherited name', { name: '__proto__', action: 'kill' }],
    ['nothing', ''],
  ])('are not ordered by %s', async (_what, body) => {
    await start()
    const cookie = await bench.visitor()
    await begin({ cookie })
    expect((await send('POST', `${SERVERS_PATH}/orders`, { cookie }, body)).status).toBe(400)
  })

  it('are not ordered by more than an order', async () => {
    await start()
    const cookie = await bench.visitor()
    await begin({ cookie })
    const body = JSON.stringify({ name: 'left', action: 'kill', more: 'x'.repeat(2_000) })
    expect((await send('POST', `${SERVERS_PATH}/orders`, { cookie }, body)).status).toBe(413)
  })

  it('are not there in a lab that is one of several', async () => {
    await start({ hub: new Hub({ store: createMemoryStore(), engine: createMemoryLog().open() }) })
    const cookie = await bench.visitor()
    expect((await send('POST', SERVERS_PATH, { cookie })).status).toBe(404)
  })
})

describe('what is written at such servers', () => {
  it('is in no room of the lab, and in no list', async () => {
    await start()
    const cookie = await bench.visitor()
    const room = await begin({ cookie })
    expect((await send('POST', `${SERVERS_PATH}/rooms/${room}/messages`, { cookie }, DRAFT)).status).toBe(201)
    const outside = (await (await send('GET', `/rooms/${room}/messages`, { cookie })).json()) as {
      readonly messages: readonly unknown[]
    }
    expect(outside.messages).toEqual([])
    expect(await (await send('GET', '/rooms', { cookie })).text()).not.toContain('hello')
    expect((await send('POST', `${SERVERS_PATH}/rooms/square/messages`, { cookie }, DRAFT)).status).toBe(404)
  })

  it('ends when the log is full, with a refusal, and leaves the lab as it was', async () => {
    await start()
    const cookie = await bench.visitor()
    const room = await begin({ cookie })
    const text = 'x'.repeat(4_000)
    let status = 201
    let written = 0
    for (; status === 201 && written < 600; written++) {
      const draft = { ...DRAFT, draftId: `d${written}`, text }
      status = (await send('POST', `${SERVERS_PATH}/rooms/${room}/messages`, { cookie }, draft)).status
    }
    expect(status).toBe(503)
    expect(written).toBeGreaterThan(100)
    expect((await send('POST', '/rooms/square/messages', { cookie }, DRAFT)).status).toBe(201)
  })

  it('and all connections there are gone when they end; the lab’s own go on', async () => {
    await start()
    const cookie = await bench.visitor()
    const room = await begin({ cookie })
    const own = await send('GET', '/transports/sse/rooms/square/events', { cookie })
    const theirs = await send('GET', addressesOf(room)[2]![1], { cookie })
    expect([own.status, theirs.status]).toEqual([200, 200])
    const cut = expect(theirs.text()).rejects.toThrow()
    for (let again = 0; again < 20; again++) await begin({ cookie })
    await cut
    bench.server.say('square', 'still here')
    const reader = own.body!.getReader()
    let heard = ''
    while (!heard.includes('still here')) heard += new TextDecoder().decode((await reader.read()).value)
    await reader.cancel()
  })
})
