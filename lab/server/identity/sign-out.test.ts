/** Signing out, seen from all transports at once: one session, the real clients, and the other readers of the room. */
import { once } from 'node:events'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import { type ChatClient, createChatClient } from '../../client/chat-client.ts'
import { Hub } from '../../hub/hub.ts'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { createBrowserLike } from '../../verify/kit/browser-like.ts'
import { platformOver, showing } from '../../verify/kit/network/network.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'

/** Far shorter than a poll is held, or a heartbeat takes to come: who is told in this time was told by the sign-out. */
const AT_ONCE = { timeout: 10_000, interval: 10 }
const HOLD_MS = 50_000

let server: TestServer
let hub: Hub
let accounts: Accounts
let at = ''
const clients: ChatClient[] = []
beforeEach(async () => {
  hub = new Hub()
  accounts = createAccounts(createMemoryRecords())
  server = await startTestServer({ hub, accounts })
  at = server.url
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.close()
  await server.close()
})

/** @param headers to be shown with each request, as a program can */
async function join(name: (typeof OVER_HTTP)[number], author: string, headers: Record<string, string>) {
  const client = createChatClient(await loadClient(name, { intervalMs: 50, holdMs: HOLD_MS }), {
    baseUrl: new URL(`${at}/transports/${name}/rooms/lobby/`),
    author,
    platform: platformOver(showing(headers), () => 0),
  })
  clients.push(client)
  const received: string[] = []
  client.onMessage(({ text }) => received.push(text))
  client.connect()
  await expect.poll(() => client.state.status, AT_ONCE).toBe('open')
  return { name, client, received }
}

it('ends a token’s connections on every transport at once, and no others', async () => {
  const { person } = accounts.signInAsGuest('Ada', null)
  const options = { label: 'all of them', scopes: ['read', 'write'], room: null } as const
  const [one, two] = [accounts.giveToken(person, options), accounts.giveToken(person, options)]
  const connectReaders = (secret: string) =>
    Promise.all(OVER_HTTP.map((name) => join(name, 'Ada', { authorization: `Bearer ${secret}` })))
  const [ended, staying] = [await connectReaders(one.secret), await connectReaders(two.secret)]
  await ended[0]!.client.send('before')
  for (const { received } of [...ended, ...staying])
    await expect.poll(() => received, AT_ONCE).toEqual(['before'])

  const bye = await createBrowserLike(at).ask('DELETE', '/session', undefined, {
    authorization: `Bearer ${one.secret}`,
  })
  expect(bye.status).toBe(204)
  for (const { name, client } of ended) {
    await expect
      .poll(() => client.state, { ...AT_ONCE, message: name })
      .toMatchObject({
        status: 'closed',
        cause: { code: 'not-signed-in' },
      })
  }
  await staying[0]!.client.send('after')
  for (const { received } of staying) await expect.poll(() => received, AT_ONCE).toEqual(['before', 'after'])
  for (const { name, received, client } of ended) {
    expect(received, name).toEqual(['before'])
    await expect(client.send('too late'), name).rejects.toMatchObject({ code: 'closed' })
  }
  // A poll between two questions is in no room, so it is those who stay at most.
  expect(hub.followers).toBeLessThanOrEqual(staying.length)
})

it('turns a browser into a visitor: streams end, and its next request comes from no signed-in person', async () => {
  const ada = createBrowserLike(at)
  await ada.ask('POST', '/session', { name: 'Ada' })
  const cookie = ada.cookie!
  const held = fetch(`${at}/transports/long-polling/rooms/lobby/messages?wait=50&since=${await cursor()}`, {
    headers: { cookie },
  })
  const stream = await fetch(`${at}/transports/sse/rooms/lobby/events`, { headers: { cookie } })
  const socket = new WebSocket(`${at.replace('http', 'ws')}/transports/websocket/rooms/lobby/socket`, {
    headers: { cookie },
  })
  const frames: Record<string, unknown>[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  const closed = once(socket, 'close')
  await expect.poll(() => hub.followers, AT_ONCE).toBe(3)

  const begun = performance.now()
  await ada.ask('DELETE', '/session')
  const [code, reason] = (await closed) as [number, Buffer]
  expect([code, String(reason)]).toEqual([1008, 'not-signed-in'])
  expect(frames.at(-1)).toMatchObject({ type: 'error', code: 'not-signed-in' })
  expect(await stream.text()).toContain('retry:') // ended, not cut: reading on would throw
  expect((await held).status).toBe(200)
  expect(performance.now() - begun).toBeLessThan(AT_ONCE.timeout)
  expect(hub.followers).toBe(0)

  const again = await createBrowserLike(at).ask(
    'GET',
    '/transports/short-polling/rooms/lobby/messages',
    undefined,
    {
      cookie,
    },
  )
  expect(again.status).toBe(200)
})

it('refuses a frame that was on its way when the session ended', async () => {
  const { person, secret } = accounts.signInAsGuest('Ada', null)
  const session = accounts.sessions.find(secret)!
  const { port } = new URL(at)
  const socket = new WebSocket(`${at.replace('http', 'ws')}/transports/websocket/rooms/lobby/socket`, {
    headers: { cookie: `lab_${port}=${secret}` },
  })
  await once(socket, 'open')
  await expect.poll(() => hub.followers, AT_ONCE).toBe(1)
  accounts.people.use(person)
  const draft = { draftId: 'late', text: 'too late' }
  socket.send(JSON.stringify({ type: 'send', draft }))
  accounts.signOut(session) // in the same turn: the frame has left, and the server has not read it
  await once(socket, 'close')
  expect(hub.room('lobby').lastSeq).toBe(0)
})

async function cursor(): Promise<string> {
  const { body } = await createBrowserLike(at).ask('GET', '/transports/short-polling/rooms/lobby/messages')
  return (body as { cursor: string }).cursor
}
