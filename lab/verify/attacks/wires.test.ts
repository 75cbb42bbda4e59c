/** Attempts to see or to break what passes on other visitors' wires, and to pass for another client at a lane. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { createInnerPort } from '../../server/wires/inner-port.ts'
import type { LanesOptions } from '../../server/wires/lanes.ts'
import type { WiresState } from '../../wires/control.ts'
import { createBrowserLike, PASSPHRASE, tokenOf } from '../kit/browser-like.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'
import { dial, exchange, requestText } from './raw.ts'

let bench: LanesBench
const sockets: (Socket | WebSocket)[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket instanceof WebSocket ? socket.terminate() : socket.destroy()
  await bench?.close()
})
const start = async (options: Partial<LanesOptions> = {}, lab: LabOptions = {}) => {
  bench = await startWithLanes(options, lab)
}

const MESSAGES = '/transports/short-polling/rooms/square/messages'
const CUT_ALL = { fault: 'cut', whose: 'all' }
const JSON_TYPE = { 'content-type': 'application/json' }
/** A client that is not on this machine, as far as the server can tell: documentation's own address (RFC 5737). */
const FAR_AWAY = { addressOf: () => '203.0.113.9' }

const get = (path: string, headers: Record<string, string> = {}, at = bench.server.url) =>
  fetch(`${at}${path}`, { headers })
const order = (body: object, headers: Record<string, string> = {}, at = bench.server.url) =>
  fetch(`${at}/wires/faults`, {
    method: 'POST',
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(body),
  })
const heal = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${bench.server.url}${path}`, { method: 'DELETE', headers })

async function openSocket(cookie: string, lane = 'websocket'): Promise<WebSocket> {
  const at = `ws://127.0.0.1:${bench.portOf(lane)}/transports/websocket/rooms/square/socket`
  const socket = new WebSocket(at, { headers: { cookie } })
  sockets.push(socket)
  socket.on('error', () => {})
  await once(socket, 'open')
  return socket
}

describe('reading another visitor’s wires', () => {
  it('gives no byte of theirs, and of their connections a count', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const reader = await bench.read(own)
    const socket = await openSocket(other)
    const heard = once(socket, 'message')
    bench.server.say('square', 'not for the first')
    await heard
    await get(`${MESSAGES}?mine`, { cookie: own }, bench.laneOf('sse'))
    await expect.poll(() => reader.text('toServer')).toContain('?mine')
    expect(new Set(reader.all.flatMap((record) => (record.kind === 'open' ? record.lane : [])))).toEqual(
      new Set(['sse']),
    )
    expect(reader.text('toServer')).not.toContain(other)
    const view = await (await get('/wires/connections', { cookie: own })).json()
    expect(view).toMatchObject({ connections: [{ lane: 'sse' }], others: 1 })
  })

  it.each(['/wires/records', '/wires/connections'])('takes a cookie: %s', async (path) => {
    await start()
    const response = await get(path)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'not-signed-in' })
  })

  it.each(['', 'x', 'a'.repeat(10_000), '../../etc/passwd'])(
    'takes no cookie that is none of ours: %#',
    async (value) => {
      await start()
      const [name] = (await bench.visitor()).split('=')
      expect((await get('/wires/connections', { cookie: `${name}=${value}` })).status).toBe(401)
    },
  )

  it('takes no token that is not valid, where an empty record would look like the truth', async () => {
    await start()
    expect((await get('/wires/records', { authorization: 'Bearer lab_none' })).status).toBe(401)
  })

  it('is not possible for another user’s token', async () => {
    await start()
    const [ada, bob] = [await tokenOf(bench.server.url, 'Ada'), await tokenOf(bench.server.url, 'Bob')]
    const at = bench.laneOf('sse')
    await (await get(MESSAGES, { authorization: `Bearer ${ada}` }, at)).text()
    const seen = async (token: string) =>
      (await (await get('/wires/connections', { authorization: `Bearer ${token}` })).json()) as object
    expect(await seen(ada)).toMatchObject({ connections: [{}], others: 0 })
    expect(await seen(bob)).toMatchObject({ connections: [], others: 1 })
  })

  it('ends when the session ends by which it was opened', async () => {
    await start()
    const browser = createBrowserLike(bench.server.url)
    await browser.ask('POST', '/people', { name: 'Eve', passphrase: PASSPHRASE })
    const reader = await bench.read(browser.cookie!)
    await browser.ask('DELETE', '/session')
    await expect.poll(() => reader.isOver).toBe(true)
  })
})

describe('a connection that serves two visitors', () => {
  const ask = (cookie: string, query: string, more: readonly string[] = []) =>
    requestText(bench.portOf('sse'), `GET ${MESSAGES}?${query}`, [`Cookie: ${cookie}`, ...more])

  async function talk(
    ...texts: readonly string[]
  ): Promise<{ readonly socket: Socket; readonly answers: () => number }> {
    const socket = await dial(bench.portOf('sse'))
    sockets.push(socket)
    let got = ''
    socket.on('data', (chunk) => (got += chunk.toString('latin1')))
    const answers = () => got.split('HTTP/1.1 ').length - 1
    for (const [index, text] of texts.entries()) {
      socket.write(text, 'latin1')
      await expect.poll(answers).toBeGreaterThan(index)
    }
    return { socket, answers }
  }

  it('shows the second one’s cookie to neither, and is touched by the faults of neither', async () => {
    await start()
    const [first, second] = [await bench.visitor(), await bench.visitor()]
    const readers = [await bench.read(first), await bench.read(second)]
    const { socket, answers } = await talk(ask(first, 'one'), ask(second, 'two'))
    await expect.poll(() => readers[0]!.all.some(({ kind }) => kind === 'hidden')).toBe(true)
    expect(readers[0]!.text('toServer')).toContain('?one')
    for (const reader of readers) {
      expect(reader.text('toServer')).not.toContain('?two')
      expect(reader.text('toServer')).not.toContain(second)
    }
    for (const cookie of [first, second]) expect((await order({ fault: 'cut' }, { cookie })).status).toBe(201)
    const before = answers()
    socket.write(ask(first, 'three'))
    await expect.poll(answers).toBeGreaterThan(before)
    expect(readers[0]!.text('toServer')).not.toContain('?three')
  })

  it('shows nothing of the second one when both come in one packet, or in pieces of one byte', async () => {
    await start()
    const [first, second] = [await bench.visitor(), await bench.visitor()]
    const reader = await bench.read(first)
    await talk(ask(first, 'one') + ask(second, 'two'))
    const pieces = await dial(bench.portOf('sse'))
    sockets.push(pieces)
    for (const character of ask(first, 'four') + ask(second, 'five')) pieces.write(character)
    await expect.poll(() => reader.all.filter(({ kind }) => kind === 'hidden').length).toBe(2)
    expect(reader.text('toServer')).not.toContain(second)
  })

  it('shows nothing that comes after bytes that two servers could frame in two ways', async () => {
    await start()
    const [first, second] = [await bench.visitor(), await bench.visitor()]
    const reader = await bench.read(first)
    const both = ['Content-Length: 5', 'Transfer-Encoding: chunked']
    await talk(ask(first, 'one'), `${ask(first, 'two', both)}0\r\n\r\n${ask(second, 'three')}`)
    await expect.poll(() => reader.all.some(({ kind }) => kind === 'hidden')).toBe(true)
    expect(reader.text('toServer')).not.toContain(second)
  })

  it('finds the second one behind a body, in whatever form the body has', async () => {
    await start()
    const [first, second] = [await bench.visitor(), await bench.visitor()]
    const reader = await bench.read(first)
    const post = (framing: string, body: string) =>
      requestText(
        bench.portOf('sse'),
        'POST /rooms/square/messages',
        [`Cookie: ${first}`, 'Content-Type: application/json', framing],
        body,
      )
    const hidden = `\r\n\r\nGET / HTTP/1.1\r\nCookie: ${second}\r\n\r\n`
    await talk(post(`Content-Length: ${hidden.length}`, hidden), ask(first, 'after'))
    // What stands in a body is the first one's own, whatever it looks like.
    await expect.poll(() => reader.text('toServer')).toContain('?after')
    expect(reader.all.some(({ kind }) => kind === 'hidden')).toBe(false)
    const chunks = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`
    await talk(post('Transfer-Encoding: chunked', chunks), ask(second, 'of another'))
    await expect.poll(() => reader.all.some(({ kind }) => kind === 'hidden')).toBe(true)
    expect(reader.text('toServer')).not.toContain('?of another')
  })

  it.each([
    [
      'a preflight that carries a cookie',
      (port: number, cookie: string) =>
        requestText(port, `OPTIONS ${MESSAGES}?second`, [
          `Cookie: ${cookie}`,
          'Access-Control-Request-Method: GET',
        ]),
    ],
    ['a ticket', (port: number) => requestText(port, `GET ${MESSAGES}?second&ticket=secret`)],
    [
      'a token',
      (port: number) => requestText(port, `GET ${MESSAGES}?second`, ['Authorization: Bearer lab_secret']),
    ],
  ])('shows nothing of %s behind the first one’s request', async (_what, second) => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const reader = await bench.read(own)
    await talk(ask(own, 'one'), second(bench.portOf('sse'), other))
    await expect.poll(() => reader.all.some(({ kind }) => kind === 'hidden')).toBe(true)
    expect(reader.text('toServer')).not.toContain('second')
  })

  it('is no visitor’s any more after a request without a name, too', async () => {
    await start()
    const own = await bench.visitor()
    const reader = await bench.read(own)
    await talk(ask(own, 'one'), requestText(bench.portOf('sse'), `GET ${MESSAGES}?unnamed`))
    await expect.poll(() => reader.all.some(({ kind }) => kind === 'hidden')).toBe(true)
    expect(reader.text('toServer')).not.toContain('?unnamed')
  })
})

describe('breaking another visitor’s wires', () => {
  it('touches none of theirs', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const mine = await openSocket(own)
    const theirs = await openSocket(other)
    const closed = once(mine, 'close')
    expect((await order({ fault: 'cut' }, { cookie: own })).status).toBe(201)
    expect((await closed)[0]).toBe(1006)
    expect((await order({ fault: 'silence' }, { cookie: own })).status).toBe(201)
    const heard = once(theirs, 'message')
    bench.server.say('square', 'still here')
    expect(String((await heard)[0])).toContain('still here')
    // Nor does it touch those who come later.
    expect((await openSocket(other)).readyState).toBe(WebSocket.OPEN)
  })

  it('takes a cookie', async () => {
    await start()
    expect((await order({ fault: 'cut' })).status).toBe(401)
  })

  it('cannot be healed, or known of, by a stranger', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const { id } = (await (await order({ fault: 'latency' }, { cookie: own })).json()) as { id: number }
    const refused = await heal(`/wires/faults/${id}`, { cookie: other })
    const absent = await heal('/wires/faults/999', { cookie: other })
    expect([refused.status, absent.status]).toEqual([404, 404])
    await heal('/wires/faults', { cookie: other })
    const state = async (cookie: string) => (await (await get('/wires', { cookie })).json()) as WiresState
    expect((await state(own)).active).toHaveLength(1)
    expect(await state(other)).toMatchObject({ active: [], others: 1 })
    expect((await heal(`/wires/faults/${id}`, { cookie: own })).status).toBe(204)
    expect((await state(own)).active).toEqual([])
  })

  it('closes no connection of theirs', async () => {
    await start()
    const [own, other] = [await bench.visitor(), await bench.visitor()]
    const socket = await openSocket(other)
    const { connections } = (await (await get('/wires/connections', { cookie: other })).json()) as {
      connections: { id: number }[]
    }
    const { id } = connections[0]!
    expect((await heal(`/wires/connections/${id}`, { cookie: own })).status).toBe(404)
    expect(socket.readyState).toBe(WebSocket.OPEN)
    const closed = once(socket, 'close')
    expect((await heal(`/wires/connections/${id}`, { cookie: other })).status).toBe(204)
    await closed
  })

  it('is bounded: a visitor has no more than so many faults on', async () => {
    await start()
    const cookie = await bench.visitor()
    const statuses = new Set<number>()
    for (let n = 0; n < 40; n++) statuses.add((await order({ fault: 'latency' }, { cookie })).status)
    expect([...statuses]).toEqual([201, 429])
  })

  it('is not done by a page of another origin', async () => {
    await start()
    const cookie = await bench.visitor()
    const origin = 'https://evil.example'
    expect((await order({ fault: 'cut' }, { cookie, origin })).status).toBe(403)
    const state = await get('/wires', { cookie, origin })
    expect(state.headers.get('set-cookie')).toBeNull()
    expect((await get('/wires/records', { cookie, origin })).status).toBe(401)
  })
})

describe('faults for all', () => {
  // At a lane the client is far away; the server's own port is on this machine.
  const far = () => bench.laneOf('sse')

  it.each([
    ['a fault for all', CUT_ALL],
    ['a restart of the server', { fault: 'server-restart' }],
  ])('are not for a client on another machine, whatever it says: %s', async (_what, body) => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    for (const headers of [
      {},
      { 'x-forwarded-for': '127.0.0.1' },
      { forwarded: 'for=127.0.0.1' },
      { 'teacher-token': '' },
      { 'teacher-token': 'x'.repeat(bench.teacher.token.length) },
      { 'teacher-token': `${bench.teacher.token}x` },
      { authorization: `Bearer ${bench.teacher.token}` },
    ]) {
      const response = await order(body, { cookie, ...headers } as Record<string, string>, far())
      expect([401, 403], JSON.stringify(headers)).toContain(response.status)
    }
    expect(((await (await get('/wires', { cookie }, far())).json()) as WiresState).mayAll).toBe(false)
  })

  it('are for the teacher’s token, from anywhere, and for this machine', async () => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    const socket = await openSocket(await bench.visitor())
    const closed = once(socket, 'close')
    const token = { 'teacher-token': bench.teacher.token }
    expect((await order({ ...CUT_ALL, lanes: ['websocket'] }, { cookie, ...token }, far())).status).toBe(201)
    await closed
    expect((await order({ fault: 'latency', whose: 'all' }, { cookie })).status).toBe(201)
  })

  it('are healed by no one who may not set them', async () => {
    await start(FAR_AWAY)
    const cookie = await bench.visitor()
    const { id } = (await (await order({ fault: 'latency', whose: 'all' }, { cookie })).json()) as {
      id: number
    }
    for (const path of [`/wires/faults/${id}`, '/wires/faults?whose=all']) {
      const response = await fetch(`${far()}${path}`, { method: 'DELETE', headers: { cookie } })
      expect([403, 404]).toContain(response.status)
    }
    expect(((await (await get('/wires', { cookie })).json()) as WiresState).active).toHaveLength(1)
  })
})

describe('a client at a lane', () => {
  it('does not pass for this machine: /metrics is not there for it', async () => {
    await start(FAR_AWAY, { metricsRoute: { to: 'loopback' } })
    expect((await get('/metrics')).status).toBe(200)
    expect((await get('/metrics', {}, bench.laneOf('sse'))).status).toBe(404)
    expect((await get('/metrics', { 'x-forwarded-for': '127.0.0.1' }, bench.laneOf('sse'))).status).toBe(404)
  })

  it('is counted by its own address, over all lanes and the server’s port together', async () => {
    let address = '203.0.113.1'
    await start({ addressOf: () => address }, { connections: { perAddress: 2, total: 100 } })
    const open = async (lane: string) => {
      const socket = connect(bench.portOf(lane), '127.0.0.1')
      sockets.push(socket)
      let got = ''
      socket.on('data', (chunk) => (got += chunk.toString('latin1'))).on('error', () => {})
      await once(socket, 'connect')
      return { socket, got: () => got }
    }
    const [one, two] = [await open('sse'), await open('websocket')]
    await expect.poll(() => bench.lanes.wires.connections.size).toBe(2)
    const third = await open('sse')
    await expect.poll(third.got).toContain('there are already 2 connections from your address')
    address = '203.0.113.2'
    const other = await open('sse')
    other.socket.write(requestText(bench.portOf('sse'), 'GET /healthz'))
    await expect.poll(other.got).toContain('HTTP/1.1 200 OK')
    expect([one.socket.destroyed, two.socket.destroyed]).toEqual([false, false])
  })

  it('that hoards connections and asks nothing is closed as at the server’s own port', async () => {
    await start()
    const { isClosed, text } = await exchange(bench.portOf('sse'), '')
    expect([isClosed, text]).toEqual([true, ''])
  })

  it('of a page of another origin reads nothing and writes nothing there', async () => {
    await start()
    const cookie = await bench.visitor()
    const origin = 'https://evil.example'
    const read = await get(MESSAGES, { cookie, origin }, bench.laneOf('sse'))
    expect(read.headers.get('access-control-allow-origin')).toBeNull()
    const written = await fetch(`${bench.laneOf('sse')}/rooms/square/messages`, {
      method: 'POST',
      headers: { origin, cookie, ...JSON_TYPE },
      body: '{}',
    })
    expect(written.status).toBe(403)
  })

  it('finds nothing at the port by which lanes reach the server', async () => {
    const served: unknown[] = []
    const inner = createInnerPort((socket) => served.push(socket))
    await inner.listen()
    const socket = connect(inner.port, '127.0.0.1')
    sockets.push(socket)
    let got = ''
    socket.on('data', (chunk) => (got += chunk.toString()))
    socket.write('GET / HTTP/1.1\r\n\r\n')
    await expect.poll(() => socket.destroyed).toBe(true)
    expect([got, served]).toEqual(['', []])
    inner.close()
    await start()
  })
})
