/** Answers that Node has let go of: on the wire they must be what Node's own would be, in the same order. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTestServer, type TestServer } from '../../../verify/kit/test-server.ts'
import { MAX_WAIT_S } from '../../../wire/limits.ts'
import { IDLE_MS } from '../../limits/timeouts.ts'
import { trustFrom } from '../../limits/trust.ts'
import { openLog } from '../../observe/log.ts'

const ORIGIN = 'https://chat.example'
const STREAMS = ['sse/rooms/r/events', 'http-streaming/rooms/r/stream']

let server: TestServer
let accepted: Socket[]
const clients: Socket[] = []

beforeEach(async () => {
  accepted = []
  server = await startTestServer({ origins: [ORIGIN] }, async (app) => {
    app.server.on('connection', (socket: Socket) => accepted.push(socket))
  })
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  await server.close()
})

const get = (path: string, ...headers: string[]) =>
  [`GET /${path} HTTP/1.1`, `Host: 127.0.0.1:${server.port}`, ...headers, '', ''].join('\r\n')
const place = () => server.hub.room('r').read(null).cursor
/** A poll with nothing to tell is held for so many seconds. */
const poll = (seconds: number, ...headers: string[]) =>
  get(`transports/long-polling/rooms/r/messages?wait=${seconds}&since=${place()}`, ...headers)
const post = (text: string, ...headers: string[]) => {
  const body = JSON.stringify({ draftId: text, author: 'ada', text })
  const lines = ['Content-Type: application/json', `Content-Length: ${body.length}`, ...headers]
  return get('rooms/r/messages', ...lines).replace('GET', 'POST') + body
}

/** A client that says what it is told to, and keeps all that comes. */
async function dial() {
  const socket = connect(server.port, '127.0.0.1')
  clients.push(socket)
  const got = { text: '', isClosed: false }
  socket.on('data', (bytes) => (got.text += bytes))
  socket.on('error', () => {})
  socket.on('close', () => (got.isClosed = true))
  await once(socket, 'connect')
  return { socket, got }
}

/** Sends all of it in one packet, and waits until `enough` matches what came. */
async function ask(bytes: string, enough: RegExp) {
  const { socket, got } = await dial()
  socket.write(bytes)
  await expect.poll(() => got.text).toMatch(enough)
  return { socket, got }
}

/** The answers in what came, in order: their statuses, and where they end. */
const statusesIn = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status))

describe('an answer to a poll', () => {
  it('is one buffer, written once, with the head that Node would write', async () => {
    const { socket, got } = await dial()
    await expect.poll(() => accepted.length).toBe(1)
    const written: unknown[] = []
    const own = accepted[0]!
    const write = own.write.bind(own) as (chunk: unknown) => boolean
    own.write = ((chunk: unknown) => {
      written.push(chunk)
      return write(chunk)
    }) as typeof own.write
    socket.write(poll(5))
    await expect.poll(() => server.hub.followers).toBe(1)
    server.say('r', 'hello')
    await expect.poll(() => got.text).toMatch(/hello/)
    expect(written).toHaveLength(1)
    expect(written[0]).toBeInstanceOf(Buffer)
    const [head = '', body = ''] = got.text.split('\r\n\r\n')
    expect(head.split('\r\n')).toEqual([
      'HTTP/1.1 200 OK',
      'vary: Origin', // others had set it: the server has a list of origins
      'content-type: application/json',
      'cache-control: no-store',
      `content-length: ${Buffer.byteLength(body)}`,
      expect.stringMatching(/^Date: \w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT$/),
      'Connection: keep-alive',
      'Keep-Alive: timeout=72',
    ])
  })

  it('is the same buffer for all who waited together', async () => {
    const buffers: unknown[] = []
    const readers = await Promise.all([dial(), dial(), dial()])
    await expect.poll(() => accepted.length).toBe(3)
    for (const own of accepted) {
      const write = own.write.bind(own) as (chunk: unknown) => boolean
      own.write = ((chunk: unknown) => {
        buffers.push(chunk)
        return write(chunk)
      }) as typeof own.write
    }
    for (const { socket } of readers) socket.write(poll(5))
    await expect.poll(() => server.hub.followers).toBe(3)
    server.say('r', 'hello')
    await expect.poll(() => readers.every(({ got }) => got.text.includes('hello'))).toBe(true)
    expect(new Set(buffers).size).toBe(1)
  })

  it('leaves the connection to the next request, on every kind of poll', async () => {
    const short = get('transports/short-polling/rooms/r/messages')
    const { socket, got } = await ask(short, /"more":false}$/)
    for (const next of [poll(0), short, poll(0.05), post('a')]) {
      got.text = ''
      socket.write(next)
      await expect.poll(() => got.text).toMatch(/^HTTP\/1\.1 20[01] [\s\S]*}$/)
    }
    expect(accepted).toHaveLength(1)
  })

  it('has the headers that others have set for it', async () => {
    const { got } = await ask(poll(0, `Origin: ${ORIGIN}`), /}$/)
    expect(got.text).toMatch(/^vary: Origin\r$/m)
    expect(got.text).toMatch(/^access-control-allow-origin: https:\/\/chat\.example\r$/m)
    expect((await ask(poll(0), /}$/)).got.text).not.toMatch(/access-control-allow-origin/)
  })

  it('ends the connection after `Connection: close`, and says so', async () => {
    const { got } = await ask(poll(0.05, 'Connection: close'), /}$/)
    expect(got.text).toMatch(/^Connection: close\r$/m)
    await expect.poll(() => got.isClosed).toBe(true)
  })

  it('to HEAD has no body, and the length that a body would have', async () => {
    const { got } = await ask(poll(0).replace('GET', 'HEAD') + post('next'), /201/)
    expect(statusesIn(got.text)).toEqual([200, 201])
    expect(got.text).toMatch(
      /^HTTP\/1\.1 200 OK\r\n[\s\S]*?content-length: [1-9]\d*\r\n[\s\S]*?\r\n\r\nHTTP\/1\.1 201/,
    )
  })

  it('over HTTP/1.0 ends with the connection', async () => {
    const { got } = await ask(poll(0).replace('HTTP/1.1', 'HTTP/1.0'), /"more":false}$/)
    await expect.poll(() => got.isClosed).toBe(true)
  })

  it('of a reader that is not allowed to read tells so like every other answer', async () => {
    const { got } = await ask(get('transports/long-polling/rooms/r/messages?since=nonsense'), /bad-cursor/)
    expect(statusesIn(got.text)).toEqual([400])
  })
})

describe('who waits for the end of a response', () => {
  it('is told at the end of the answer, and not when Node lets go of it: the log of requests', async () => {
    const lines: string[] = []
    await server.stop()
    const requestLog = openLog({ sink: { write: (line) => void lines.push(line) } })
    await server.start({ requestLog })
    const { socket } = await ask(get('transports/sse/rooms/r/events'), /"more":false}/)
    await ask(poll(0.1), /}$/)
    const logged = () => lines.map((line) => JSON.parse(line) as { path: string; status: number; ms: number })
    await expect
      .poll(logged)
      .toMatchObject([{ path: '/transports/long-polling/rooms/r/messages', status: 200 }])
    expect(logged()[0]!.ms).toBeGreaterThanOrEqual(90)
    socket.destroy()
    await expect.poll(logged).toMatchObject([{}, { path: '/transports/sse/rooms/r/events', status: 200 }])
  })

  it('is told at the end of the answer: the cap on requests that a proxy has open', async () => {
    await server.stop()
    await server.start({ trust: trustFrom(['127.0.0.1']), connections: { perAddress: 1, total: 100 } })
    const from = 'X-Forwarded-For: 192.0.2.7'
    const { socket } = await ask(get('transports/sse/rooms/r/events', from), /"more":false}/)
    expect(statusesIn((await ask(poll(0, from), /}$/)).got.text)).toEqual([503])
    socket.destroy()
    await expect.poll(async () => statusesIn((await ask(poll(0, from), /}$/)).got.text)).toEqual([200])
  })
})

describe('what is pipelined behind an answer that is due', () => {
  it('is answered after it, in the order of asking', async () => {
    const { got } = await ask(
      poll(0.2) + get('healthz') + post('one') + poll(0) + get('nowhere') + get('healthz'),
      /404[\s\S]*200/,
    )
    await expect.poll(() => statusesIn(got.text)).toEqual([200, 200, 201, 200, 404, 200])
    // The held one is told of the message that came behind it. The poll behind that was looked at before its commit.
    expect(got.text).toMatch(
      /"text":"one"[\s\S]*"status":"ok"[\s\S]*"text":"one"[\s\S]*"messages":\[\][\s\S]*not-found/,
    )
  })

  it('may itself be a poll that is held', async () => {
    const { got } = await ask(poll(0.1) + poll(0.1) + poll(0.1) + get('healthz'), /"ok"/)
    expect(statusesIn(got.text)).toEqual([200, 200, 200, 200])
  })

  it('is kept when it comes in pieces, later', async () => {
    const { socket, got } = await dial()
    socket.write(poll(0.3))
    await expect.poll(() => server.hub.followers).toBe(1)
    const late = post('late')
    socket.write(late.slice(0, 40))
    await new Promise((resolve) => setTimeout(resolve, 20))
    socket.write(late.slice(40))
    await expect.poll(() => statusesIn(got.text)).toEqual([200, 201])
  })

  it.each(STREAMS)('does not get a byte into the stream %s, not even that it may go on', async (path) => {
    const { socket, got } = await ask(get(`transports/${path}`), /"more":false}/)
    socket.write(post('hello', 'Expect: 100-continue') + get('healthz'))
    await expect.poll(() => got.text).toMatch(/hello/) // by the stream itself
    expect(statusesIn(got.text)).toEqual([200])
    await server.stop()
    expect(statusesIn(got.text.slice(0, got.text.indexOf('\r\n0\r\n\r\n') + 7))).toEqual([200])
  })

  it('gets no socket, if it is a WebSocket handshake', async () => {
    const handshake = get(
      'transports/websocket/rooms/r/socket',
      ...['Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      'Sec-WebSocket-Key: AQIDBAUGBwgJCgsMDQ4PEA==',
    )
    const { socket, got } = await dial()
    socket.write(poll(5) + handshake)
    await expect.poll(() => got.isClosed).toBe(true)
    expect(got.text).toBe('')
  })
})

describe('what breaks the rules while an answer is due', () => {
  it('is answered in our words where nothing of the answer has been written', async () => {
    const { got } = await ask(`${poll(5)}NONSENSE\r\n\r\n`, /bad-request/)
    await expect.poll(() => got.isClosed).toBe(true)
    expect(statusesIn(got.text)).toEqual([400])
    const large = await ask(`${poll(5)}${get('healthz', `X: ${'x'.repeat(20_000)}`)}`, /headers-too-large/)
    expect(statusesIn(large.got.text)).toEqual([431])
  })

  it.each(STREAMS)('ends the stream %s without a word within it', async (path) => {
    const { socket, got } = await ask(get(`transports/${path}`), /"more":false}/)
    socket.write('NONSENSE\r\n\r\n')
    await expect.poll(() => got.isClosed).toBe(true)
    expect(statusesIn(got.text)).toEqual([200])
    expect(server.hub.followers).toBe(0)
  })
})

describe('a client that hangs up', () => {
  it.each([...STREAMS, 'long-polling/rooms/r/messages?wait=20'])(
    'leaves nothing behind: %s',
    async (path) => {
      const since = path.includes('?') ? `&since=${place()}` : ''
      for (const leave of ['end', 'resetAndDestroy', 'destroy'] as const) {
        const { socket } = await dial()
        socket.write(get(`transports/${path}${since}`))
        await expect.poll(() => server.hub.followers).toBe(1)
        socket[leave]()
        await expect.poll(() => server.hub.followers).toBe(0)
      }
    },
  )
})

describe('the time for which a connection may be quiet', () => {
  it('is longer than any poll is held, and without a limit for a stream', async () => {
    expect(IDLE_MS).toBeGreaterThan(MAX_WAIT_S * 1_000)
    const [first, ...others] = STREAMS
    const { got } = await ask(get(`transports/${first}`), /"more":false}/)
    expect(others).toHaveLength(1)
    expect(got.isClosed).toBe(false)
    expect(accepted[0]!.timeout).toBe(0)
  })

  it('begins again when the answer is complete', async () => {
    await ask(poll(0), /}$/)
    expect(accepted[0]!.timeout).toBeGreaterThanOrEqual(IDLE_MS)
  })
})
