/** What a server is sent that it should not be: the same code on every transport, and life goes on. */
import { once } from 'node:events'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Hub } from '../../hub/hub.ts'
import { readingAddresses } from '../../verify/fifth/reading-address.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { MAX_DRAFT_BYTES, MAX_TEXT_BYTES } from '../../wire/limits.ts'

let server: TestServer
let at: string
const hub = new Hub({ maxRooms: 50 })

beforeAll(async () => {
  server = await startTestServer({ hub, origins: ['https://chat.example'] })
  at = `127.0.0.1:${server.port}`
})
afterAll(() => server.close())

const addresses = await readingAddresses()
const draft = { draftId: 'd', author: 'ada', text: 'hi' }
const postPaths = [
  'rooms/lobby/messages',
  ...[...addresses].flatMap(([name, { upgrades }]) =>
    upgrades ? [] : [`transports/${name}/rooms/lobby/messages`],
  ),
]

async function post(path: string, body: string, headers: Record<string, string> = {}) {
  const response = await fetch(`http://${at}/${path}`, {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', ...headers },
  })
  return { status: response.status, ...((await response.json()) as { code?: string; message?: string }) }
}

async function openSocket(path = 'transports/websocket/rooms/lobby/socket', origin?: string) {
  const socket = new WebSocket(`ws://${at}/${path}`, origin === undefined ? {} : { origin })
  const frames: { type: string; code?: string; draftId?: string }[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  const closed = once(socket, 'close').then(([code]) => code as number)
  const refused = once(socket, 'unexpected-response').then(async ([, response]) => {
    let text = ''
    for await (const chunk of response) text += chunk
    return { status: response.statusCode as number, ...JSON.parse(text) }
  })
  socket.on('error', () => {})
  const outcome = await Promise.race([once(socket, 'open').then(() => null), refused])
  return { socket, frames, closed, outcome }
}

/** Drafts that no transport takes, and why. */
const badDrafts: readonly (readonly [string, unknown, string, number])[] = [
  ['an array', [draft], 'bad-draft', 400],
  ['null', null, 'bad-draft', 400],
  ['a number', 7, 'bad-draft', 400],
  ['without text', { ...draft, text: undefined }, 'bad-draft', 400],
  ['with empty text', { ...draft, text: '' }, 'bad-draft', 400],
  ['with text of a wrong type', { ...draft, text: { $gt: '' } }, 'bad-draft', 400],
  ['with text one byte too long', { ...draft, text: 'x'.repeat(MAX_TEXT_BYTES + 1) }, 'too-large', 413],
  [
    'with text too long in UTF-8 only',
    { ...draft, text: 'ä'.repeat(MAX_TEXT_BYTES / 2 + 1) },
    'too-large',
    413,
  ],
  ['without author', { ...draft, author: undefined }, 'bad-draft', 400],
  ['with an author of spaces', { ...draft, author: '  ' }, 'bad-draft', 400],
  ['with a line break in the author', { ...draft, author: 'ada\nroot' }, 'bad-draft', 400],
  ['with an author too long', { ...draft, author: 'x'.repeat(65) }, 'bad-draft', 400],
  ['with a zero-width space in the author', { ...draft, author: 'A\u200bda' }, 'bad-draft', 400],
  ['with an author that turns around', { ...draft, author: '\u202eadA' }, 'bad-draft', 400],
  ['with an empty draftId', { ...draft, draftId: '' }, 'bad-draft', 400],
  ['with an unknown field', { ...draft, seq: 7 }, 'bad-draft', 400],
]

describe.each(postPaths)('POST /%s', (path) => {
  it.each(badDrafts)('refuses a draft %s', async (_what, value, code, status) => {
    expect(await post(path, JSON.stringify(value))).toMatchObject({
      status,
      code,
      message: expect.any(String),
    })
  })

  it('refuses a prototype in disguise', async () => {
    const body = '{"draftId":"d","author":"ada","text":"hi","__proto__":{"admin":true}}'
    expect(await post(path, body)).toMatchObject({ status: 400, code: 'bad-draft' })
  })

  it.each(['', '{', 'hi', '{"text":"a"}}'])('refuses what is not JSON: %j', async (body) => {
    expect(await post(path, body)).toMatchObject({ status: 400 })
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'refuses %s, which a form of any other site could send',
    async (type) => {
      const answer = await post(path, JSON.stringify(draft), { 'content-type': type })
      expect(answer).toMatchObject({ status: 415, code: 'wrong-type' })
    },
  )

  it('refuses a body that is too large', async () => {
    const answer = await post(path, JSON.stringify({ ...draft, text: 'x'.repeat(MAX_DRAFT_BYTES) }))
    expect(answer).toMatchObject({ status: 413, code: 'too-large' })
  })

  it('refuses a page of another origin, and takes one that is allowed', async () => {
    const body = JSON.stringify(draft)
    expect(await post(path, body, { origin: 'https://evil.example' })).toMatchObject({
      status: 403,
      code: 'foreign-origin',
    })
    expect(await post(path, body, { origin: 'null' })).toMatchObject({ status: 403, code: 'foreign-origin' })
    expect(await post(path, body, { origin: 'https://chat.example' })).toMatchObject({ status: 201 })
    expect(await post(path, body, { origin: `http://${at}` })).toMatchObject({ status: 201 })
    expect(
      await post(path, body, { origin: `http://${at.replace('127.0.0.1', 'localhost')}` }),
    ).toMatchObject({
      status: 201,
    })
  })

  it('refuses a bad room name', async () => {
    const answer = await post(path.replace('lobby', 'No%20Room'), JSON.stringify(draft))
    expect(answer).toMatchObject({ status: 400, code: 'bad-room' })
  })

  it('takes the longest text there may be, however it is written in JSON', async () => {
    const body = JSON.stringify({ ...draft, draftId: `long ${path}`, text: '\0'.repeat(MAX_TEXT_BYTES) })
    expect(await post(path, body)).toMatchObject({ status: 201 })
  })
})

describe.each([...addresses])('reading by %s', (name, address) => {
  const path = (room: string, query: string) => `transports/${name}/rooms/${room}/${address.path}${query}`
  async function read(room: string, query = '') {
    if (address.upgrades) return (await openSocket(path(room, query))).outcome
    const response = await fetch(`http://${at}/${path(room, query)}`)
    return { status: response.status, ...((await response.json()) as object) }
  }

  it('refuses a bad room name', async () => {
    expect(await read('..%2fetc')).toMatchObject({ status: 400, code: 'bad-room' })
  })
  it('refuses what is not a cursor', async () => {
    expect(await read('lobby', '?since=yesterday')).toMatchObject({ status: 400, code: 'bad-cursor' })
  })
  it('refuses two cursors', async () => {
    expect(await read('lobby', '?since=a:1&since=a:2')).toMatchObject({ status: 400, code: 'bad-query' })
  })
})

describe('other requests', () => {
  it.each([
    ['GET', '/nothing/here', 404, 'not-found'],
    ['DELETE', '/rooms/lobby/messages', 404, 'not-found'],
    ['GET', '/transports/websocket/rooms/lobby/socket', 426, 'upgrade-required'],
    ['GET', '/transports/long-polling/rooms/lobby/messages?wait=soon', 400, 'bad-query'],
    ['GET', '/transports/long-polling/rooms/lobby/messages?wait=3600', 400, 'bad-query'],
    ['GET', '/transports/long-polling/rooms/lobby/messages?wait=-1', 400, 'bad-query'],
  ])('%s %s is answered %i %s', async (method, path, status, code) => {
    const response = await fetch(`http://${at}${path}`, { method })
    expect({ status: response.status, ...((await response.json()) as object) }).toMatchObject({
      status,
      code,
    })
  })
})

describe('a WebSocket', () => {
  it.each(badDrafts.filter(([, value]) => typeof (value as typeof draft | null)?.draftId === 'string'))(
    'refuses a draft %s with the same code, and stays open',
    async (_what, value, code) => {
      const { socket, frames } = await openSocket()
      socket.send(JSON.stringify({ type: 'send', draft: value }))
      await expect.poll(() => frames.find(({ type }) => type === 'rejected')).toMatchObject({ code })
      socket.send(JSON.stringify({ type: 'send', draft }))
      await expect.poll(() => frames.find(({ type }) => type === 'accepted')).toBeTruthy()
      socket.terminate()
    },
  )

  it.each([
    ['text that is not JSON', 'hello', 'bad-json', 1008],
    ['JSON that is not an object', '[]', 'bad-frame', 1008],
    ['an unknown type', '{"type":"shout"}', 'bad-frame', 1008],
    ['an unknown field', '{"type":"send","draft":{"draftId":"d"},"to":"all"}', 'bad-frame', 1008],
    ['a draft that cannot be answered by name', '{"type":"send","draft":{"text":"hi"}}', 'bad-frame', 1008],
    ['a binary frame', Buffer.from([1, 2, 3]), 'wrong-type', 1003],
  ])('says what is wrong with %s, and closes with the right code', async (_what, data, code, closeCode) => {
    const { socket, frames, closed } = await openSocket()
    socket.send(data)
    expect(await closed).toBe(closeCode)
    expect(frames.at(-1)).toMatchObject({ type: 'error', code })
  })

  it('closes with 1009 on a frame that is too large', async () => {
    const { socket, closed } = await openSocket()
    socket.send('x'.repeat(MAX_DRAFT_BYTES + 1))
    expect(await closed).toBe(1009)
  })

  it.each(['https://evil.example', 'null', 'http://localhost.evil.example'])(
    'is not opened by a page of %s',
    async (origin) => {
      const { outcome } = await openSocket(undefined, origin)
      expect(outcome).toMatchObject({ status: 403, code: 'foreign-origin' })
    },
  )

  it('is opened by our own page, an allowed one, and a program', async () => {
    for (const origin of [`http://${at}`, 'https://chat.example', undefined]) {
      const { socket, outcome } = await openSocket(undefined, origin)
      expect(outcome).toBeNull()
      socket.terminate()
    }
  })

  it('is refused at an address that has none', async () => {
    expect((await openSocket('nowhere')).outcome).toMatchObject({ status: 404, code: 'not-found' })
  })

  it('handshake of another version is refused by name', async () => {
    const answer = await raw(
      `GET /transports/websocket/rooms/lobby/socket HTTP/1.1\r\nHost: ${at}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 7\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n',
    )
    expect(answer).toMatch(/^HTTP\/1.1 426/)
  })
})

it('a POST that offers another protocol is answered as the HTTP/1.1 request that it is', async () => {
  const body = JSON.stringify({ ...draft, draftId: 'h2c' })
  const answer = await raw(
    `POST /rooms/lobby/messages HTTP/1.1\r\nHost: ${at}\r\nConnection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\n` +
      `HTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABkAAQBAAAAAAUAAEAA\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
    body,
  )
  expect(answer).toMatch(/^HTTP\/1.1 201/)
  expect(answer).toContain('"draftId":"h2c"')
})

it('bytes that are not HTTP are refused and harm no other client', async () => {
  expect(await raw('\x16\x03\x01\x02\x00 hello\r\n\r\n')).toMatch(/^HTTP\/1.1 400/)
})

it('text that is not UTF-8 is refused, not mended', async () => {
  const response = await fetch(`http://${at}/rooms/lobby/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"draftId":"u","author":"ada","text":"\xff"}', 'latin1'),
  })
  expect(await response.json()).toEqual({ code: 'bad-json', message: 'this is not UTF-8' })
})

it('a URL that cannot be decoded, or names too long a room, is refused in our words', async () => {
  expect(await post('%zz', '')).toMatchObject({ status: 400, code: 'bad-request' })
  expect(await post(`rooms/${'x'.repeat(500)}/messages`, '{}')).toMatchObject({ status: 400 })
  const long = JSON.stringify(draft)
  expect(await post(`rooms/${'x'.repeat(500)}/messages`, long)).toMatchObject({ code: 'bad-room' })
})

it('what is pipelined behind a waiting poll harms neither the poll nor the process', async () => {
  const cursor = hub.room('pipe').read(null).cursor
  const poll = `GET /transports/long-polling/rooms/pipe/messages?wait=0.1&since=${cursor} HTTP/1.1\r\nHost: ${at}\r\n\r\n`
  const stream = await raw(
    `${poll}GET /transports/sse/rooms/pipe/events HTTP/1.1\r\nHost: ${at}\r\nConnection: close\r\n\r\n`,
  )
  expect(stream).toMatch(/^HTTP\/1.1 200 [\s\S]*\{"messages":\[\][^\n]*HTTP\/1.1 400 [\s\S]*"bad-request"/)
  const upgrade = await raw(
    `${poll}GET /transports/websocket/rooms/pipe/socket HTTP/1.1\r\nHost: ${at}\r\nConnection: Upgrade\r\n` +
      'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==\r\n\r\n',
  )
  expect(upgrade).toBe('')
})

it('HEAD on a stream brings no body', async () => {
  const answer = await raw(
    `HEAD /transports/sse/rooms/lobby/events HTTP/1.1\r\nHost: ${at}\r\nConnection: close\r\n\r\n`,
  )
  expect(answer).toMatch(/^HTTP\/1.1 404 [\s\S]*\r\n\r\n$/)
})

it('after all this, no reader is left waiting and the room still works', async () => {
  await expect.poll(() => hub.followers).toBe(0)
  expect(await post('rooms/lobby/messages', JSON.stringify({ ...draft, draftId: 'last' }))).toMatchObject({
    status: 201,
  })
})

/** Sends bytes, in two pieces if there are two, and returns all that comes back. */
async function raw(...pieces: string[]): Promise<string> {
  const socket = connect(Number(at.split(':')[1]), '127.0.0.1')
  let text = ''
  socket.on('data', (chunk) => (text += chunk))
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  await once(socket, 'close')
  return text
}
