/**
 * Who may do what, on every transport: each cell of the matrix is tried, as each would try it. And a
 * room that a user may not know of answers as if it did not exist, to the byte.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import type { ChatMessage, Note } from '../../wire/message.ts'
import { exchange, requestText } from '../attacks/raw.ts'
import { readingAddresses } from '../fifth/reading-address.ts'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../kit/test-user.ts'

const NAMES = ['visitor', 'outsider', 'invited', 'member', 'moderator', 'owner', 'removed'] as const
type Role = (typeof NAMES)[number]

const WAIT = { timeout: 60_000, interval: 5 }
/** A room that no user has made. */
const ABSENT = `~${'0'.repeat(20)}`

let server: ServerWithUsers
const people = new Map<Role, TestUser>()
const who = (role: Role) => people.get(role)!
/** For each part its own: one person may make only so many rooms on a server, and each transport takes several. */
function onServerOfItsOwn(): void {
  beforeAll(async () => {
    server = await startServerWithUsers()
    for (const role of NAMES)
      people.set(role, role === 'visitor' ? server.visitor : await server.signIn(role))
  })
  afterAll(() => server.close())
}

interface Place {
  readonly room: string
  /** The number of a message of this person's own; of another user's, when they have none. */
  readonly own: number
  /** The number of a message of another user's. */
  readonly others: number
  readonly transport: TransportName
}

let drafts = 0
const draft = (text: string, note?: Note) => ({ draftId: `d${++drafts}`, text, ...(note && { note }) })

async function ok(answer: Promise<{ readonly status: number; readonly body: unknown }>): Promise<unknown> {
  const { status, body } = await answer
  expect(status, JSON.stringify(body)).toBeLessThan(300)
  return body
}

/** A group in which everybody is what they are called; those who ever could have said something. */
async function plant(actor: Role, transport: TransportName): Promise<Place> {
  const owner = who('owner')
  const { name: room } = (await ok(owner.ask('POST', '/rooms', { kind: 'group', title: 'Garden' }))) as {
    name: string
  }
  const member = (name: string) => `/rooms/${room}/members/${name}`
  for (const role of ['invited', 'member', 'moderator', 'removed'] as const) {
    await ok(owner.ask('PUT', member(role), { role: 'invited' }))
    if (role !== 'invited') await ok(who(role).ask('POST', `/rooms/${room}/join`))
  }
  await ok(owner.ask('PUT', member('moderator'), { role: 'moderator' }))
  const said = async (role: Role) => {
    const message = await ok(who(role).ask('POST', `/rooms/${room}/messages`, draft(`I am ${role}`)))
    return (message as ChatMessage).seq
  }
  const hasSpoken = ['member', 'moderator', 'owner', 'removed'].includes(actor)
  const others = await said(actor === 'owner' ? 'member' : 'owner')
  const own = hasSpoken ? await said(actor) : others
  await ok(owner.ask('DELETE', member('removed')))
  return { room, own, others, transport }
}

type Action = (actor: TestUser, place: Place) => Promise<string | null>

/** What each may try; the last one ends their being there. Null for success, or the error's code. */
const ACTIONS = {
  async read(actor, { room, transport }) {
    const client = await actor.client(transport, room)
    const seen: string[] = []
    client.onMessage(({ text }) => seen.push(text))
    client.connect()
    await vi.waitFor(() => {
      const { state } = client
      // A WebSocket's client is not told why it was refused, and goes on trying.
      const isRefused = state.status === 'closed' || state.status === 'waiting'
      expect(seen.length > 0 || isRefused, state.status).toBe(true)
    }, WAIT)
    const { state } = client
    client.close()
    if (seen.length > 0) return null
    if (state.status === 'closed' && state.cause) return state.cause.code
    // So we ask as it did, and look at what it was not shown.
    return actor.say(transport, room, draft('never said'))
  },
  write: (actor, { room, transport }) => actor.say(transport, room, draft('hello')),
  'edit own': (actor, { room, transport, own }) =>
    actor.say(transport, room, draft('better', { kind: 'edited', seq: own })),
  "edit other's": (actor, { room, transport, others }) =>
    actor.say(transport, room, draft('worse', { kind: 'edited', seq: others })),
  "remove other's": (actor, { room, transport, others }) =>
    actor.say(transport, room, draft('(removed)', { kind: 'removed', seq: others })),
  'remove own': (actor, { room, transport, own }) =>
    actor.say(transport, room, draft('(removed)', { kind: 'removed', seq: own })),
  members: async (actor, { room }) => (await actor.ask('GET', `/rooms/${room}/members`)).code,
  invite: async (actor, { room }) =>
    (await actor.ask('PUT', `/rooms/${room}/members/outsider`, { role: 'invited' })).code,
  promote: async (actor, { room }) =>
    (await actor.ask('PUT', `/rooms/${room}/members/member`, { role: 'moderator' })).code,
  async 'send away'(actor, { room }) {
    const somebodyElse = actor.name === 'invited' ? 'member' : 'invited'
    return (await actor.ask('DELETE', `/rooms/${room}/members/${somebodyElse}`)).code
  },
  'post a file': async (actor, { room }) =>
    (
      await actor.post(
        `/rooms/${room}/files?name=a.txt&draftId=f${++drafts}`,
        'text/plain',
        Buffer.from('hi'),
      )
    ).code,
  'look back': async (actor, { room }) => (await actor.ask('GET', `/rooms/${room}/messages`)).code,
  leave: async (actor, { room }) =>
    (await actor.ask('DELETE', `/rooms/${room}/members/${encodeURIComponent(actor.name)}`)).code,
} satisfies Record<string, Action>

type ActionName = keyof typeof ACTIONS
const all = (code: string | null) =>
  Object.fromEntries(Object.keys(ACTIONS).map((action) => [action, code])) as Record<
    ActionName,
    string | null
  >

/** What comes of it; null is success. */
const EXPECTED: Record<Role, Record<ActionName, string | null>> = {
  visitor: all('not-found'),
  outsider: all('not-found'),
  removed: all('not-found'),
  invited: { ...all('not-allowed'), leave: null }, // which declines the invitation
  member: {
    ...all(null),
    "edit other's": 'not-allowed',
    "remove other's": 'not-allowed',
    invite: 'not-allowed',
    promote: 'not-allowed',
    'send away': 'not-allowed',
  },
  moderator: { ...all(null), promote: 'not-allowed' },
  owner: { ...all(null), leave: 'last-owner' },
}

const addresses = await readingAddresses()

describe.each(OVER_HTTP)('over %s', (transport) => {
  onServerOfItsOwn()
  describe.each(NAMES)('as %s', (role) => {
    let place: Place
    beforeAll(async () => {
      place = await plant(role, transport)
    })
    it.each(Object.keys(ACTIONS) as ActionName[])('%s', async (action) => {
      expect(await ACTIONS[action](who(role), place)).toBe(EXPECTED[role][action])
    })
  })

  it('in a public room, each user edits their own messages, and no other user does', async () => {
    const room = `square-${transport}`
    const [one, other] = [who('member'), who('owner')]
    await ok(one.ask('POST', `/rooms/${room}/messages`, draft('mine')))
    await ok(
      server.visitor.ask('POST', `/rooms/${room}/messages`, { ...draft('a visitor’s'), author: 'Visitor' }),
    )
    const edit = (actor: TestUser, seq: number) =>
      actor.say(transport, room, draft('x', { kind: 'edited', seq }))
    expect(await edit(one, 1)).toBeNull()
    expect(await edit(other, 1)).toBe('not-allowed')
    expect(await edit(one, 2)).toBe('not-allowed')
    expect(await edit(server.visitor, 2)).toBe('not-signed-in')
    expect(await edit(one, 99)).toBe('not-found')
  })
})

describe('what is not to be known of', () => {
  onServerOfItsOwn()
  const UPGRADE = [
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ]
  const JSON_BODY = (value: object) => JSON.stringify(value)
  const say = JSON_BODY({ draftId: 'd', text: 'hi', author: 'Visitor' })
  const note = JSON_BODY({ draftId: 'd', text: 'hi', author: 'Visitor', note: { kind: 'removed', seq: 1 } })
  const json = ['Content-Type: application/json']
  const requests: readonly (readonly [line: string, headers: readonly string[], body: string])[] = [
    ...[...addresses].flatMap(([name, { path, upgrades }]) => {
      const at = `/transports/${name}/rooms/ROOM`
      const upgrade = upgrades ? UPGRADE : []
      return [
        [`GET ${at}/${path}`, upgrade, ''],
        [`GET ${at}/${path}?since=abc:1`, upgrade, ''],
        ...(upgrades ? [] : [[`POST ${at}/messages`, json, say] as const]),
      ] as const
    }),
    ['GET /rooms/ROOM/messages', [], ''],
    ['GET /rooms/ROOM/messages?before=abc:1', [], ''],
    ['POST /rooms/ROOM/messages', json, say],
    ['POST /rooms/ROOM/messages', json, note],
    ['GET /rooms/ROOM/members', [], ''],
    ['PUT /rooms/ROOM/members/owner', json, JSON_BODY({ role: 'invited' })],
    ['PUT /rooms/ROOM/members/unknown', json, JSON_BODY({ role: 'owner' })],
    ['DELETE /rooms/ROOM/members/owner', [], ''],
    ['DELETE /rooms/ROOM/members/SELF', [], ''],
    ['POST /rooms/ROOM/join', [], ''],
    ['POST /rooms/ROOM/files?name=a.txt&draftId=d', ['Content-Type: text/plain'], 'hi'],
    ['POST /rooms/ROOM/presence', json, JSON_BODY({ tab: 'a' })],
    ['POST /transports/sse/rooms/ROOM/presence', json, JSON_BODY({ tab: 'a', leaving: true })],
    ['GET /transports/short-polling/rooms/ROOM/messages?tab=a', [], ''],
    ['GET /rooms/ROOM/files/FILE', [], ''],
    [`GET /rooms/ROOM/files/${'0'.repeat(20)}`, [], ''],
  ]
  let room: string
  let file: string
  beforeAll(async () => {
    room = (await plant('owner', 'sse')).room
    const posted = await ok(
      who('owner').post(`/rooms/${room}/files?name=a.txt&draftId=f`, 'text/plain', Buffer.from('hi')),
    )
    const { note } = posted as ChatMessage
    file = note?.kind === 'file' ? note.file.id : ''
    expect(file).toMatch(/^[a-z0-9]{20}$/)
  })

  /** The whole answer, but for the time at which it was given. */
  async function answerTo(actor: TestUser, name: string, [line, headers, body]: (typeof requests)[number]) {
    const path = line
      .replace('ROOM', name)
      .replace('FILE', file)
      .replace('SELF', encodeURIComponent(actor.name))
    const shown = Object.entries(actor.headers).map(([key, value]) => `${key}: ${value}`)
    const length = body === '' ? [] : [`Content-Length: ${body.length}`]
    const close = headers === UPGRADE ? [] : ['Connection: close']
    const bytes = requestText(server.port, path, [...headers, ...shown, ...length, ...close], body)
    const { text } = await exchange(server.port, bytes)
    return text.replace(/^date: .*\r\n/im, '')
  }

  it.each(requests)('%s', async (...request) => {
    for (const role of ['visitor', 'outsider', 'removed'] as const) {
      const absent = await answerTo(who(role), ABSENT, request)
      expect(absent).toMatch(/^HTTP\/1\.1 404 /)
      expect(await answerTo(who(role), room, request), role).toBe(absent)
    }
  })

  it('is there all the same', async () => {
    expect(await who('owner').ask('GET', `/rooms/${room}/members`)).toMatchObject({ status: 200 })
    const response = await fetch(`http://127.0.0.1:${server.port}/rooms/${room}/files/${file}`, {
      headers: who('owner').headers,
    })
    expect(await response.text()).toBe('hi')
  })
})

describe.each(OVER_HTTP)('over %s, a member who is sent away', (transport) => {
  onServerOfItsOwn()
  it('reads nothing any more, at once, and is told so', async () => {
    const { room } = await plant('member', transport)
    const client = await who('member').client(transport, room)
    const seen: string[] = []
    client.onMessage(({ text }) => seen.push(text))
    client.connect()
    await vi.waitFor(() => expect(seen).toContain('I am member'), WAIT)
    const before = [...seen]
    await ok(who('owner').ask('DELETE', `/rooms/${room}/members/member`))
    await ok(who('owner').ask('POST', `/rooms/${room}/messages`, draft('now that they are gone')))
    await vi.waitFor(() => expect(client.state.status).not.toBe('open'), WAIT)
    await ok(who('owner').ask('POST', `/rooms/${room}/messages`, draft('and still gone')))
    await vi.waitFor(
      () => expect(client.state).toMatchObject({ status: 'closed', cause: { code: 'not-found' } }),
      WAIT,
    )
    expect(seen).toEqual(before) // not even that they are gone
    client.close()
  })
})
