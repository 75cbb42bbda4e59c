/** Who I am, over HTTP: come, sign up, sign in, sign out; cookies, tokens and tickets. */
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { SESSION_MS } from '../../people/sessions.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { createBrowserLike, PASSPHRASE, tokenOf } from '../../verify/kit/browser-like.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'

let server: TestServer
let at = ''
let time = 0
const open = async (options: LabOptions = {}) => {
  server = await startTestServer({ now: () => time, ...options })
  at = server.url
}
beforeEach(() => {
  time = Date.now()
})
afterEach(() => server.close())

const browser = () => createBrowserLike(at)
let drafts = 0
const draft = (author?: string) => ({ draftId: `d${drafts++}`, text: 'hello', ...(author && { author }) })
const MESSAGES = '/rooms/lobby/messages'
const OWN_PASSPHRASE = '/people/me/passphrase'
const CHANGE = { passphrase: PASSPHRASE, newPassphrase: 'a bird and four words' }
const POLL = '/transports/short-polling/rooms/lobby/messages'
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('a guest', () => {
  it('has no name before the first request, one after it, and none again after the last', async () => {
    await open()
    const ada = browser()
    expect(await ada.ask('GET', '/session')).toMatchObject({ status: 200, body: { person: null } })
    const welcome = await ada.ask('POST', '/session', { name: ' Ada ' })
    expect(welcome).toMatchObject({
      status: 201,
      body: { person: { name: 'Ada', kind: 'guest' }, scopes: ['read', 'write', 'moderate'] },
    })
    expect(welcome.headers.get('cache-control')).toBe('no-store')
    const { port } = new URL(at)
    expect(welcome.headers.get('set-cookie')).toMatch(
      new RegExp(`^lab_${port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; SameSite=Strict$`),
    )
    const { body } = await ada.ask('GET', '/session')
    expect(body).toEqual(welcome.body)

    const { body: message } = await ada.ask('POST', MESSAGES, draft())
    const { person } = body as { person: { id: string } }
    expect(message).toMatchObject({ author: 'Ada', authorId: person.id })

    expect((await ada.ask('DELETE', '/session')).status).toBe(204)
    expect(ada.cookie).toBeNull()
    expect((await ada.ask('GET', '/session')).body).toEqual({ person: null })
    expect((await ada.ask('DELETE', '/session')).status).toBe(401)
  })

  it('may spell its own name differently, and may not use another person’s', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    expect((await ada.ask('POST', MESSAGES, draft('ＡＤＡ'))).body).toMatchObject({ author: 'Ada' })
    expect(await ada.ask('POST', MESSAGES, draft('Bob'))).toMatchObject({
      status: 403,
      body: { code: 'not-allowed' },
    })
  })

  it('whose name others have seen is not forgotten; and one who never wrote is', async () => {
    await open()
    const [seen, unseen] = [browser(), browser()]
    await seen.ask('POST', '/session', { name: 'Seen' })
    await seen.ask('POST', MESSAGES, draft())
    await unseen.ask('POST', '/session', { name: 'Unseen' })
    for (const one of [seen, unseen]) expect((await one.ask('DELETE', '/session')).status).toBe(204)
    expect((await browser().ask('POST', '/session', { name: 'Seen' })).status).toBe(409)
    expect((await browser().ask('POST', '/session', { name: 'Unseen' })).status).toBe(201)
  })
})

describe('a browser that keeps no cookie', () => {
  it('ends the session that it cannot show by a ticket, once, and the name is free again', async () => {
    await open()
    const [lost, next] = [browser(), browser()]
    const { body } = await lost.ask('POST', '/session', { name: 'Nora', ticket: true })
    const { ticket } = body as { ticket: string }
    expect(ticket).toMatch(/^[\w-]{43}$/)
    lost.cookie = null
    expect((await next.ask('POST', '/session', { name: 'Nora' })).status).toBe(409)
    expect((await lost.ask('DELETE', `/session?ticket=${ticket}`)).status).toBe(204)
    expect((await lost.ask('DELETE', `/session?ticket=${ticket}`)).status).toBe(401)
    expect((await next.ask('POST', '/session', { name: 'Nora' })).status).toBe(201)
  })

  it('gets a ticket only where it asks for one, and can do nothing else by it', async () => {
    await open()
    const ada = browser()
    expect((await ada.ask('POST', '/session', { name: 'Ada' })).body).not.toHaveProperty('ticket')
    const refused = await ada.ask('POST', '/session', { name: 'Ada', ticket: 'yes' })
    expect(refused).toMatchObject({ status: 400, body: { code: 'bad-person' } })
    const up = await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE, ticket: true })
    const { ticket } = up.body as { ticket: string }
    ada.cookie = null
    expect((await ada.ask('POST', `${MESSAGES}?ticket=${ticket}`, draft())).status).toBe(401)
    expect((await ada.ask('GET', `/session?ticket=${ticket}`)).status).toBe(401)
    expect((await ada.ask('POST', `/tokens?ticket=${ticket}`, { label: 'x', scopes: ['read'] })).status).toBe(
      401,
    )
    expect((await ada.ask('DELETE', `/session?ticket=${ticket}`)).status).toBe(204)
  })
})

describe('a member', () => {
  it('signs up, signs out, signs in; each time with a new cookie', async () => {
    await open()
    const ada = browser()
    const up = await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    expect(up).toMatchObject({ status: 201, body: { person: { name: 'Ada', kind: 'member' } } })
    const first = ada.cookie
    await ada.ask('DELETE', '/session')
    const again = await ada.ask('POST', '/session', { name: 'ada', passphrase: PASSPHRASE })
    expect(again).toMatchObject({ status: 201, body: up.body as object })
    expect(ada.cookie).not.toBe(first)
  })

  it('can be signed in at many browsers, and one goes without the others', async () => {
    await open()
    const [one, two] = [browser(), browser()]
    await one.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    await two.ask('POST', '/session', { name: 'Ada', passphrase: PASSPHRASE })
    await one.ask('DELETE', '/session')
    expect((await two.ask('GET', '/session')).body).toMatchObject({ person: { name: 'Ada' } })
  })

  it('changes the passphrase, is signed in by another cookie here, and nowhere else', async () => {
    await open()
    const [here, elsewhere] = [browser(), browser()]
    await here.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    await elsewhere.ask('POST', '/session', { name: 'Ada', passphrase: PASSPHRASE })
    const before = here.cookie
    const answer = await here.ask('PUT', OWN_PASSPHRASE, CHANGE)
    expect(answer).toMatchObject({ status: 200, body: { person: { name: 'Ada', kind: 'member' } } })
    expect(here.cookie).not.toBe(before)
    expect((await here.ask('GET', '/session')).body).toEqual(answer.body)
    expect((await elsewhere.ask('GET', '/session')).body).toEqual({ person: null })
    const signIn = (passphrase: string) => browser().ask('POST', '/session', { name: 'Ada', passphrase })
    expect(await signIn(PASSPHRASE)).toMatchObject({ status: 401, body: { code: 'wrong-passphrase' } })
    expect((await signIn(CHANGE.newPassphrase)).status).toBe(201)
  })

  it.each<[string, object, number, string]>([
    ['the wrong one', { ...CHANGE, passphrase: 'the wrong passphrase' }, 401, 'wrong-passphrase'],
    ['one that is too short', { ...CHANGE, newPassphrase: 'short' }, 400, 'bad-person'],
    ['the new one alone', { newPassphrase: CHANGE.newPassphrase }, 400, 'bad-person'],
    ['a field more', { ...CHANGE, name: 'Bob' }, 400, 'bad-person'],
  ])('does not change the passphrase by %s', async (_what, body, status, code) => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    const before = ada.cookie
    expect(await ada.ask('PUT', OWN_PASSPHRASE, body)).toMatchObject({ status, body: { code } })
    expect(ada.cookie).toBe(before)
    const again = await browser().ask('POST', '/session', { name: 'Ada', passphrase: PASSPHRASE })
    expect(again.status).toBe(201)
  })

  it('is the only one who changes a passphrase: no visitor, no guest, no token', async () => {
    await open()
    const [visitor, guest, ada] = [browser(), browser(), browser()]
    await guest.ask('POST', '/session', { name: 'Guest' })
    await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    const { body } = await ada.ask('POST', '/tokens', { label: 'bot', scopes: ['read', 'write', 'moderate'] })
    const { token } = body as { token: string }
    for (const [who, code, headers] of [
      [visitor, 'not-signed-in', {}],
      [guest, 'not-allowed', {}],
      [visitor, 'not-allowed', bearer(token)],
    ] as const) {
      expect((await who.ask('PUT', OWN_PASSPHRASE, CHANGE, headers)).body).toMatchObject({ code })
    }
  })

  it.each([
    [{ name: 'Ada' }, 'passphrase must be'],
    [{ name: 'Ada', passphrase: 'too short' }, 'at least 15 characters'],
    [{ name: '', passphrase: PASSPHRASE }, 'name must be'],
    [{ name: 'Ada', passphrase: PASSPHRASE, admin: true }, 'unknown field'],
    [[], 'must be a JSON object'],
  ])('is refused as %j', async (body, words) => {
    await open()
    const answer = await browser().ask('POST', '/people', body)
    expect(answer).toMatchObject({ status: 400, body: { code: 'bad-person' } })
    expect((answer.body as { message: string }).message).toContain(words)
  })
})

describe('a session', () => {
  it('that is over makes its reader a visitor, and its cookie is taken back', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    const stale = ada.cookie!
    time += SESSION_MS
    for (const path of ['/session', POLL, MESSAGES]) {
      const answer = await browser().ask('GET', path, undefined, { cookie: stale })
      expect(answer.status, path).toBe(200)
      expect(answer.headers.get('set-cookie'), path).toMatch(/^lab_\d+=; Max-Age=0; Path=\//)
    }
    expect((await browser().ask('GET', '/session', undefined, { cookie: stale })).body).toEqual({
      person: null,
    })
  })

  it('that is over is refused for who writes, as are all that never were', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    const stale = ada.cookie!
    time += SESSION_MS
    const answer = await browser().ask('POST', MESSAGES, draft('Unsigned'), { cookie: stale })
    expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect(answer.headers.get('set-cookie')).toContain('Max-Age=0')
    // But to sign in is what such a browser must be able to do.
    const back = browser()
    back.cookie = stale
    expect((await back.ask('POST', '/session', { name: 'Ada again' })).status).toBe(201)
    expect((await back.ask('POST', MESSAGES, draft())).body).toMatchObject({ author: 'Ada again' })
  })

  it('that was replaced a moment ago takes no cookie back: it would be the new one', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    const before = ada.cookie!
    await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    for (const path of ['/session', POLL]) {
      const late = await browser().ask('GET', path, undefined, { cookie: before })
      expect([late.status, late.headers.get('set-cookie')], path).toEqual([200, null])
    }
    const late = await browser().ask('POST', MESSAGES, draft(), { cookie: before })
    expect([late.status, late.headers.get('set-cookie')]).toEqual([401, null])
    time += 60_000
    const later = await browser().ask('GET', '/session', undefined, { cookie: before })
    expect(later.headers.get('set-cookie')).toContain('Max-Age=0')
  })

  it('goes on for who comes back, with a cookie that lasts longer', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    const first = ada.cookie
    time += SESSION_MS / 2 + 1
    const { headers } = await ada.ask('GET', '/session')
    expect(headers.get('set-cookie')).toContain('Max-Age=2592000')
    expect(ada.cookie).toBe(first)
    expect((await ada.ask('GET', '/session')).headers.get('set-cookie')).toBeNull()
    time += SESSION_MS - 1
    expect((await ada.ask('GET', '/session')).body).toMatchObject({ person: { name: 'Ada' } })
  })
})

describe('who has not signed in', () => {
  it('writes under a name that no person holds, and under no other', async () => {
    await open()
    await browser().ask('POST', '/session', { name: 'Ada' })
    const { body } = await browser().ask('POST', MESSAGES, draft('Bob'))
    expect(body).toMatchObject({ author: 'Bob' })
    expect(body).not.toHaveProperty('authorId')
    expect(await browser().ask('POST', MESSAGES, draft('ada'))).toMatchObject({
      status: 409,
      body: { code: 'name-taken' },
    })
  })

  it('writes nothing where signing in is asked for, and reads', async () => {
    await open({ signIn: true })
    const answer = await browser().ask('POST', MESSAGES, draft('Bob'))
    expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect((await browser().ask('GET', POLL)).status).toBe(200)
    const socket = new WebSocket(`${at.replace('http', 'ws')}/transports/websocket/rooms/lobby/socket`)
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'send', draft: draft('Bob') }))
    let frame: Record<string, unknown> = {}
    while (frame.type !== 'rejected') frame = JSON.parse(String((await once(socket, 'message'))[0]))
    expect(frame).toMatchObject({ code: 'not-signed-in' })
    socket.terminate()
  })
})

describe('a token', () => {
  it('is shown once, listed without its secret, and taken back', async () => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    const made = await ada.ask('POST', '/tokens', { label: 'build', scopes: ['write'], room: 'lobby' })
    expect(made).toMatchObject({ status: 201, body: { label: 'build', scopes: ['write'], room: 'lobby' } })
    const { id, token, ...shown } = made.body as { id: string; token: string }
    expect((await ada.ask('GET', '/tokens')).body).toEqual({ tokens: [{ id, ...shown }] })
    const by = (method: string, path: string, body?: object) =>
      browser().ask(method, path, body, bearer(token))
    expect((await by('POST', MESSAGES, draft())).body).toMatchObject({ author: 'Ada' })
    expect((await by('GET', '/session')).body).toMatchObject({ scopes: ['write'], room: 'lobby' })

    expect((await ada.ask('DELETE', `/tokens/${id}`)).status).toBe(204)
    const answer = await by('POST', MESSAGES, draft())
    expect(answer).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
    expect(answer.headers.get('www-authenticate')).toBe('Bearer')
    expect((await by('GET', POLL)).status, 'nor is it a visitor then').toBe(401)
    expect((await ada.ask('DELETE', `/tokens/${id}`)).status).toBe(404)
  })

  it('is made with the passphrase by a program that keeps no cookie', async () => {
    await open()
    await browser().ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE })
    const by = (passphrase: string) =>
      browser().ask('POST', '/tokens', { name: 'Ada', passphrase, label: 'bot', scopes: ['read'] })
    expect((await by(PASSPHRASE)).status).toBe(201)
    expect(await by('wrong horse battery staple')).toMatchObject({
      status: 401,
      body: { code: 'wrong-passphrase' },
    })
    expect((await browser().ask('POST', '/tokens', { label: 'bot', scopes: ['read'] })).status).toBe(401)
  })

  it('can give itself up, and deals with no other', async () => {
    await open()
    const token = await tokenOf(at, 'Ada')
    const by = (method: string, path: string, body?: object) =>
      browser().ask(method, path, body, bearer(token))
    expect((await by('GET', '/tokens')).status).toBe(403)
    expect((await by('POST', '/tokens', { label: 'more', scopes: ['moderate'] })).status).toBe(403)
    expect((await by('DELETE', '/session')).status).toBe(204)
    expect((await by('GET', POLL)).status).toBe(401)
  })

  it.each([
    { scopes: ['read'] },
    { label: 'x', scopes: [] },
    { label: 'x', scopes: ['admin'] },
    { label: 'x', scopes: 'read' },
    { label: 'x', scopes: ['read'], more: 1 },
  ])('is not made of %j', async (body) => {
    await open()
    const ada = browser()
    await ada.ask('POST', '/session', { name: 'Ada' })
    expect(await ada.ask('POST', '/tokens', body)).toMatchObject({
      status: 400,
      body: { code: 'bad-person' },
    })
  })

  it('leaves the credentials of other schemes to the proxies whose they are', async () => {
    await open()
    const headers = { authorization: 'Basic YWRhOnNlY3JldA==' }
    expect((await browser().ask('GET', POLL, undefined, headers)).status).toBe(200)
  })
})

describe('a ticket', () => {
  it('opens a stream where no header can be set, and only once', async () => {
    await open()
    const token = await tokenOf(at, 'Ada', ['read'])
    const { body, status } = await browser().ask('POST', '/session/tickets', {}, bearer(token))
    expect(status).toBe(201)
    expect(body).toMatchObject({ expiresInS: 30 })
    const { ticket } = body as { ticket: string }
    const read = () => browser().ask('GET', `${POLL}?ticket=${ticket}`)
    expect((await read()).status).toBe(200)
    expect(await read()).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
  })

  it('opens a WebSocket that reads and does not write', async () => {
    await open()
    const token = await tokenOf(at, 'Ada', ['read', 'write'])
    const { body } = await browser().ask('POST', '/session/tickets', {}, bearer(token))
    const { ticket } = body as { ticket: string }
    const url = `${at.replace('http', 'ws')}/transports/websocket/rooms/lobby/socket?ticket=${ticket}`
    const socket = new WebSocket(url)
    await once(socket, 'open')
    socket.send(JSON.stringify({ type: 'send', draft: draft() }))
    let frame: Record<string, unknown> = {}
    while (frame.type !== 'rejected') frame = JSON.parse(String((await once(socket, 'message'))[0]))
    expect(frame).toMatchObject({ code: 'not-allowed' })
    socket.terminate()
  })
})

it('tells a page of a listed origin from all others', async () => {
  await open({ origins: ['https://friend.example'] })
  const ask = (method: string, origin: string, headers: Record<string, string> = {}) =>
    fetch(`${at}/session`, { method, headers: { origin, ...headers } })
  const friend = await ask('GET', 'https://friend.example')
  expect(friend.headers.get('access-control-allow-origin')).toBe('https://friend.example')
  expect(friend.headers.get('access-control-allow-credentials')).toBe('true')
  expect(friend.headers.get('vary')).toContain('Origin')
  const preflight = await ask('OPTIONS', 'https://friend.example', {
    'access-control-request-method': 'DELETE',
    'access-control-request-headers': 'authorization',
  })
  expect(preflight.status).toBe(204)
  expect(preflight.headers.get('access-control-allow-methods')).toContain('DELETE')
  expect(preflight.headers.get('access-control-allow-headers')).toContain('Authorization')

  for (const origin of [
    'https://foe.example',
    'http://friend.example',
    'https://friend.example.foe',
    'null',
  ]) {
    const foe = await ask('GET', origin)
    expect(foe.headers.get('access-control-allow-origin'), origin).toBeNull()
    expect(foe.headers.get('vary'), origin).toContain('Origin')
    const asked = await ask('OPTIONS', origin, { 'access-control-request-method': 'DELETE' })
    expect(asked.status, origin).toBe(403)
    expect(asked.headers.get('access-control-allow-origin'), origin).toBeNull()
  }
})

it('lets a stream and a held poll be read from a listed origin too', async () => {
  await open({ origins: ['https://friend.example'] })
  const stop = new AbortController()
  const headers = { origin: 'https://friend.example' }
  for (const path of [
    'sse/rooms/lobby/events',
    'long-polling/rooms/lobby/messages?wait=0',
    'short-polling/rooms/lobby/messages',
  ]) {
    const response = await fetch(`${at}/transports/${path}`, { headers, signal: stop.signal })
    expect(response.headers.get('access-control-allow-origin'), path).toBe('https://friend.example')
  }
  stop.abort()
})

it('counts a writer by person too: a second address does not help', async () => {
  await open({ messagesPerSecond: 2 })
  const token = await tokenOf(at, 'Ada')
  const from = (address: string) =>
    server.app.inject({
      method: 'POST',
      url: MESSAGES,
      remoteAddress: address,
      headers: { 'content-type': 'application/json', ...bearer(token) },
      payload: draft(),
    })
  const statuses: number[] = []
  for (let i = 0; i < 6; i++) statuses.push((await from(`192.0.2.${i}`)).statusCode)
  expect(statuses.filter((status) => status === 201).length).toBeLessThanOrEqual(4)
  expect(statuses).toContain(429)
})

it('answers 503 to who cannot be kept, and nothing is taken', async () => {
  const records = createMemoryRecords()
  let isFull = true
  const put: typeof records.put = (changes) => {
    if (isFull) throw new Error('the disk is full')
    records.put(changes)
  }
  await open({ records: { ...records, put } })
  const ada = browser()
  const tries = [
    () => ada.ask('POST', '/session', { name: 'Ada' }),
    () => ada.ask('POST', '/people', { name: 'Ada', passphrase: PASSPHRASE }),
  ]
  for (const one of tries) {
    const answer = await one()
    expect(answer).toMatchObject({ status: 503, body: { code: 'not-stored' } })
    expect(answer.headers.get('set-cookie')).toBeNull()
  }
  isFull = false
  expect((await ada.ask('POST', '/session', { name: 'Ada' })).status).toBe(201)
  isFull = true
  // Others must not see a name that could still be given to another person.
  expect(await ada.ask('POST', MESSAGES, draft())).toMatchObject({ status: 503 })
  expect((await ada.ask('DELETE', '/session')).status).toBe(503)
  expect((await ada.ask('GET', '/session')).body).toMatchObject({ person: { name: 'Ada' } })
})
