/** What only a port without HTTP meets: people at a terminal, and peers that speak something else. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { afterEach, describe, expect, it } from 'vitest'
import type { LabOptions } from '../../lab/app/build-lab.ts'
import { createAccounts } from '../../lab/people/accounts.ts'
import { createServerMetrics } from '../../lab/server/observe/server-metrics.ts'
import { createMemoryRecords } from '../../lab/store/records.ts'
import { createSkippingClock } from '../../lab/verify/kit/clock.ts'
import { startTestServer } from '../../lab/verify/kit/test-server.ts'
import tcp from './server.ts'

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

async function start(options: LabOptions = {}) {
  const metrics = createServerMetrics()
  const clock = createSkippingClock()
  const server = await startTestServer({
    ...{ metrics, clock, transports: new Map([['tcp', tcp]]) },
    listen: [{ name: 'tcp', host: '127.0.0.1', port: 0 }],
    ...options,
  })
  open.push(() => server.close())
  return { server, metrics, clock, port: server.tcpPort('tcp')! }
}

/** A peer that writes what it is told to, and keeps all that comes. */
function peer(port: number) {
  const socket: Socket = connect(port, '127.0.0.1')
  let got = ''
  socket.on('data', (bytes) => (got += bytes)).on('error', () => {})
  open.push(() => socket.destroy())
  return {
    socket,
    type: (...lines: readonly string[]) => socket.write(lines.map((line) => `${line}\n`).join('')),
    sees: (text: string | RegExp) => expect.poll(() => got).toMatch(text),
    /** Who is here is told a moment after it has changed: ask until it is so. */
    async seesHere(people: string) {
      const ask = () => {
        socket.write('/who\n')
        return got
      }
      await expect.poll(ask, { interval: 100 }).toContain(`# Here: ${people}.\n`)
    },
    get got() {
      return got
    },
    closed: once(socket, 'close'),
  }
}

/** A person who has come in. */
async function person(port: number, name: string, room = '') {
  const one = peer(port)
  one.type(name, room)
  await one.sees(/You are .* in /)
  return one
}

describe('a person at a terminal', () => {
  it('is asked for a name and a room, and then writes to everybody there', async () => {
    const { server, port } = await start()
    const ada = await person(port, 'Ada')
    const ben = await person(port, 'Ben', 'lobby')
    ada.type('hello, all')
    await ben.sees(/^\d\d:\d\d Ada: hello, all$/m)
    await ada.sees(/^\d\d:\d\d Ada: hello, all$/m)
    ben.type('//slash')
    await ada.sees('Ben: /slash')
    await ben.seesHere('2 without a proven name')
    ada.type('/quit')
    await ada.closed
    await expect.poll(() => server.hub.followers).toBe(1)
    ben.type('/join garden', 'alone here')
    await ben.sees('Ben: alone here')
    expect(server.hub.room('garden').lastSeq).toBe(1)
    expect(server.hub.room('lobby').lastSeq).toBe(2)
  })

  it('is greeted after a moment of silence, since it may be waiting for it', async () => {
    const { clock, port } = await start()
    const ada = peer(port)
    await once(ada.socket, 'connect')
    await expect
      .poll(() => {
        clock.skip(1_000)
        return ada.got
      })
      .toContain('# Your name?')
  })

  it('sees the last lines of the conversation on coming in, and nothing that orders its terminal about', async () => {
    const { server, port } = await start()
    for (let n = 1; n <= 12; n++) server.say('lobby', `line ${n}`)
    server.say('lobby', '\u001b]0;owned\u0007 and\n12:00 Ben: I owe you')
    const ada = await person(port, 'Ada')
    await ada.sees('line 12')
    await ada.sees('host: \\u001b]0;owned\\u0007 and\\n12:00 Ben: I owe you')
    expect(ada.got).not.toContain('line 3\n')
    expect(ada.got.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })

  it('is told what was wrong, and asked again, five times at most', async () => {
    const { port } = await start()
    const ada = peer(port)
    ada.type('')
    await ada.sees('# A name must be 1 to 64 characters')
    ada.type('Ada', 'No Such Room!')
    await ada.sees('# A room name is 1 to 64 of a-z')
    ada.type('lobby', '/dance', '/join ?')
    await ada.sees('There is no /dance.')
    ada.type('still here')
    await ada.sees('Ada: still here')
    const eve = peer(port)
    eve.type('', '', '', '', '')
    await eve.closed
  })

  it('signs in by a token, and only then may write under a name that is held', async () => {
    const records = createMemoryRecords()
    const accounts = createAccounts(records)
    const { person: held } = accounts.signInAsGuest('Ada', null)
    const { secret } = accounts.giveToken(held, { label: 't', scopes: ['read', 'write'], room: null })
    const { server, port } = await start({ records, accounts })
    const eve = await person(port, 'Ada')
    eve.type('it is me')
    await eve.sees('# Not sent: ')
    const ada = await person(port, secret)
    await ada.sees('# You are Ada in lobby')
    ada.type('it is really me')
    await eve.sees('Ada: it is really me')
    await ada.seesHere('Ada, 1 without a proven name')
    const wrong = peer(port)
    wrong.type(`${secret}x`, 'lobby', 'Ida', 'lobby')
    await wrong.sees('You are Ida in lobby')
    expect(server.hub.room('lobby').lastSeq).toBe(1)
  })

  it('may go on after a message that was refused', async () => {
    const { port } = await start({ messagesPerSecond: 1 })
    const ada = await person(port, 'Ada')
    ada.type('1', '2', '3', '4', '5')
    await ada.sees('# Not sent: ')
    ada.type('/who')
    await ada.sees('# Here: ')
  })

  it('is told that the server goes away', async () => {
    const { server, port } = await start()
    const ada = await person(port, 'Ada')
    await server.stop()
    await ada.closed
    expect(ada.got).toContain('# The server is going away; try again soon.')
  })
})

describe('a program', () => {
  const HELLO = '{"type":"hello","room":"lobby"}'

  it('may have been greeted: what begins with # is not for it', async () => {
    const { clock, port } = await start()
    const one = peer(port)
    await once(one.socket, 'connect')
    await expect
      .poll(() => {
        clock.skip(1_000)
        return one.got
      })
      .toContain('# Your name?')
    one.type(HELLO)
    await one.sees('\n{"type":"open"}\n')
  })

  it.each([
    ['{', 'bad-json'],
    ['{"type":"here"}', 'bad-frame'],
    ['{"type":"hello","room":"lobby","colour":"red"}', 'bad-frame'],
    ['{"type":"hello","room":7}', 'bad-room'],
    ['{"type":"hello","room":"lobby","since":"nowhere"}', 'bad-cursor'],
    ['{"type":"hello","room":"lobby","token":"lab_x"}', 'not-signed-in'],
    ['{"type":"hello","room":"lobby","clientId":"!"}', 'bad-query'],
  ])('that begins with %s is told %s, and nothing of it stays', async (line, code) => {
    const { server, metrics, port } = await start()
    const one = peer(port)
    one.type(line)
    await one.closed
    expect(JSON.parse(one.got)).toMatchObject({ type: 'error', code })
    expect(metrics.refusals.get(code as 'bad-json')).toBe(1)
    expect(server.hub.followers).toBe(0)
  })

  it('that says nothing between two heartbeats is let go', async () => {
    const { server, clock, port } = await start()
    const one = peer(port)
    one.type(HELLO)
    await one.sees('"type":"open"')
    await expect.poll(() => server.hub.followers).toBe(1)
    for (let n = 0; n < 80 && !one.socket.destroyed; n++) {
      clock.skip(470)
      await new Promise((resolve) => setImmediate(resolve))
    }
    await one.closed
    expect(one.got).toContain('{"type":"heartbeat"}')
    expect(server.hub.followers).toBe(0)
  })

  it('that leaves says so, and only then it is gone at once', async () => {
    const { server, port } = await start()
    const watcher = await person(port, 'Ada')
    const crashed = peer(port)
    const polite = peer(port)
    for (const [n, one] of [crashed, polite].entries()) {
      one.type(`{"type":"hello","room":"lobby","clientId":"c${n}"}`)
      await one.sees('"type":"open"')
    }
    polite.type('{"type":"bye"}')
    await polite.closed
    crashed.socket.destroy()
    await crashed.closed
    await expect.poll(() => server.hub.followers).toBe(1)
    await watcher.seesHere('2 without a proven name')
  })
})

describe('what is no client of ours', () => {
  it('HTTP is answered in HTTP, and its body is not read as lines', async () => {
    const { server, port } = await start()
    const body =
      '{"type":"hello","room":"lobby"}\n{"type":"send","draft":{"draftId":"d","author":"Eve","text":"hi"}}\n'
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('plain TCP transport')
    expect(server.hub.room('lobby').lastSeq).toBe(0)
  })

  it('TLS is told by an alert', async () => {
    const { port } = await start()
    const secure = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false })
    const [error] = (await once(secure, 'error')) as [NodeJS.ErrnoException]
    // One alert, two spellings: OpenSSL 3.0 (Node 20) says SSLV3, OpenSSL 3.5 (Node 22 and 24) says SSL/TLS.
    expect(error.code).toMatch(/^ERR_SSL_(SSLV3|SSL\/TLS)_ALERT_UNEXPECTED_MESSAGE$/)
  })

  it.each([
    ['bytes that are no text', 'bad-frame', Buffer.from([0xff, 0xfe, 0x00, 0x80, 0x0a])],
    ['a line without an end', 'too-large', Buffer.alloc(5 * 1024, 'x')],
  ] as const)('%s: the peer is told %s', async (_name, code, bytes) => {
    const { server, metrics, port } = await start()
    const one = peer(port)
    one.socket.write(bytes)
    await one.closed
    expect(JSON.parse(one.got)).toMatchObject({ type: 'error', code })
    await expect.poll(() => metrics.connections.sockets.size).toBe(0)
    expect(server.hub.followers).toBe(0)
  })

  it('a crowd that says nothing is bounded by the cap, and those beyond it are told', async () => {
    const { metrics, port } = await start({ connections: { perAddress: 20, total: 20 } })
    const crowd = Array.from({ length: 60 }, () => peer(port))
    await Promise.all(crowd.slice(20).map(({ closed }) => closed))
    expect(metrics.connections.sockets.size).toBe(20)
    expect(crowd.filter(({ got }) => got.includes('too-many-connections'))).toHaveLength(40)
  })
})
