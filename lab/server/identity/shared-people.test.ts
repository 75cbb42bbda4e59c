/** Two labs that keep their people in one log: what is done at one of them holds at the other, over HTTP and on open streams. */
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type ServerWithUsers, startServerWithUsers, type TestUser } from '../../verify/kit/test-user.ts'
import { createPeopleServers, type PeopleServer } from '../../verify/shared-people/servers.ts'
import type { Page } from '../../wire/message.ts'

const TIMEOUT = { timeout: 20_000, interval: 10 }
const PHRASE = 'correct horse battery staple'

/** Entries reach the lab `there` when the test lets them. */
let isBehind: boolean
let isCutOff: boolean
let servers: PeopleServer[]
let here: ServerWithUsers
let there: ServerWithUsers
beforeEach(async () => {
  isBehind = false
  isCutOff = false
  const behaviour = {
    name: 'sound',
    isPrompt: (server: number) => server === 0 || !isBehind,
    isCutOff: () => isCutOff,
  }
  servers = createPeopleServers(2, behaviour, 100).servers
  ;[here, there] = await Promise.all([labOf(servers[0]!), labOf(servers[1]!)])
})
afterEach(() => Promise.all([here.close(), there.close()]))

const labOf = ({ accounts }: PeopleServer) => startServerWithUsers({ accounts, labId: 'ofthelog' })

/** The same browser, at the other lab: a proxy in front of both sends it anywhere. */
const elsewhere = (user: TestUser) => there.signedIn(user)
const personAt = async (user: TestUser) =>
  ((await user.ask('GET', '/session')).body as { person: { name: string } | null }).person?.name ?? null
/** A request to the lab that is behind, which waits until that has caught up. */
async function afterCatchingUp<T>(asking: Promise<T>): Promise<T> {
  await expect.poll(() => servers[1]!.behind, TIMEOUT).toBe(1)
  isBehind = false
  servers[1]!.take()
  return asking
}
async function group(owner: TestUser): Promise<string> {
  const { body } = await owner.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
  return (body as { name: string }).name
}

describe('a session', () => {
  it('that was begun at one lab is good at the other', async () => {
    const ada = await here.signIn('Ada')
    expect(ada.headers.cookie).toMatch(/^lab_ofthelog=/)
    expect(await personAt(await elsewhere(ada))).toBe('Ada')
  })

  it('of which a lab has not heard is waited for, and the browser keeps its cookie', async () => {
    isBehind = true
    const ada = await here.signIn('Ada')
    const url = `${there.url}/session`
    const response = await afterCatchingUp(fetch(url, { headers: ada.headers }))
    expect(await response.json()).toMatchObject({ person: { name: 'Ada' } })
    expect(response.headers.get('set-cookie')).toBeNull()
    // One that never was is waited for too, and then taken away.
    const unknown = await fetch(url, { headers: { cookie: 'lab_ofthelog=made-up' } })
    expect(await unknown.json()).toEqual({ person: null })
    expect(unknown.headers.get('set-cookie')).toMatch(/Max-Age=0/)
  })

  it('that ends at one lab ends what was opened with it at the other, with the words that it has there', async () => {
    const ada = await elsewhere(await here.signIn('Ada'))
    const sse = await fetch(`${there.url}/transports/sse/rooms/lobby/events`, ada)
    const held = fetch(`${there.url}/transports/long-polling/rooms/lobby/messages?wait=50`, ada)
    const socket = new WebSocket(
      `${there.url.replace('http', 'ws')}/transports/websocket/rooms/lobby/socket`,
      ada,
    )
    const closed = once(socket, 'close')
    await once(socket, 'open')
    await expect.poll(() => there.hub.followers, TIMEOUT).toBeGreaterThanOrEqual(2)
    expect((await fetch(`${here.url}/session`, { method: 'DELETE', ...ada })).status).toBe(204)
    const [code, reason] = (await closed) as [number, Buffer]
    expect([code, String(reason)]).toEqual([1008, 'not-signed-in'])
    expect(await sse.text()).toContain('retry:') // ended, not cut
    expect((await held).status).toBe(200)
    expect(await personAt(ada)).toBeNull()
  })
})

describe('a name', () => {
  it('that is asked for at both labs at once is given once', async () => {
    const ask = (lab: ServerWithUsers, name: string, passphrase?: string) =>
      lab.visitor.ask('POST', passphrase ? '/people' : '/session', {
        name,
        ...(passphrase && { passphrase }),
      })
    for (const [one, other] of [
      [ask(here, 'Ada'), ask(there, 'ADA')],
      [ask(here, 'Ben', PHRASE), ask(there, 'ben', PHRASE)],
      [ask(here, 'Cy'), ask(there, 'Cy', PHRASE)],
    ]) {
      const answers = [await one!, await other!]
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
      expect(answers.map(({ code }) => code)).toContain('name-taken')
    }
    expect(servers.map(({ accounts }) => accounts.people.count)).toEqual([3, 3])
  })

  it('is signed in by its passphrase at both, and a changed one signs out the browsers of both', async () => {
    await here.visitor.ask('POST', '/people', { name: 'Ada', passphrase: PHRASE })
    const signIn = (lab: ServerWithUsers, passphrase: string) =>
      fetch(`${lab.url}/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'Ada', passphrase }),
      })
    const [one, two] = [await signIn(here, PHRASE), await signIn(there, PHRASE)].map((response) => ({
      headers: {
        cookie: response.headers.get('set-cookie')!.split(';')[0]!,
        'content-type': 'application/json',
      },
    }))
    const body = JSON.stringify({ passphrase: PHRASE, newPassphrase: 'incorrect donkey capacitor glue' })
    const changed = await fetch(`${there.url}/people/me/passphrase`, { method: 'PUT', body, ...one! })
    expect(changed.status).toBe(200)
    expect(await (await fetch(`${here.url}/session`, two!)).json()).toEqual({ person: null })
    expect((await signIn(here, PHRASE)).status).toBe(401)
    expect((await signIn(here, 'incorrect donkey capacitor glue')).status).toBe(201)
  })
})

describe('a token', () => {
  it('that was given at one lab is good at the other, until it is taken back', async () => {
    const ada = await here.signIn('Ada')
    const { body } = await ada.ask('POST', '/tokens', { label: 'bot', scopes: ['read', 'write'] })
    const { id, token } = body as { id: string; token: string }
    const headers = { authorization: `Bearer ${token}` }
    expect((await fetch(`${there.url}/session`, { headers })).status).toBe(200)
    await (await elsewhere(ada)).ask('DELETE', `/tokens/${id}`)
    for (const lab of [here, there]) expect((await fetch(`${lab.url}/session`, { headers })).status).toBe(401)
  })
})

describe('a ticket', () => {
  it('that was given at one lab is good once, at whichever is the first to be shown it', async () => {
    const ada = await here.signIn('Ada')
    const { body } = await ada.ask('POST', '/session/tickets')
    const { ticket } = body as { ticket: string }
    const path = `/transports/short-polling/rooms/lobby/messages?ticket=${ticket}`
    const show = (lab: ServerWithUsers) => fetch(`${lab.url}${path}`).then(({ status }) => status)
    expect((await Promise.all([show(here), show(there)])).sort()).toEqual([200, 401])
    expect(await Promise.all([show(here), show(there)])).toEqual([401, 401])
  })
})

describe('a room', () => {
  it('to which one was invited at one lab can be joined and read at the other, also by one that is behind', async () => {
    const [ada, ben] = [await here.signIn('Ada'), await elsewhere(await here.signIn('Ben'))]
    const room = await group(ada)
    isBehind = true
    await ada.ask('PUT', `/rooms/${room}/members/Ben`, { role: 'invited' })
    const joining = ben.ask('POST', `/rooms/${room}/join`)
    expect(await afterCatchingUp(joining)).toMatchObject({ status: 200 })
    expect(await ben.ask('GET', `/rooms/${room}/messages`)).toMatchObject({ status: 200 })
    expect((await ada.ask('GET', `/rooms/${room}/members`)).body).toMatchObject({
      members: [{ name: 'Ada' }, { name: 'Ben', role: 'member' }],
    })
  })

  it('turns a member’s reader at the other lab out, when they are sent away', async () => {
    const [ada, ben] = [await here.signIn('Ada'), await elsewhere(await here.signIn('Ben'))]
    const room = await group(ada)
    await ada.ask('PUT', `/rooms/${room}/members/Ben`, { role: 'invited' })
    await ben.ask('POST', `/rooms/${room}/join`)
    const client = await ben.client('websocket', room)
    client.connect()
    await expect.poll(() => client.state.status, TIMEOUT).toBe('open')
    await ada.ask('DELETE', `/rooms/${room}/members/Ben`)
    await expect
      .poll(() => client.state, TIMEOUT)
      .toMatchObject({ status: 'closed', cause: { code: 'not-found' } })
    expect(await ben.ask('GET', `/rooms/${room}/messages`)).toMatchObject({ code: 'not-found' })
  })

  it('that two people open at both labs at once is one', async () => {
    const [ada, ben] = [await here.signIn('Ada'), await elsewhere(await here.signIn('Ben'))]
    const both = await Promise.all([
      ada.ask('POST', '/rooms', { kind: 'pair', with: 'Ben' }),
      ben.ask('POST', '/rooms', { kind: 'pair', with: 'Ada' }),
    ])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 201])
    expect(new Set(both.map(({ body }) => (body as { name: string }).name)).size).toBe(1)
  })

  it('makes the same news of one’s rooms at both, so that a reader who hops is told once', async () => {
    const ada = await here.signIn('Ada')
    const [mine, other] = [ada, await elsewhere(ada)]
    const page = async (user: TestUser, since?: string) =>
      (
        await user.ask(
          'GET',
          `/transports/short-polling/rooms/lobby/messages?tab=b${since ? `&since=${since}` : ''}`,
        )
      ).body as Page
    const before = await Promise.all([page(mine), page(other)])
    expect(before[0].rooms).toBe(before[1].rooms)
    await group(ada)
    const after = await Promise.all([page(mine), page(other)])
    expect(after[0].rooms).toBe(after[1].rooms)
    expect(after[0].rooms).not.toBe(before[0].rooms)
  })
})

it('while the log cannot be reached, nothing changes at either, and what is known is still read', async () => {
  const ada = await here.signIn('Ada')
  const room = await group(ada)
  isCutOff = true
  for (const [method, path, body] of [
    ['POST', '/session', { name: 'Ben' }],
    ['POST', '/people', { name: 'Ben', passphrase: PHRASE }],
  ] as const)
    expect(await there.visitor.ask(method, path, body)).toMatchObject({ status: 503, code: 'not-stored' })
  for (const [method, path, body] of [
    ['DELETE', '/session', undefined],
    ['POST', '/tokens', { label: 'bot', scopes: ['read'] }],
    ['POST', '/session/tickets', undefined],
    ['POST', '/rooms', { kind: 'group', title: 'Another' }],
    ['DELETE', `/rooms/${room}/members/Ada`, undefined],
  ] as const)
    expect(await ada.ask(method, path, body), path).toMatchObject({ status: 503, code: 'not-stored' })
  expect(await personAt(ada)).toBe('Ada')
  expect(await ada.ask('GET', `/rooms/${room}/messages`)).toMatchObject({ status: 200 })
  isCutOff = false
  expect(await here.visitor.ask('POST', '/session', { name: 'Ben' })).toMatchObject({ status: 201 })
  expect(servers.map(({ accounts }) => accounts.people.count)).toEqual([2, 2])
})
