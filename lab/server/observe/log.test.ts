/** The log: JSON lines, without secrets, that no client can forge and that cannot fill the disk. */
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { LabOptions } from '../../app/build-lab.ts'
import { UsageError } from '../../command/usage-error.ts'
import { Hub } from '../../hub/hub.ts'
import { exchange, requestText } from '../../verify/attacks/raw.ts'
import { HANDSHAKE } from '../../verify/attacks/raw-web-socket.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { ChatError } from '../../wire/errors.ts'
import { LINES_A_MINUTE, type Log, openLog, visibleText } from './log.ts'
import { createServerMetrics } from './server-metrics.ts'

const folder = mkdtempSync(join(tmpdir(), 'lab-log-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let server: TestServer
let hub: Hub
let log: Log
let written = ''
let time = 0
let port: number
async function start(options: LabOptions = {}): Promise<void> {
  server = await startTestServer({ hub, metrics: createServerMetrics(log), ...options })
  port = server.port
}
beforeEach(async () => {
  written = ''
  time = 0
  const write = (line: string) => {
    written += line
  }
  log = openLog({ sink: { write }, now: () => time })
  hub = new Hub()
})
afterEach(async () => {
  await server?.close()
  log.close()
})

/** Control and format characters, and separators of lines. */
const OBEYED = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u

/** What is in the log. Fails unless each line is one JSON object, and has no character in it that a terminal would obey. */
function lines(): Record<string, unknown>[] {
  for (const char of written) if (char !== '\n') expect(char).not.toMatch(OBEYED)
  return written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}
const events = () => lines().map(({ event }) => event)
const POLL = '/transports/short-polling/rooms/lobby/messages'

it('tells a terminal only of what is wrong', () => {
  const write = (line: string) => {
    written += line
  }
  for (const isQuiet of [true, false]) {
    const own = openLog({ isQuiet, sink: { write } })
    own.info('started')
    own.warn('messages are refused, reading goes on')
    own.failed(new Error('broken'))
    own.close()
  }
  const wrong = ['messages are refused, reading goes on', 'failed']
  expect(events()).toEqual([...wrong, 'started', ...wrong])
})

describe('by default, the log', () => {
  it('is silent about what goes well', async () => {
    await start()
    await fetch(`http://127.0.0.1:${port}${POLL}`)
    hub.room('lobby').publish({ draftId: 'd1', author: 'ada', text: 'hello' })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket`)
    await once(socket, 'message')
    socket.close()
    await once(socket, 'close')
    expect(written).toBe('')
  })

  it.each<readonly [what: string, line: string, headers: readonly string[], facts: object]>([
    [
      'a foreign page that writes',
      'POST /rooms/lobby/messages',
      ['Origin: https://evil.example'],
      {
        code: 'foreign-origin',
        method: 'POST',
        path: '/rooms/lobby/messages',
        origin: 'https://evil.example',
      },
    ],
    [
      'a foreign page that opens a WebSocket',
      'GET /transports/websocket/rooms/lobby/socket',
      [...HANDSHAKE, 'Origin: https://evil.example'],
      { code: 'foreign-origin', method: 'GET', path: '/transports/websocket/rooms/lobby/socket' },
    ],
    ['a foreign name', `GET ${POLL}`, ['Host: evil.example'], { code: 'foreign-host', host: 'evil.example' }],
    ['a path that is not there', 'GET /nowhere', [], { code: 'not-found', path: '/nowhere' }],
  ])('tells of %s', async (_what, line, headers, facts) => {
    await start()
    await exchange(port, requestText(port, line, [...headers, 'Connection: close']))
    expect(lines()).toEqual([
      expect.objectContaining({ level: 'warn', event: 'refused', address: '127.0.0.1', ...facts }),
    ])
    expect(Date.parse(lines()[0]!.time as string)).toBeGreaterThan(0)
  })

  it('tells of a connection that is turned away, and of a message too many', async () => {
    await start({ connections: { perAddress: 1, total: 5 }, messagesPerSecond: 0.1 })
    const socket = new WebSocket(`ws://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket`)
    await once(socket, 'message')
    await exchange(port, requestText(port, 'GET /healthz'))
    const send = (draftId: string) =>
      socket.send(JSON.stringify({ type: 'send', draft: { draftId, author: 'ada', text: 'hi' } }))
    send('a')
    send('b')
    await vi.waitFor(() => expect(lines()).toHaveLength(2))
    expect(lines()).toMatchObject([
      { code: 'too-many-connections', address: '127.0.0.1' },
      { code: 'too-many-requests', address: '127.0.0.1' },
    ])
    socket.terminate()
  })

  it('tells of a failure of ours with all that is known, and the peer no more than that', async () => {
    vi.spyOn(hub, 'room').mockImplementation(() => {
      throw new Error('the roof is leaking')
    })
    await start()
    const { text } = await exchange(port, requestText(port, `GET ${POLL}?note=s3cret`, ['Connection: close']))
    expect(text).toContain('HTTP/1.1 500')
    expect(text).not.toContain('roof')
    expect(lines()).toMatchObject([{ level: 'error', event: 'failed', method: 'GET', path: POLL }])
    expect(lines()[0]!.error).toMatch(/the roof is leaking[\s\S]*log\.test\.ts/)
    expect(written).not.toContain('s3cret')
  })
})

describe('a secret', () => {
  const SECRET = 's3cret-0f-ada'
  it.each<readonly [where: string, target: string, headers: readonly string[]]>([
    ['a ticket in the query', `/nowhere?ticket=${SECRET}`, []],
    ['a ticket in a query that cannot be decoded', `/%zz?ticket=${SECRET}`, []],
    ['a ticket in a fragment', `/nowhere#ticket=${SECRET}`, []],
    ['a password in an absolute target', `http://ada:${SECRET}@evil.example/nowhere`, []],
    ['a cookie', '/nowhere', [`Cookie: session=${SECRET}`]],
    ['a token', '/nowhere', [`Authorization: Bearer ${SECRET}`]],
    [
      'a token of a foreign page',
      '/rooms/lobby/messages',
      [`Authorization: Bearer ${SECRET}`, 'Origin: null'],
    ],
    [
      'a header of any other name',
      '/nowhere',
      [`X-Api-Key: ${SECRET}`, `Referer: https://x.example/?t=${SECRET}`],
    ],
  ])('in %s is not written, not even with a line for each request', async (_where, target, headers) => {
    await start({ requestLog: log })
    await exchange(
      port,
      requestText(port, `POST ${target}`, [...headers, 'Content-Length: 0', 'Connection: close']),
    )
    await vi.waitFor(() => expect(written).not.toBe(''))
    expect(written).not.toContain(SECRET)
  })

  it('in the message of an error of ours is struck out', () => {
    log.failed(
      new Error(`cannot open wss://lab/socket?ticket=${SECRET}&since=x: Authorization: Bearer ${SECRET}`),
    )
    expect(written).toContain('cannot open')
    expect(written).not.toContain(SECRET)
  })
})

describe('a client cannot forge a line of the log', () => {
  const FORGED = '{"level":"info","event":"started"}'
  it.each<readonly [how: string, text: string]>([
    ['a line feed', `\n${FORGED}\n`],
    ['a carriage return', `\r${FORGED}`],
    ['a line separator', `\u2028${FORGED}\u2029`],
    ['a next-line control', `\u0085${FORGED}`],
    ['an escape sequence', `\u001b[2K\u009b2K${FORGED}`],
    ['a change of direction', `\u202e${FORGED}`],
    ['a quotation mark', `"}\\n${FORGED}`],
    ['half of a surrogate pair', `\ud800${FORGED}`],
  ])('by %s', (_how, text) => {
    log.warn('storing failed', { why: text })
    log.failed(new Error(text))
    expect(lines()).toHaveLength(2)
    expect(events()).toEqual(['storing failed', 'failed'])
  })

  it('by a header or a path, as far as HTTP lets them through', async () => {
    await start({ requestLog: log })
    const bytes = Buffer.from('\u2028\u0085\u009b2K', 'utf8').toString('latin1')
    await exchange(
      port,
      requestText(port, `GET /%0a%0d${encodeURIComponent(FORGED)}`, [
        `Origin: ${bytes}`,
        `Host: ${bytes}\t"x`,
        'Connection: close',
      ]),
    )
    await exchange(
      port,
      requestText(port, 'POST /', [`Origin: ${bytes}"`, 'Content-Length: 0', 'Connection: close']),
    )
    await vi.waitFor(() => expect(lines().length).toBeGreaterThanOrEqual(3))
    for (const event of events()) expect(['refused', 'request']).toContain(event)
  })

  it('by length: what a stranger has chosen is cut', async () => {
    await start()
    await exchange(port, requestText(port, `GET /${'x'.repeat(5_000)}`, ['Connection: close']))
    expect(written.length).toBeLessThan(600)
  })

  it('by half a character: what is cut ends with a whole one', () => {
    expect(visibleText('🇩🇪'.repeat(3), 10)).toBe(`${'🇩🇪'.repeat(2)}…`)
  })
})

describe('refusals', () => {
  const refuse = (code: ConstructorParameters<typeof ChatError>[0], times: number) => {
    for (let n = 0; n < times; n++) log.refused(code, { address: '192.0.2.1' })
  }

  it('of one kind are a few lines a minute, and then a count of the others', () => {
    refuse('foreign-origin', 1_000)
    expect(lines()).toHaveLength(LINES_A_MINUTE)
    time = 60_000
    refuse('foreign-origin', 1)
    expect(lines()[LINES_A_MINUTE]).toMatchObject({ code: 'foreign-origin', more: 1_000 - LINES_A_MINUTE })
    expect(lines()).toHaveLength(LINES_A_MINUTE + 2)
  })

  it('of one kind hide none of another', () => {
    refuse('not-found', 1_000)
    refuse('foreign-origin', 1)
    expect(lines().at(-1)).toMatchObject({ code: 'foreign-origin' })
  })

  it('that were not told yet are, when the log is closed', () => {
    refuse('not-found', 15)
    log.close()
    expect(lines().at(-1)).toMatchObject({ code: 'not-found', more: 5 })
  })
})

it('has a line for each request when it is told to: when it ended, and how', async () => {
  await start({ requestLog: log })
  await fetch(`http://127.0.0.1:${port}${POLL}?since=no`)
  const socket = new WebSocket(`ws://127.0.0.1:${port}/transports/websocket/rooms/lobby/socket`)
  await once(socket, 'message')
  const requests = () => lines().filter(({ event }) => event === 'request')
  await vi.waitFor(() => expect(requests()).toHaveLength(1))
  socket.close()
  await vi.waitFor(() => expect(requests()).toHaveLength(2))
  expect(requests()).toMatchObject([
    { method: 'GET', path: POLL, status: 400, http: '1.1', address: '127.0.0.1' },
    { path: '/transports/websocket/rooms/lobby/socket', status: 101 },
  ])
  for (const { ms } of requests()) expect(ms).toBeGreaterThanOrEqual(0)
})

describe('a file', () => {
  it('is added to, and is for its owner', () => {
    const file = join(folder, 'lab.log')
    for (const event of ['one', 'two']) {
      const own = openLog({ file })
      own.info(event)
      own.close()
    }
    const text = readFileSync(file, 'utf8')
    expect(
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).event),
    ).toEqual(['one', 'two'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it('that cannot be written is said in one line', () => {
    expect(() => openLog({ file: folder })).toThrow(UsageError)
    expect(() => openLog({ file: join(folder, 'no', 'such.log') })).toThrow(
      /^--log [^\n]* cannot be written \(ENOENT\)$/,
    )
  })
})

it('is not what tells a reader: errors are told as they were, log or no log', async () => {
  await start()
  const refused = await fetch(`http://127.0.0.1:${port}/nowhere`)
  expect({ status: refused.status, body: await refused.json() }).toEqual({
    status: 404,
    body: new ChatError('not-found', 'there is nothing at GET /nowhere').toJSON(),
  })
})
