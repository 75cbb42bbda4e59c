/** WebSocket handshakes (RFC 6455 §4.2.1) that must not be accepted, and some that must, as odd as they look. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { ROOM } from './honest-readers.ts'
import { exchange, requestText } from './raw.ts'
import { HANDSHAKE, KEY } from './raw-web-socket.ts'

/** All that speak WebSocket must take and refuse the same. */
const SPEAKERS = await webSocketTransports()
/** Stands for the transport that is tried. */
const SOCKET = `/transports/NAME/rooms/${ROOM}/socket`
let server: ServerUnderTest
beforeAll(async () => {
  server = await startServerUnderTest({ origins: ['https://chat.example'] })
})
afterAll(() => server?.stop())

/** The headers of a good handshake with some of them changed; null leaves one out. */
function handshake(changes: Record<string, string | null> = {}): string[] {
  const all = new Map(HANDSHAKE.map((line) => line.split(': ') as [string, string]))
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) all.delete(name)
    else all.set(name, value)
  }
  return [...all].map(([name, value]) => `${name}: ${value}`)
}

const isOpened = (text: string) => text.includes('\r\n\r\n')

type Case = readonly [what: string, status: number, headers: readonly string[], line: string]

/** The line is that of a good handshake where none is given. */
function cases(short: readonly (readonly [string, number, readonly string[], string?])[]): Case[] {
  return short.map(([what, status, headers, line = `GET ${SOCKET}`]) => [what, status, headers, line])
}

const refused: readonly Case[] = cases([
  ['without a key', 400, handshake({ 'Sec-WebSocket-Key': null })],
  ['with an empty key', 400, handshake({ 'Sec-WebSocket-Key': '' })],
  ['with a key of 15 bytes', 400, handshake({ 'Sec-WebSocket-Key': 'AQIDBAUGBwgJCgsMDQ4P' })],
  ['with a key of 17 bytes', 400, handshake({ 'Sec-WebSocket-Key': 'AQIDBAUGBwgJCgsMDQ4PEBE=' })],
  ['with a key that is not base64', 400, handshake({ 'Sec-WebSocket-Key': '!!!!!!!!!!!!!!!!!!!!!!==' })],
  ['with two keys', 400, [...handshake(), `Sec-WebSocket-Key: ${KEY}`]],
  ['without a version', 426, handshake({ 'Sec-WebSocket-Version': null })],
  ...['0', '7', '8', '12', '14', '113', '013', '13, 12', 'x'].map(
    (version) => [`of version ${version}`, 426, handshake({ 'Sec-WebSocket-Version': version })] as const,
  ),
  ['without Connection', 426, handshake({ Connection: null })],
  ['with Connection: close', 426, handshake({ Connection: 'close' })],
  ['without Upgrade', 426, handshake({ Upgrade: null })],
  ['for another protocol', 426, handshake({ Upgrade: 'h2c' })],
  ['for a protocol that only begins like it', 426, handshake({ Upgrade: 'websockets' })],
  ['by POST', 404, handshake(), `POST ${SOCKET}`],
  ['by PUT', 404, handshake(), `PUT ${SOCKET}`],
  ['by HEAD', 426, handshake(), `HEAD ${SOCKET}`],
  ['with a malformed subprotocol', 400, handshake({ 'Sec-WebSocket-Protocol': 'a,,b' })],
  ['with a subprotocol twice', 400, handshake({ 'Sec-WebSocket-Protocol': 'a, a' })],
  ['from a foreign page', 403, handshake({ Origin: 'https://evil.example' })],
  ['from a page without an origin', 403, handshake({ Origin: 'null' })],
  ['from an origin that begins like ours', 403, handshake({ Origin: 'https://chat.example.evil.example' })],
  ['from our origin, by another scheme', 403, handshake({ Origin: 'http://chat.example' })],
  ['from our origin, with a path', 403, handshake({ Origin: 'https://chat.example/' })],
  ['from our origin, in capitals', 403, handshake({ Origin: 'HTTPS://CHAT.EXAMPLE' })],
  ['from two origins', 403, handshake({ Origin: 'https://chat.example https://evil.example' })],
  ['under a name that is not ours', 421, handshake({ Host: 'rebound.evil.example' })],
  ['under a name that begins like ours', 421, handshake({ Host: 'localhost.evil.example' })],
  ['under two names', 400, [...handshake({ Host: '127.0.0.1' }), 'Host: evil.example']],
  ['under no name', 421, handshake({ Host: '' })],
  ['to a bad room', 400, handshake(), 'GET /transports/NAME/rooms/..%2f..%2fetc/socket'],
  ['with a bad cursor', 400, handshake(), `GET ${SOCKET}?since=%0d%0aSet-Cookie:x`],
  ['with two cursors', 400, handshake(), `GET ${SOCKET}?since=a:1&since=a:2`],
  ['to nowhere', 404, handshake(), 'GET /socket'],
  ['with a header that has no name', 400, [...handshake(), ': x']],
  ['with a space before the colon', 400, [...handshake(), 'X-Y : z']],
  ['with a folded header', 400, [...handshake(), 'X-Y: a\r\n b']],
  ['with a NUL in a header', 400, [...handshake(), 'X-Y: a\0b']],
  ['with a bare CR in a header', 400, [...handshake(), 'X-Y: a\rSet-Cookie: x']],
  ['with headers of 64 KiB', 431, [...handshake(), `X-Y: ${'x'.repeat(65_536)}`]],
  ['with a body that claims two lengths', 400, [...handshake(), 'Content-Length: 1', 'Content-Length: 2']],
  ['with a length and chunks', 400, [...handshake(), 'Content-Length: 1', 'Transfer-Encoding: chunked']],
])

describe.each(SPEAKERS)(`${refused.length} bad handshakes with %s`, (name) => {
  it.each(refused)('%s: is answered with %i', async (what, status, headers, line) => {
    // Some are ordinary requests to the server, after which it waits for the next one.
    const answer = await exchange(
      server.port,
      requestText(server.port, line.replace('NAME', name), headers),
      {
        isEnough: isOpened,
      },
    )
    expect(answer.statuses).toEqual([status])
    expect(answer.text).not.toMatch(/^(sec-websocket-accept|set-cookie)/im)
    // RFC 6455 §4.4
    if (what.includes('version')) expect(answer.text).toMatch(/^sec-websocket-version: 13\r$/im)
  })
})

describe.each(SPEAKERS)('a good handshake with %s', (name) => {
  it.each<readonly [string, readonly string[]]>([
    ['as it is', handshake()],
    ['in capitals', handshake({ Upgrade: 'WEBSOCKET', Connection: 'UPGRADE' })],
    ['with more than one option of the connection', handshake({ Connection: 'keep-alive, Upgrade' })],
    ['from an allowed page', handshake({ Origin: 'https://chat.example' })],
    ['under the name of an allowed page', handshake({ Host: 'chat.example' })],
    ['under localhost and another port', handshake({ Host: 'LOCALHOST:1' })],
  ])('%s is taken', async (_what, headers) => {
    const answer = await exchange(
      server.port,
      requestText(server.port, `GET ${SOCKET.replace('NAME', name)}`, headers),
      {
        isEnough: isOpened,
      },
    )
    expect(answer.statuses).toEqual([101])
    expect(answer.text).toContain('Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=') // RFC 6455 §1.3
  })

  it.each([
    'permessage-deflate',
    'permessage-deflate; client_max_window_bits',
    'x-webkit-deflate-frame',
    ';;',
  ])('that offers %s gets no compression, and so no compression bomb', async (extension) => {
    const headers = handshake({ 'Sec-WebSocket-Extensions': extension })
    const answer = await exchange(
      server.port,
      requestText(server.port, `GET ${SOCKET.replace('NAME', name)}`, headers),
      {
        isEnough: isOpened,
      },
    )
    expect(answer.statuses).toEqual([101])
    expect(answer.text).not.toMatch(/^sec-websocket-extensions/im)
  })
})

it('offers of another protocol, 50 on one connection, get one answer and its end', async () => {
  const offer = requestText(server.port, 'GET /healthz', [
    'Connection: Upgrade, HTTP2-Settings',
    'Upgrade: h2c',
    'HTTP2-Settings: AAMAAABk',
  ])
  expect(await exchange(server.port, offer.repeat(50))).toMatchObject({
    statuses: [200, 400],
    isClosed: true,
  })
})

it('after all attacks on the handshake, the server process is alive, has printed nothing, and has no follower left', async () => {
  await expect.poll(async () => (await server.figures()).followers, { timeout: 60_000 }).toBe(0)
  expect(server.said()).toBe('')
  expect(server.isAlive()).toBe(true)
})
