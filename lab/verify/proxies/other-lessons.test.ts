/** What goes wrong without, for the proxies of others.test.ts: one line of a published file otherwise, and what clients then see. */
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { get } from 'node:https'
import { text as readAll } from 'node:stream/consumers'
import { expect, it } from 'vitest'
import { NAME } from './certificate.ts'
import { apache, lighttpd, varnish } from './kinds.ts'
import { lessons, open, ROOM } from './lesson.ts'
import { handshake, TIMEOUT } from './proxy-bench.ts'
import { toThisMachine } from './proxy-client.ts'
import type { Change } from './published.ts'

const SOCKET = `/transports/websocket/rooms/${ROOM}/socket`

lessons(apache, () => {
  it('without upgrade=websocket makes a handshake an ordinary question', async () => {
    expect(await handshake(await open(apache, [['upgrade=websocket ', '']]), SOCKET)).toBe(426)
  })

  /** What is answered to a request for a name that is not the lab's. */
  async function foreign(changes: readonly Change[]): Promise<string> {
    const bench = await open(apache, changes)
    const url = bench.at(`/transports/short-polling/rooms/${ROOM}/messages`)
    const ca = bench.proxy.certificate.pem
    const headers = { host: 'elsewhere.example' }
    const [answer] = (await once(
      get(url, { ca, servername: NAME, lookup: toThisMachine, headers }),
      'response',
    )) as [IncomingMessage]
    return readAll(answer)
  }

  it('that puts the lab’s address in the place of Host makes it answer to every name', async () => {
    expect(await foreign([['ProxyPreserveHost On', 'ProxyPreserveHost Off']])).toContain('"messages"')
  })
  it('that passes Host on leaves it to the lab to refuse', async () => {
    expect(await foreign([])).toContain('"foreign-host"')
  })

  it('that is told to compress streams does so although we forbid it, and even so passes each event on', async () => {
    const DEFLATES: Change = [
      'LoadModule headers_module',
      'LoadModule filter_module /usr/lib/apache2/modules/mod_filter.so\n' +
        'LoadModule deflate_module /usr/lib/apache2/modules/mod_deflate.so\n' +
        'AddOutputFilterByType DEFLATE text/event-stream\n' +
        'LoadModule headers_module',
    ]
    const bench = await open(apache, [DEFLATES])
    const url = bench.at(`/transports/sse/rooms/${ROOM}/events`)
    const stream = await bench.fetch(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(stream.headers.get('content-encoding')).toBe('gzip')
    await stream.body?.cancel()
    const reader = await bench.join('sse', ROOM)
    for (const text of ['one', 'two', 'three']) {
      bench.server.say(ROOM, text)
      await expect.poll(() => reader.texts.at(-1), TIMEOUT).toBe(text)
    }
  })
})

lessons(lighttpd, () => {
  it('without upgrade makes a handshake an ordinary question', async () => {
    expect(
      await handshake(await open(lighttpd, [['proxy.header = ( "upgrade" => "enable" )', '']]), SOCKET),
    ).toBe(426)
  })

  it('without stream-response-body shows nothing of a stream until it ends', async () => {
    const bench = await open(lighttpd, [['server.stream-response-body = 2', '']])
    const { server } = bench
    let shown = ''
    const over = bench.fetch(bench.at(`/transports/sse/rooms/${ROOM}/events`)).then(async (answer) => {
      for await (const bytes of answer.body!) shown += Buffer.from(bytes)
    })
    over.catch(() => {}) // if the test ends before it does
    await expect.poll(() => server.hub.room(ROOM).followers, TIMEOUT).toBe(1)
    // Each message has been there and back by another way before the next is said, and still nothing.
    const other = await bench.join('short-polling', ROOM)
    for (let n = 1; n <= 10; n++) {
      server.say(ROOM, `message ${n}`)
      await expect.poll(() => other.texts.length, TIMEOUT).toBe(n)
    }
    expect(shown).toBe('')
    await server.stop()
    await over
    expect(shown).toContain('"message 10"')
  })
})

lessons(varnish, () => {
  /** How many of two readers who ask the same have come through to the lab when the second must have. */
  async function pollsInTheLab(changes: readonly Change[], isThere: number): Promise<number> {
    const bench = await open(varnish, changes)
    const room = bench.server.hub.room(ROOM)
    bench.server.say(ROOM, 'welcome')
    const { cursor } = room.read(null)
    const poll = `/transports/long-polling/rooms/${ROOM}/messages?since=${cursor}&wait=55`
    bench.ask(poll, 'HTTP/1.1')
    await expect.poll(() => room.followers, TIMEOUT).toBe(1)
    bench.ask(poll, 'HTTP/1.1')
    if (isThere > 1) await expect.poll(() => room.followers, TIMEOUT).toBe(isThere)
    // Requests that came after it have been answered.
    for (let n = 0; n < 30; n++) await (await bench.fetch(bench.at('/healthz'))).text()
    return room.followers
  }

  it('that looks for equal requests in its cache lets the second of two equal polls wait for the first', async () => {
    expect(await pollsInTheLab([['  return (pass);', '  unset req.http.Cookie;\n  return (hash);']], 1)).toBe(
      1,
    )
  })
  it('that passes them does not', async () => {
    expect(await pollsInTheLab([], 2)).toBe(2)
  })
})
