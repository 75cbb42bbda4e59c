import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import WebSocket from 'ws'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { Hub } from '../../hub/hub.ts'
import { Presences } from '../../hub/presences.ts'
import { ANONYMOUS, type Caller } from '../../people/caller.ts'
import { type Access, publicAccess } from '../../people/membership/access.ts'
import { readingAddresses } from '../../verify/fifth/reading-address.ts'
import { createManualClock } from '../../verify/kit/manual-clock.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Page } from '../../wire/message.ts'
import { COALESCE_MS, OVERDUE_MS, SILENT_MS } from '../../wire/presence.ts'
import type { Peer } from './peer.ts'
import { createPresenceDesk } from './presence.ts'
import { createRoomGateway } from './room-gateway.ts'

const memberOf = (id: string): Caller => ({
  person: { id, name: id.toUpperCase(), kind: 'guest' },
  scopes: new Set(['read', 'write']),
  session: { isOver: false, label: null, onEnd: () => () => {} },
})

/** A gateway, and peers that come to it. */
function createFixture(access: Access = publicAccess) {
  const clock = createManualClock()
  const hub = new Hub()
  const presences = new Presences({ clock })
  const callers = new Map<string, Caller>()
  const gateway = createRoomGateway({ hub, access, presence: createPresenceDesk(presences) })
  const peer = (clientId: string | null = null, address = '10.0.0.1'): Peer => ({
    address,
    credentials: callers.get(address) ?? ANONYMOUS,
    clientId,
  })
  const open = (...whom: Parameters<typeof peer>) => gateway.openReader(peer(...whom), 'lobby')
  return { clock, hub, presences, presence: presences.of('lobby'), callers, gateway, peer, open }
}

describe('a reader', () => {
  it('without a client id gets the pages of the room itself, is not counted, and may show activity all the same', () => {
    const { open, hub, presence } = createFixture()
    const reader = open()
    expect(reader.read(null)).toBe(hub.room('lobby').read(null))
    reader.onActivity({ typing: true })
    reader.onActivity({ leaving: true })
    expect([...presence.leases]).toEqual([])
  })

  it('gives readers who know as much the identical page', async () => {
    const { open, hub, clock } = createFixture()
    const readers = ['a', 'b', 'c'].map((tab) => open(tab))
    for (const reader of readers) reader.read(null)
    await clock.pass(COALESCE_MS)
    const pages = readers.map((reader) => reader.read(null))
    expect(pages[0]?.here?.visitors).toBe(3)
    expect(new Set(pages).size).toBe(1)
    const followers = readers.map((reader) => reader.follow(pages[0]?.cursor ?? null, () => {}))
    hub.room('lobby').publish({ draftId: 'd', author: 'ada', text: 'hi' })
    const next = followers.map((follower) => follower.next())
    expect(next[0]?.messages).toHaveLength(1)
    expect(next[0]?.here).toBeUndefined()
    expect(new Set(next).size).toBe(1)
    for (const follower of followers) follower.stop()
  })

  it('gives who is up to date a page without messages when only presence has changed', async () => {
    const { open, clock } = createFixture()
    const pages: Page[] = []
    const reader = open('a')
    const follower = reader.follow(null, () => {
      for (let page = follower.next(); page; page = follower.next()) pages.push(page)
    })
    follower.next()
    await clock.pass(COALESCE_MS)
    open('b').read(null)
    await clock.pass(COALESCE_MS)
    expect(pages).toEqual([
      {
        messages: [],
        cursor: expect.any(String),
        gap: false,
        more: false,
        here: expect.objectContaining({ visitors: 2 }),
      },
    ])
    follower.stop()
  })

  it('tells a client that may not read a room neither who is there nor that anyone is', () => {
    const access: Access = {
      ...publicAccess,
      check({ person }) {
        if (!person) throw new ChatError('not-found', 'there is nothing here')
      },
    }
    const { open, gateway, peer, callers, presence } = createFixture(access)
    callers.set('10.0.0.2', memberOf('ada'))
    open('a', '10.0.0.2').read(null)
    const refused = expect.objectContaining({ code: 'not-found' })
    expect(() => open('b')).toThrow(refused)
    expect(() => gateway.renewPresence(peer('a'), 'lobby', { leaving: true })).toThrow(refused)
    expect(presence.here.people).toHaveLength(1)
  })

  it('ends the lease with what has allowed it, also between two polls', async () => {
    let end: (why: ChatError) => void = () => {}
    const access: Access = {
      ...publicAccess,
      watch(_caller, _room, onEnd) {
        end = onEnd
        return () => {}
      },
    }
    const { open, callers, presence, clock } = createFixture(access)
    callers.set('10.0.0.2', memberOf('ada'))
    open('a', '10.0.0.2').read(null)
    expect(presence.here.people).toHaveLength(1)
    end(new ChatError('not-signed-in', 'the session has ended'))
    await clock.pass(COALESCE_MS)
    expect(presence.here.people).toEqual([])
  })

  it('lets a connection speak only for a lease that it still holds', async () => {
    const { open, clock, presence } = createFixture()
    const first = open('a')
    const ends: string[] = []
    first.follow(
      null,
      () => {},
      ({ code }) => ends.push(code),
    )
    const second = open('a')
    second.follow(null, () => {})
    expect(ends).toEqual(['silent'])
    first.onActivity({ leaving: true })
    await clock.pass(COALESCE_MS)
    expect(presence.here.visitors).toBe(1)
    second.onActivity({ leaving: true })
    await clock.pass(COALESCE_MS)
    expect(presence.here.visitors).toBe(0)
  })

  it('takes the hold of a poll for the time in which its reader may be quiet', async () => {
    const { gateway, peer, clock, presence } = createFixture()
    gateway.openReader(peer('a'), 'lobby', 55_000).read(null)
    await clock.pass(55_000 + OVERDUE_MS + SILENT_MS - 1)
    expect(presence.here.visitors).toBe(1)
  })
})

describe('over HTTP', () => {
  let server: TestServer
  let at: string
  beforeEach(async () => {
    server = await startTestServer()
    at = `127.0.0.1:${server.port}`
  })
  afterEach(() => server.close())

  const post = (path: string, body: string) =>
    fetch(`http://${at}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  const read = async (query = '') =>
    (await (
      await fetch(`http://${at}/transports/${OVER_HTTP[0]}/rooms/lobby/messages${query}`)
    ).json()) as Page

  it.each(['', 'A', 'ä', 'a b', 'x'.repeat(33), 'a&tab=b'])(
    'refuses the tab %j on every way',
    async (tab) => {
      for (const [name, { path, upgrades }] of await readingAddresses()) {
        if (upgrades) continue
        const response = await fetch(`http://${at}/transports/${name}/rooms/lobby/${path}?tab=${tab}`)
        expect([response.status, (await response.json()).code], name).toEqual([400, 'bad-query'])
      }
      const socket = new WebSocket(`ws://${at}/transports/websocket/rooms/lobby/socket?tab=${encodeURI(tab)}`)
      const status = await new Promise((resolve) => {
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode))
        socket.on('open', () => resolve('open'))
        socket.on('error', () => {})
      })
      expect(status).toBe(400)
    },
  )

  it.each([
    ['{', 'bad-json'],
    ['[]', 'bad-request'],
    ['{}', 'bad-request'],
    ['{"tab":"A"}', 'bad-request'],
    ['{"tab":1}', 'bad-request'],
    ['{"tab":"a","typing":"yes"}', 'bad-request'],
    ['{"tab":"a","mood":"good"}', 'bad-request'],
    ['{"tab":"a","__proto__":{"typing":true}}', 'bad-request'],
  ])('refuses the sign %s as %s', async (body, code) => {
    for (const path of ['/rooms/lobby/presence', '/transports/sse/rooms/lobby/presence']) {
      const response = await post(path, body)
      expect([response.status, (await response.json()).code], path).toEqual([400, code])
    }
  })

  it('refuses a sign for a room that has no such name', async () => {
    expect((await post('/rooms/Lobby/presence', '{"tab":"a"}')).status).toBe(400)
  })

  it('does not count a client that does not read', async () => {
    expect((await post('/rooms/lobby/presence', '{"tab":"a","typing":true}')).status).toBe(204)
    expect((await read('?tab=b')).here?.visitors).toBe(1)
  })

  /** Below `/transports/`, how often and whatever else is wrong with it. */
  const REFUSED: readonly (readonly [path: string, status: number])[] = [
    ['websocket/rooms/lobby/socket?', 426],
    ['websocket/rooms/lobby/socket?since=bad&', 400],
    ['sse/rooms/lobby/events?since=bad&', 400],
    ['long-polling/rooms/lobby/messages?since=bad&', 400],
    ['long-polling/rooms/lobby/messages?wait=1000&', 400],
    ['short-polling/rooms/lobby/messages?since=bad&', 400],
    ['../rooms/lobby/messages?before=bad&', 400],
    ['../rooms/lobby/files/none?', 404],
  ]
  it.each(REFUSED)('does not count a reader who was refused at %s', async (path, status) => {
    expect((await read('?tab=me')).here?.visitors).toBe(1)
    for (const tab of ['g1', 'g2', 'g3'])
      expect((await fetch(`http://${at}/transports/${path}tab=${tab}`)).status).toBe(status)
    await pause(2 * COALESCE_MS)
    expect((await read('?tab=me')).here?.visitors).toBe(1)
  })

  it('does not count a reader whose handshake is no WebSocket’s', async () => {
    expect((await read('?tab=me')).here?.visitors).toBe(1)
    const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '7' }
    const asking = get(`http://${at}/transports/websocket/rooms/lobby/socket?tab=g1`, { headers })
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBe(426)
    await pause(2 * COALESCE_MS)
    expect((await read('?tab=me')).here?.visitors).toBe(1)
  })

  it('takes a sign at any address of the room', async () => {
    await read('?tab=a')
    await vi.waitFor(async () => expect((await read('?tab=b')).here?.visitors).toBe(2))
    expect(
      (await post('/transports/long-polling/rooms/lobby/presence', '{"tab":"a","leaving":true}')).status,
    ).toBe(204)
    await vi.waitFor(async () => expect((await read('?tab=b')).here?.visitors).toBe(1))
  })

  it('lets no client be here under a name that its person does not hold', async () => {
    const signedIn = await post('/session', '{"name":"Ada"}')
    const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? ''
    const path = `http://${at}/transports/${OVER_HTTP[0]}/rooms/lobby/messages?tab=a`
    await fetch(path, { headers: { cookie } })
    await post('/rooms/lobby/messages', '{"draftId":"d","author":"Eve","text":"hi"}')
    const { here } = await read('?tab=a')
    expect(here?.people.map(({ name }) => name)).toEqual(['Ada'])
    // The same tab, but not the same person: it can do Ada nothing.
    await post('/rooms/lobby/presence', '{"tab":"a","leaving":true}')
    await vi.waitFor(async () => expect((await read('?tab=c')).here?.visitors).toBe(1))
    expect((await read('?tab=c')).here?.people).toHaveLength(1)
  })

  it('takes a pong for a sign of life of the line, and not of the page', async () => {
    const clock = createManualClock()
    const HEARTBEAT_MS = 15_000
    const other = await startTestServer({ clock, heartbeatMs: HEARTBEAT_MS })
    const { port } = other
    const look = async () => {
      const url = `http://127.0.0.1:${port}/transports/short-polling/rooms/lobby/messages?tab=other`
      return ((await (await fetch(url)).json()) as Page).here?.visitors
    }
    /** Who looks is one of them. */
    const visitors = async () => {
      await look()
      await clock.pass(COALESCE_MS)
      return look()
    }
    /** @param answers whether the page answers heartbeats, or only its browser pings */
    async function sit(tab: string, answers: boolean) {
      const socket = new WebSocket(
        `ws://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket?tab=${tab}`,
      )
      let beats = 0
      socket.on('message', (data) => {
        if (!String(data).includes('heartbeat')) return
        beats++
        if (answers) socket.send('{"type":"here"}')
      })
      await once(socket, 'open')
      return {
        socket,
        /** When the heartbeat has come, and the server has what was sent in answer to it. */
        async beat() {
          await vi.waitFor(() => expect(beats).toBeGreaterThan(0), { timeout: 10_000 })
          beats = 0
          socket.ping()
          await once(socket, 'pong')
        },
      }
    }
    const frozen = await sit('frozen', false)
    const alive = await sit('alive', true)
    expect(await visitors()).toBe(3)
    let isOver = false
    frozen.socket.on('close', () => (isOver = true))
    await clock.pass(HEARTBEAT_MS)
    await Promise.all([frozen.beat(), alive.beat()])
    await clock.pass(HEARTBEAT_MS - 1_000) // the leases of the pollers have run out, and so has the frozen one
    await alive.beat()
    await vi.waitFor(() => expect(isOver).toBe(true), { timeout: 10_000 })
    expect(alive.socket.readyState).toBe(WebSocket.OPEN)
    expect(await visitors()).toBe(2)
    alive.socket.terminate()
    await other.close()
  })

  it('takes signs on a socket, refuses what is none, and has no use for them without a tab', async () => {
    const say = async (query: string, frame: string) => {
      const socket = new WebSocket(`ws://${at}/transports/websocket/rooms/lobby/socket${query}`)
      socket.on('open', () => socket.send(frame))
      const received: string[] = []
      socket.on('message', (data) => received.push(String(data)))
      const closed = new Promise<number>((resolve) => socket.on('close', resolve))
      return { socket, received, closed }
    }
    for (const frame of ['{"type":"here","typing":1}', '{"type":"here","tab":"x"}', '{"type":"there"}']) {
      const { closed, received } = await say('', frame)
      expect(await closed, frame).toBe(1008)
      expect(received.at(-1)).toContain('bad-frame')
    }
    const { socket, received, closed } = await say('', '{"type":"here","typing":true}')
    await vi.waitFor(() => expect(received).toHaveLength(1)) // its page; and no complaint
    socket.close(1000)
    expect(await closed).toBe(1000)
    expect(received.join()).not.toContain('"here"')
  })
})
