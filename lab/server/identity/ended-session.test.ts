/**
 * A reader whose session has ended, or who was sent away, is told the same on every transport: by what its client is in
 * the end, and by the words on the wire.
 */
import { connect } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { DESCRIPTORS, OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { type ChatClient, type ConnectionState, createChatClient } from '../../client/chat-client.ts'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { readingAddresses, webSocketTransports } from '../../verify/fifth/reading-address.ts'
import { createBrowserLike } from '../../verify/kit/browser-like.ts'
import { type Network, platformOver, showing, signedInBy } from '../../verify/kit/network/network.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'

const AT_ONCE = { timeout: 15_000, interval: 10 }
const SIGNED_OUT = { code: 'not-signed-in', message: 'the session has ended: sign in again' }
const TAKEN_BACK = { code: 'not-signed-in', message: 'this token is none, or was taken back' }
const NO_ROOM = { code: 'not-found', message: 'there is no such room, or you are not in it' }

const overTcp = (name: TransportName) => DESCRIPTORS.get(name)?.carriedBy === 'tcp'

let server: TestServer
let accounts: Accounts
const open: (() => unknown)[] = []
beforeEach(async () => {
  accounts = createAccounts(createMemoryRecords())
  server = await startTestServer({
    accounts,
    listen: TRANSPORTS.filter(overTcp).map((name) => ({ name, host: '127.0.0.1', port: 0 })),
  })
})
afterEach(async () => {
  for (const close of open.splice(0)) close()
  await server.close()
})

interface Reader {
  readonly name: TransportName
  readonly client: ChatClient
  readonly received: string[]
}

async function join(name: TransportName, room: string, network: Network): Promise<Reader> {
  const at = overTcp(name)
    ? `tcp://127.0.0.1:${server.tcpPort(name)}/${room}`
    : `${server.url}/transports/${name}/rooms/${room}/`
  const client = createChatClient(await loadClient(name, { intervalMs: 20, holdMs: 50_000 }), {
    baseUrl: new URL(at),
    author: 'Ada',
    platform: { ...platformOver(network), ...network },
    backoffMs: () => 10,
  })
  open.push(client.close)
  const received: string[] = []
  client.onMessage(({ text }) => received.push(text))
  client.connect()
  await expect.poll(() => client.state.status, { ...AT_ONCE, message: name }).toBe('open')
  return { name, client, received }
}

/** By a token on every transport of the manifest, and by a cookie where there are cookies. */
const joinAll = (names: readonly TransportName[], room: string, network: Network) =>
  Promise.all(names.map((name) => join(name, room, network)))

const inTheEnd = (state: ConnectionState) =>
  state.status === 'closed' ? { code: state.cause?.code, message: state.cause?.message } : state.status

async function expectClosed(readers: readonly Reader[], why: object): Promise<void> {
  for (const { name, client } of readers)
    await expect.poll(() => inTheEnd(client.state), { ...AT_ONCE, message: name }).toEqual(why)
}

async function signIn(name: string) {
  const browser = createBrowserLike(server.url)
  await browser.ask('POST', '/session', { name })
  return { browser, cookie: showing({ cookie: browser.cookie! }) }
}

describe('a reader on every transport', () => {
  it('whose token was taken back is closed with one sentence', async () => {
    const { person } = accounts.signInAsGuest('Ada', null)
    const { secret } = accounts.giveToken(person, { label: 'all', scopes: ['read', 'write'], room: null })
    const readers = await joinAll(TRANSPORTS, 'lobby', signedInBy(secret))
    accounts.signOut(accounts.sessions.find(secret)!)
    await expectClosed(readers, TAKEN_BACK)
  })

  it.each(['a name that is kept', 'a name that is released'])(
    'who signs out in a room that is open to all reads on as a visitor: %s',
    async (kept) => {
      const { browser, cookie } = await signIn('Ada')
      if (kept.endsWith('kept'))
        await browser.ask('POST', '/rooms/other/messages', { draftId: 'd', text: 'known' })
      const readers = await joinAll(OVER_HTTP, 'lobby', cookie)
      await browser.ask('DELETE', '/session')
      await expect.poll(() => server.hub.followers, AT_ONCE).toBeLessThanOrEqual(readers.length)
      server.say('lobby', 'after')
      for (const { name, client, received } of readers) {
        await expect.poll(() => received, { ...AT_ONCE, message: name }).toEqual(['after'])
        expect(client.state.status, name).toBe('open')
      }
    },
  )

  it('whose session ends in a private room is told to sign in again', async () => {
    const ada = await signIn('Ada')
    const { body } = await ada.browser.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
    const readers = await joinAll(OVER_HTTP, (body as { name: string }).name, ada.cookie)
    await ada.browser.ask('DELETE', '/session')
    await expectClosed(readers, SIGNED_OUT)
  })

  it('who is sent away from a group is told that there is no such room', async () => {
    const [owner, ada] = [await signIn('Owner'), await signIn('Ada')]
    const { body } = await owner.browser.ask('POST', '/rooms', { kind: 'group', title: 'Garden' })
    const { name: room } = body as { name: string }
    await owner.browser.ask('PUT', `/rooms/${room}/members/Ada`, { role: 'invited' })
    await ada.browser.ask('POST', `/rooms/${room}/join`)
    const person = accounts.people.named('Ada')!
    const { secret } = accounts.giveToken(person, { label: 'all', scopes: ['read', 'write'], room: null })
    const readers = [
      ...(await joinAll(TRANSPORTS, room, signedInBy(secret))),
      ...(await joinAll(OVER_HTTP, room, ada.cookie)),
    ]
    await owner.browser.ask('DELETE', `/rooms/${room}/members/Ada`)
    await expectClosed(readers, NO_ROOM)
  })
})

it('says on the wire, as the last word of a connection, what the next request is told', async () => {
  const { person } = accounts.signInAsGuest('Ada', null)
  const { secret } = accounts.giveToken(person, { label: 'all', scopes: ['read', 'write'], room: null })
  const headers = { authorization: `Bearer ${secret}` }
  const lastWords = new Map<string, () => object | null>()
  for (const name of await webSocketTransports()) {
    const at = `${server.url.replace('http', 'ws')}/transports/${name}/rooms/lobby/socket`
    const socket = new WebSocket(at, { headers })
    open.push(() => socket.terminate())
    let last: object | null = null
    socket.on('message', (data) => (last = JSON.parse(String(data))))
    lastWords.set(name, () => last)
  }
  for (const name of TRANSPORTS.filter(overTcp)) {
    const socket = connect(server.tcpPort(name)!, '127.0.0.1')
    open.push(() => socket.destroy())
    let got = ''
    socket.on('data', (bytes) => (got += bytes)).on('error', () => {})
    socket.write(`${JSON.stringify({ type: 'hello', room: 'lobby', token: secret })}\n`)
    lastWords.set(name, () => {
      const lines = got.split('\n').filter((line) => line.startsWith('{'))
      return lines.length === 0 ? null : JSON.parse(lines.at(-1)!)
    })
  }
  await expect.poll(() => server.hub.followers, AT_ONCE).toBe(lastWords.size)
  accounts.signOut(accounts.sessions.find(secret)!)
  for (const [name, last] of lastWords)
    await expect.poll(last, { ...AT_ONCE, message: name }).toEqual({ type: 'error', ...TAKEN_BACK })
  for (const [name, { path, upgrades }] of await readingAddresses()) {
    if (upgrades) continue
    const answer = await fetch(`${server.url}/transports/${name}/rooms/lobby/${path}`, { headers })
    expect(await answer.json(), name).toEqual(TAKEN_BACK)
  }
})
