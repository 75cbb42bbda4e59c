/** Who I am, over TLS: another cookie, the same promises, by HTTP/2 and by HTTP/1.1. */
import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type Accounts, createAccounts } from '../../people/accounts.ts'
import { createMemoryRecords } from '../../store/records.ts'
import { ask, openSession } from '../../verify/attacks/http2.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { type Certificate, ownCertificate } from '../tls/certificates.ts'

let tls: Certificate
beforeAll(async () => {
  tls = await ownCertificate(null, ['127.0.0.1', 'localhost'])
})

let server: TestServer
let accounts: Accounts
let port: number
let session: ClientHttp2Session
beforeEach(async () => {
  accounts = createAccounts(createMemoryRecords())
  server = await startTestServer({ tls, accounts, origins: ['https://friend.example'] })
  port = server.port
  session = await openSession(port, tls.cert)
})
afterEach(async () => {
  session.destroy()
  await server.close()
})

const JSON_TYPE = { ':method': 'POST', 'content-type': 'application/json' }
const SSE = '/transports/sse/rooms/lobby/events'

const asked = (...question: Parameters<typeof ask> extends [unknown, ...infer Rest] ? Rest : never) =>
  ask(session, ...question)
const cookieIn = (headers: Record<string, unknown>) => String(headers['set-cookie']).split(';')[0]!

it('has a cookie that only this host can set, and only over TLS', async () => {
  const welcome = await asked('/session', JSON_TYPE, '{"name":"Ada"}')
  expect(welcome.status).toBe(201)
  expect(String(welcome.headers['set-cookie'])).toMatch(
    new RegExp(`^__Host-lab_${port}=[\\w-]{43}; Max-Age=2592000; Path=/; HttpOnly; Secure; SameSite=Strict$`),
  )
  const cookie = cookieIn(welcome.headers)
  expect((await asked('/session', { cookie })).text).toContain('"name":"Ada"')
  // Nor does the cookie of plain http count here: anybody on the host could have set that.
  const planted = `lab_${port}=${cookie.split('=')[1]}`
  expect((await asked('/session', { cookie: planted })).text).toBe('{"person":null}')
})

it('ends a stream over HTTP/2 and a WebSocket over HTTP/1.1 with the session', async () => {
  const { secret } = accounts.signInAsGuest('Ada', null)
  const cookie = `__Host-lab_${port}=${secret}`
  const stream = asked(SSE, { cookie })
  const socket = new WebSocket(`wss://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket`, {
    ca: tls.cert,
    headers: { cookie },
  })
  await once(socket, 'open')
  const closed = once(socket, 'close')
  await expect.poll(async () => (await asked('/healthz')).status).toBe(200)
  expect((await asked('/session', { ':method': 'DELETE', cookie })).status).toBe(204)
  expect((await closed)[0]).toBe(1008)
  expect((await stream).text).toContain('retry:')
})

it('lets a listed origin read, and clears a cookie that has ended, on answers that go past the framework', async () => {
  const headers = { origin: 'https://friend.example', cookie: `__Host-lab_${port}=${'A'.repeat(43)}` }
  const poll = await asked('/transports/short-polling/rooms/lobby/messages', headers)
  expect(poll.headers).toMatchObject({ ':status': 200, 'access-control-allow-origin': headers.origin })
  expect(String(poll.headers['set-cookie'])).toMatch(/^__Host-lab_\d+=; Max-Age=0; Path=\/; HttpOnly; Secure/)
  const stream = session.request({ ':path': SSE, ...headers })
  const [head] = (await once(stream, 'response')) as [Record<string, string>]
  expect(head).toMatchObject({ ':status': 200, 'access-control-allow-origin': headers.origin })
  stream.close()
})

it('refuses a token that does not hold, and says by which scheme to come', async () => {
  const answer = await asked('/rooms/lobby/messages', { authorization: 'Bearer lab_x' })
  expect(answer.headers).toMatchObject({ ':status': 401, 'www-authenticate': 'Bearer' })
})

it('keeps the person signed in who was so under the name that the cookie had before, and no longer than that', async () => {
  const { secret } = accounts.signInAsGuest('Ada', null)
  const before = `__Host-lab=${secret}`
  const answer = await asked('/session', { cookie: before })
  expect(answer.text).toContain('"name":"Ada"')
  expect(cookieIn(answer.headers)).toBe(`__Host-lab_${port}=${secret}`)
  // The old name may hold another lab's secret. That is none of ours, and no reason to refuse what is written.
  const foreign = `__Host-lab=${'A'.repeat(43)}`
  expect((await asked('/session', { cookie: foreign })).headers['set-cookie']).toBeUndefined()
  const draft = '{"draftId":"d1","author":"Bob","text":"hello"}'
  expect((await asked('/rooms/lobby/messages', { ...JSON_TYPE, cookie: foreign }, draft)).status).toBe(201)
  const own = `__Host-lab_${port}=${accounts.signInAsGuest('Eve', null).secret}`
  expect((await asked('/session', { cookie: `${before}; ${own}` })).text).toContain('"name":"Eve"')
})
