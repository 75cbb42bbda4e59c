/** HTTP requests that should not get what they want: refused in our words, or by a bare answer and a closed connection. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { SECRET, type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'
import { exchange, requestText } from './raw.ts'

const MESSAGES = `/rooms/${ROOM}/messages`
let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  server = await startServerUnderTest({ origins: ['https://chat.example'] })
  honest = await joinHonestReaders(server.at)
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

const JSON_TYPE = 'Content-Type: application/json'
const CLOSE = 'Connection: close'
const evil = '{"draftId":"attack","author":"eve","text":"let me in"}'
const request = (line: string, headers: readonly string[] = [], body = '') =>
  requestText(server.port, line, [...headers, CLOSE], body)
const post = (body: string, headers: readonly string[] = [JSON_TYPE], path = MESSAGES) =>
  request(`POST ${path}`, [...headers, `Content-Length: ${body.length}`], body)
/** Text as its bytes of UTF-8, a character for each: what goes on the wire. */
const bytesOf = (text: string) => Buffer.from(text).toString('latin1')
const refusal = { status: (status: number) => status >= 400 && status < 500 }

async function statusOf(bytes: string): Promise<number> {
  const { statuses, text, isClosed } = await exchange(server.port, bytes)
  expect(isClosed, 'the connection was left open').toBe(true)
  expect(statuses, text).toHaveLength(1)
  return statuses[0]!
}

describe('files that are not pages', () => {
  it.each([
    '/../secret.txt',
    '/../../../../etc/passwd',
    '/./../secret.txt',
    '/x/../../secret.txt',
    '//../secret.txt',
    '/%2e%2e/secret.txt',
    '/%2E%2E/secret.txt',
    '/.%2e/secret.txt',
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/..%252fsecret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/..%255csecret.txt',
    '/..%c0%afsecret.txt',
    '/%c0%ae%c0%ae/secret.txt',
    '/..%ef%bc%8fsecret.txt',
    '/....//secret.txt',
    '/..;/secret.txt',
    '/..%00/secret.txt',
    '/index.html%00.txt/../../secret.txt',
    '/../pages-backup/secret.txt',
    '/..%2fpages-backup%2fsecret.txt',
    '/bench/../../secret.txt',
    '/bench/..%2fsecret.txt',
    '/bench/%2e%2e%2fpages-backup%2fsecret.txt',
    '/.env',
    '/%2eenv',
    '/./.env',
    '/.git/config',
    '/%2egit%2fconfig',
    '/.git%2fconfig',
    '/index.html/../.env',
    '/etc/passwd',
    '//etc/passwd',
    '/file:///etc/passwd',
    '/C:%5cWindows%5cwin.ini',
    '/con',
  ])('GET %s gets nothing', async (path) => {
    const { statuses, text } = await exchange(server.port, request(`GET ${path}`))
    expect(text).not.toContain(SECRET)
    expect(text).not.toContain('root:')
    expect(statuses, text).toHaveLength(1)
    expect(statuses[0], text).toSatisfy(refusal.status)
  })
})

describe('names under which the server must not be read', () => {
  const POLL = `GET /transports/short-polling/rooms/${ROOM}/messages`
  it.each([
    'evil.example',
    'evil.example:3000',
    'localhost.evil.example',
    'evil-localhost',
    'localhost@evil.example',
    'evil.example#localhost',
    'evil.example, localhost',
    'localhost, evil.example',
    '127.0.0.1.nip.example',
    '127.0.0.1.',
    '[::1].evil.example',
    '[::1',
    'localhost:3000:80',
    'localhost:port',
    'chat.example.evil.example',
    'xchat.example',
    '0x7f000001.evil.example',
    '%6cocalhost',
    'localhost/',
    'localhost\\evil.example',
    'lоcalhost', // its o is Cyrillic
    '.',
    '',
  ])('Host: %s is not ours', async (host) => {
    expect(await statusOf(request(POLL, [`Host: ${host}`]))).toBe(421)
  })

  it.each(['evil.example', 'user@127.0.0.1', 'evil.example:80'])(
    'nor is a target of http://%s/, whatever Host says',
    async (host) => {
      const line = POLL.replace('GET ', `GET http://${host}`)
      expect(await statusOf(request(line))).toBe(421)
    },
  )

  it('says with which code', async () => {
    const { text } = await exchange(server.port, request(POLL, ['Host: evil.example']))
    expect(text).toContain('{"code":"foreign-host","message":')
    expect(text).not.toContain('"messages"')
  })

  it.each([
    'localhost',
    'LocalHost:8080',
    '127.0.0.1',
    '127.0.0.1:9',
    '[::1]:3000',
    '192.0.2.7:3000',
    'chat.example',
    'chat.example:443',
  ])('Host: %s is fine', async (host) => {
    expect(await statusOf(request(POLL, [`Host: ${host}`]))).toBe(200)
  })
})

describe('requests that two servers could read in two ways (smuggling)', () => {
  const SMUGGLED = `POST ${MESSAGES} HTTP/1.1\r\nHost: 127.0.0.1\r\n${JSON_TYPE}\r\nContent-Length: ${evil.length}\r\n\r\n${evil}`
  const chunked = (...chunks: string[]) => `${chunks.join('\r\n')}\r\n\r\n`
  it.each<readonly [what: string, headers: readonly string[], body: string]>([
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked'], chunked('0')],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4'], chunked('0')],
    ['two lengths', ['Content-Length: 0', 'Content-Length: 9'], ''],
    ['two lengths in one', ['Content-Length: 0, 9'], ''],
    ['the same length twice', ['Content-Length: 0', 'Content-Length: 0'], ''],
    ['a negative length', ['Content-Length: -1'], ''],
    ['a length with a sign', ['Content-Length: +0'], ''],
    ['a length in hexadecimal', ['Content-Length: 0x0'], ''],
    ['a length with a fraction', ['Content-Length: 0.0'], ''],
    ['a length with a space in it', ['Content-Length: 0 0'], ''],
    ['a length beyond 2⁶⁴', ['Content-Length: 18446744073709551616'], ''],
    ['an empty length', ['Content-Length: '], ''],
    ['a space before the colon of the length', ['Content-Length : 0'], ''],
    ['a folded length', ['Content-Length:\r\n 0'], ''],
    ['chunks twice', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked('0')],
    ['chunks that are not last', ['Transfer-Encoding: chunked, identity'], chunked('0')],
    ['an encoding that is none', ['Transfer-Encoding: xchunked'], chunked('0')],
    ['an encoding in quotes', ['Transfer-Encoding: "chunked"'], chunked('0')],
    ['an encoding behind a vertical tab', ['Transfer-Encoding: \x0bchunked'], chunked('0')],
    ['a space before the colon of the encoding', ['Transfer-Encoding : chunked'], chunked('0')],
    ['an encoding after a bare LF', ['X: y\nTransfer-Encoding: chunked'], chunked('0')],
    ['an encoding after a bare CR', ['X: y\rTransfer-Encoding: chunked'], chunked('0')],
    ['a chunk that is not a number', ['Transfer-Encoding: chunked'], chunked('zz', 'x', '0')],
    ['a chunk of negative size', ['Transfer-Encoding: chunked'], chunked('-1', 'x', '0')],
    ['a chunk in 0x', ['Transfer-Encoding: chunked'], chunked('0x1', 'x', '0')],
    ['a chunk beyond 2⁶⁴', ['Transfer-Encoding: chunked'], chunked('10000000000000000', 'x', '0')],
    ['a chunk longer than it says', ['Transfer-Encoding: chunked'], chunked('1', 'xyz', '0')],
    ['a chunk that ends with a bare LF', ['Transfer-Encoding: chunked'], '1\nx\n0\n\n'],
    ['a chunk extension with a bare LF', ['Transfer-Encoding: chunked'], chunked('0;a\nb')],
  ])('%s', async (_what, headers, body) => {
    const bytes = `${requestText(server.port, `POST ${MESSAGES}`, [JSON_TYPE, ...headers])}${body}${SMUGGLED}`
    const { statuses, isClosed, text } = await exchange(server.port, bytes)
    expect(isClosed, text).toBe(true)
    expect(statuses, text).toEqual([400])
  })
})

describe('what is hardly HTTP', () => {
  it.each<readonly [what: string, status: number, bytes: () => string]>([
    ['a NUL in a header', 400, () => request('GET /', ['X: a\0b'])],
    ['a NUL in the target', 400, () => request('GET /\0')],
    ['a space in the target', 400, () => request('GET /a b')],
    ['a header without a name', 400, () => request('GET /', [': a'])],
    ['a header without a colon', 400, () => request('GET /', ['Xa'])],
    ['a bare CR in a header', 400, () => request('GET /', ['X: a\rY: b'])],
    ['no Host', 400, () => `GET / HTTP/1.1\r\n${CLOSE}\r\n\r\n`],
    ['two Hosts', 400, () => request('GET /', ['Host: localhost', 'Host: localhost'])],
    ['a method that is none', 400, () => request('STEAL /')],
    ['a method in small letters', 400, () => request('get /')],
    ['HTTP/2 by its preface', 400, () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', 400, () => 'GET / HTTP/9.9\r\nHost: localhost\r\n\r\n'],
    ['TLS', 400, () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n'],
    ['SSH', 400, () => 'SSH-2.0-OpenSSH_9.7\r\n\r\n'],
    ['SMTP', 400, () => 'EHLO evil.example\r\n\r\n'],
    ['a target of 64 KiB', 431, () => request(`GET /${'x'.repeat(65_536)}`)],
    ['headers of 64 KiB', 431, () => request('GET /', [`X: ${'x'.repeat(65_536)}`])],
    [
      '3,000 headers',
      431,
      () =>
        request(
          'GET /',
          Array.from({ length: 3_000 }, (_, i) => `X${i}: y`),
        ),
    ],
    ['a target in authority form', 400, () => request('GET 127.0.0.1:80')],
    ['a target of *', 404, () => request('OPTIONS *')],
    ['TRACE', 404, () => request(`TRACE ${MESSAGES}`, ['Cookie: secret'])],
    ['PUT', 404, () => request(`PUT ${MESSAGES}`)],
    ['PROPFIND', 404, () => request('PROPFIND /')],
  ])('%s is answered with %i', async (_what, status, bytes) => {
    expect(await statusOf(bytes())).toBe(status)
  })

  it('CONNECT opens no tunnel', async () => {
    const { text, isClosed } = await exchange(
      server.port,
      request('CONNECT 127.0.0.1:22', ['Host: 127.0.0.1:22']),
    )
    expect({ text, isClosed }).toEqual({ text: '', isClosed: true })
  })

  it('1,000 requests in one breath are answered in their order', async () => {
    const one = requestText(server.port, 'GET /healthz')
    const { statuses } = await exchange(server.port, one.repeat(999) + request('GET /nowhere'))
    expect(statuses).toEqual([...Array(999).fill(200), 404])
  })
})

describe('drafts that must not become messages', () => {
  it.each<readonly [what: string, status: number, bytes: () => string]>([
    [
      'of a form',
      415,
      () => post('draftId=attack&author=eve&text=x', ['Content-Type: application/x-www-form-urlencoded']),
    ],
    ['of a form with files', 415, () => post(evil, ['Content-Type: multipart/form-data; boundary=x'])],
    ['as plain text', 415, () => post(evil, ['Content-Type: text/plain'])],
    ['without a type', 415, () => post(evil, [])],
    ['of a type that only begins like JSON', 415, () => post(evil, ['Content-Type: application/jsonp'])],
    ['of two types', 415, () => post(evil, ['Content-Type: text/plain; application/json'])],
    ['with a prototype', 400, () => post(evil.replace('{', '{"__proto__":{"polluted":1},'))],
    [
      'with a constructor',
      400,
      () => post(evil.replace('{', '{"constructor":{"prototype":{"polluted":1}},')),
    ],
    ['that is a prototype', 400, () => post(`{"__proto__":${evil}}`)],
    ['with a text that is an object', 400, () => post(evil.replace('"let me in"', '{"$ne":null}'))],
    ['with a text that is a list', 400, () => post(evil.replace('"let me in"', '["let me in"]'))],
    ['with a second text', 400, () => post(evil.replace('}', ',"text":""}'))],
    ['with a place in the log', 400, () => post(evil.replace('}', ',"seq":1}'))],
    ['with a line break in the author', 400, () => post(evil.replace('eve', 'eve\\nid: 1'))],
    ['with a CR in the draftId', 400, () => post(evil.replace('attack', 'attack\\rdata: x'))],
    ['with an escape for the terminal in the author', 400, () => post(evil.replace('eve', '\\u001b[2J'))],
    ['100,000 deep', 400, () => post('['.repeat(100_000))],
    ['compressed', 400, () => post('\x1f\x8b\x08\0\0', [JSON_TYPE, 'Content-Encoding: gzip'])],
    ['with a byte order mark', 400, () => post(bytesOf(`\u{feff}${evil}`))],
    ['in a room outside', 400, () => post(evil, [JSON_TYPE], '/rooms/..%2f..%2fetc/messages')],
    ['in a room named like a property', 400, () => post(evil, [JSON_TYPE], '/rooms/__proto__/messages')],
    ['from a foreign page', 403, () => post(evil, [JSON_TYPE, 'Origin: https://evil.example'])],
    [
      'by another method in a header',
      200,
      () => request(`GET /transports/short-polling${MESSAGES}`, ['X-HTTP-Method-Override: POST']),
    ],
    ['by another method in the query (a read, that is)', 200, () => request(`GET ${MESSAGES}?_method=POST`)],
    ['of a claimed 1 GiB', 413, () => request(`POST ${MESSAGES}`, [JSON_TYPE, 'Content-Length: 1073741824'])],
  ])('%s: %i', async (_what, status, bytes) => {
    expect(await statusOf(bytes())).toBe(status)
  })

  it.each([
    ['/transports/short-polling', 'since=a:1&since=a:2', 400],
    ['/transports/short-polling', 'since[]=a:1', 200], // another parameter, which no route reads
    ['/transports/short-polling', '__proto__[polluted]=1', 200],
    ['/transports/short-polling', 'constructor.prototype.polluted=1', 200],
    ['/transports/short-polling', 'since=%00', 400],
    ['/transports/short-polling', 'since=a:1%0d%0aSet-Cookie:%20x=1', 400],
    ['/transports/short-polling', 'since=a:-1', 400],
    ['/transports/short-polling', 'since=a:1e9', 400],
    ['/transports/short-polling', 'since=a:99999999999999999999', 400],
    ['/transports/long-polling', 'wait=1e9', 400],
    ['/transports/long-polling', 'wait=Infinity', 400],
    ['/transports/long-polling', 'wait=NaN', 400],
    ['/transports/long-polling', 'wait=0x1', 400],
    ['/transports/long-polling', 'wait=1&wait=2', 400],
  ])('%s with ?%s: %i', async (transport, query, status) => {
    const { text, statuses } = await exchange(server.port, request(`GET ${transport}${MESSAGES}?${query}`))
    expect(statuses).toEqual([status])
    expect(text).not.toMatch(/^set-cookie/im)
  })
})

describe('a stream of events', () => {
  const EVENTS = 'GET /transports/sse/rooms/forgery/events'
  const FORGERIES = [
    'a\nb',
    'a\r\nb',
    'a\rb',
    'x\n\ndata: forged\n\n',
    'x\r\rid: forged\r\r',
    'x\n\nevent: forged\ndata: x\n\n',
    'x\n\nretry: 1\n\n',
    '\u2028data: forged\u2029',
    '\u0085data: forged',
    '\0\ndata: forged',
    '\u{feff}data: forged',
    ':\n:\n',
  ]

  it('has only the fields of the server, whatever is written in the chat', async () => {
    for (const [index, text] of FORGERIES.entries()) {
      const body = JSON.stringify({ draftId: `f${index}`, author: 'data: forged', text })
      expect(await statusOf(post(bytesOf(body), [JSON_TYPE], '/rooms/forgery/messages'))).toBe(201)
    }
    const isWhole = (text: string) =>
      text.includes(`"draftId":"f${FORGERIES.length - 1}"`) && text.endsWith('\r\n')
    const { text } = await exchange(server.port, requestText(server.port, EVENTS), { isEnough: isWhole })
    const stream = Buffer.from(text.slice(text.indexOf('\r\n\r\n') + 4), 'latin1').toString()
    const fields = stream
      .replace(/^[0-9a-f]+\r\n|\r\n$/gm, '') // the chunks
      .split(/\r\n|\r|\n/)
      .filter((line) => line !== '')
      .map((line) => line.split(':')[0])
    expect(fields).toEqual(['retry', 'id', 'data'])
    expect(FORGERIES.every((forgery) => stream.includes(JSON.stringify(forgery)))).toBe(true)
  })

  it.each([
    'yesterday',
    'a:1\tb',
    'a:1, a:2',
    '<script>',
    'a'.repeat(8_000),
    "' OR 1=1 --",
    '../../etc/passwd',
  ])('refuses Last-Event-ID: %s', async (id) => {
    expect(await statusOf(request(EVENTS, [`Last-Event-ID: ${id}`]))).toBe(400)
  })
})

it('leave the honest readers in order, the log clean, and the process quiet', async () => {
  await honest.expectUnharmed()
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
  expect((await server.figures()).polluted).toEqual([])
})
