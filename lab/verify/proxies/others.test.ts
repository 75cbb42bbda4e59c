/**
 * The lab behind Apache, lighttpd, Varnish, and nginx with nchan's module, each with the file that docs/deploy
 * publishes. One lab for all of them, and all at once: what is looked at is the order of events, and not time.
 */
import { connect as connectHttp2 } from 'node:http2'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import { startTestServer, type TestServer } from '../kit/test-server.ts'
import { NAME } from './certificate.ts'
import { apache, installs, lighttpd, type Notice, nchan, type OtherKind, varnish } from './kinds.ts'
import { skipLoudly } from './programs.ts'
import { openProxyBench, type ProxyBench, roomFor, TIMEOUT } from './proxy-bench.ts'
import { type Http, toThisMachine } from './proxy-client.ts'

const OTHERS = { Apache: apache, lighttpd, Varnish: varnish, 'nginx with nchan': nchan }
/** Six bytes each on the wire: the largest body that the lab takes. */
const LARGEST = '\u0001'.repeat(MAX_TEXT_BYTES)
/** Requests of others, by which a proxy that looks at all has seen which client has hung up. */
const REQUESTS = 30

const installed = Object.entries(OTHERS).filter(([, kind]) => installs(kind))
for (const [name, kind] of Object.entries(OTHERS)) if (!installs(kind)) skipLoudly(name, kind.packages)

interface Setup {
  readonly name: string
  readonly kind: OtherKind
  readonly bench: ProxyBench
}

describe.skipIf(installed.length === 0)('behind other proxies', { timeout: 120_000 }, () => {
  let server: TestServer
  let setups: readonly Setup[] = []
  beforeAll(async () => {
    server = await startTestServer({ origins: [`https://${NAME}`] })
    setups = await Promise.all(
      installed.map(async ([name, kind]) => ({
        name,
        kind,
        bench: await openProxyBench(kind, { changes: kind.drainLimit(1), server }),
      })),
    )
  }, 120_000)
  afterAll(async () => {
    await Promise.all(setups.map(({ bench }) => bench.close()))
    await server?.stop()
  })

  const http = ({ kind }: Setup): readonly Http[] =>
    kind.hasTls === false ? ['HTTP/1.1'] : ['HTTP/1.1', 'HTTP/2']
  /** All at once; what fails says of which. */
  const each = (act: (setup: Setup) => Promise<void>) =>
    Promise.all(
      setups.map(async (setup) => {
        try {
          await act(setup)
        } catch (error) {
          throw new Error(`behind ${setup.name}: ${(error as Error).message}`, { cause: error })
        } finally {
          setup.bench.leaveAll()
        }
      }),
    )

  it.each(['HTTP/1.1', 'HTTP/2'] as const)(
    'every transport brings each message before the next is said, by %s',
    async (version) => {
      await each(async (setup) => {
        if (!http(setup).includes(version)) return
        const { name, bench } = setup
        const room = roomFor('order', name, version)
        await Promise.all(OVER_HTTP.map((transport) => bench.join(transport, room, { http: version })))
        const said: string[] = []
        for (const text of ['one', 'two', 'three', 'four', 'five']) {
          server.say(room, text)
          said.push(text)
          await bench.allHaveRead(said)
        }
        bench.expectUnharmed()
      })
    },
  )

  it('every transport carries what is written, as it was written', async () => {
    await each(async ({ name, bench }) => {
      for (const transport of OVER_HTTP) {
        const reader = await bench.join(transport, roomFor('write', name, transport))
        for (const text of ['žluť and 🚲', LARGEST])
          expect((await reader.client.send(text)).text === text, transport).toBe(true)
        await expect.poll(() => reader.texts.length, TIMEOUT).toBe(2)
        bench.leaveAll()
      }
    })
  })

  it('the lab is told who the client is, in the place of what the client claims', async () => {
    for (const { name, bench } of setups) {
      const claims = { 'x-forwarded-for': '192.0.2.66', 'x-forwarded-host': 'evil.example' }
      const url = bench.at('/transports/short-polling/rooms/who/messages')
      await (await bench.fetch(url, { headers: claims })).text()
      expect(server.lastHeaders, name).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'https',
        host: expect.stringMatching(/^chat\.example(:\d+)?$/),
        'x-forwarded-host': expect.stringMatching(/^chat\.example(:\d+)?$/),
      })
    }
  })

  it('the lab is told that a reader has hung up when docs/deploy says so', async () => {
    await each(async ({ name, kind, bench }) => {
      for (const [transport, notice] of Object.entries(kind.notice) as [
        keyof OtherKind['notice'],
        Notice,
      ][]) {
        const room = roomFor('leave', name, transport)
        const followers = () => server.hub.room(room).followers
        server.say(room, 'welcome')
        const { cursor } = server.hub.room(room).read(null)
        const path =
          transport === 'sse'
            ? `/transports/sse/rooms/${room}/events`
            : `/transports/long-polling/rooms/${room}/messages?since=${cursor}&wait=55`
        const leave = bench.ask(path, 'HTTP/1.1')
        await expect.poll(followers, TIMEOUT).toBe(1)
        leave()
        const others = async () => await (await bench.fetch(bench.at('/healthz'))).text()
        if (notice === 'at once') {
          await expect.poll(() => others().then(followers), TIMEOUT).toBe(0)
          continue
        }
        for (let n = 0; n < REQUESTS; n++) await others()
        expect(followers(), `${transport} after ${REQUESTS} other requests`).toBe(1)
        const write = async () => server.say(room, 'anybody there?')
        await expect.poll(() => write().then(followers), TIMEOUT).toBe(0)
      }
    })
  })

  it('as many streams as docs/deploy says share one connection by HTTP/2', async () => {
    await each(async (setup) => {
      if (!http(setup).includes('HTTP/2')) return
      const { name, kind, bench } = setup
      const { streamsPerConnection = 20 } = kind
      const room = roomFor('many', name)
      const { ports, certificate } = bench.proxy
      const options = { ca: certificate.pem, lookup: toThisMachine }
      const session = connectHttp2(`https://${NAME}:${ports.https}`, options)
      session.on('error', () => {})
      for (let n = 0; n < 20; n++)
        session
          .request({ ':path': `/transports/sse/rooms/${room}/events` })
          .on('error', () => {})
          .resume()
      await expect.poll(() => server.hub.room(room).followers, TIMEOUT).toBe(streamsPerConnection)
      session.destroy()
    })
  })

  it('a reload in mid-conversation loses and repeats nothing', async () => {
    await each(async ({ name, bench }) => {
      const room = roomFor('reload', name)
      await bench.joinAll(OVER_HTTP, room)
      const said: string[] = []
      const say = async (text: string) => {
        server.say(room, text)
        said.push(text)
        await bench.allHaveRead(said)
      }
      await say('before')
      await bench.proxy.reload()
      for (let n = 1; n <= 5; n++) await say(`during ${n}`)
      // A client that comes now is served by the new configuration.
      await expect
        .poll(async () => (await bench.fetch(bench.at('/healthz')).catch(() => null))?.status, TIMEOUT)
        .toBe(200)
      await say('after')
      bench.expectUnharmed()
    })
  })

  it('the shutdown notice of a lab that stops comes to every reader, and they come back to the next', async () => {
    const joined = await Promise.all(
      setups.map(async ({ name, bench }) => {
        const room = roomFor('shutdown', name)
        await bench.joinAll(OVER_HTTP, room)
        server.say(room, 'before')
        await bench.allHaveRead(['before'])
        return { name, bench, room }
      }),
    )
    await server.stop()
    await server.start()
    for (const { name, bench, room } of joined) {
      server.say(room, 'after')
      await bench.allHaveRead(['before', 'after'])
      expect(() => bench.expectUnharmed(), name).not.toThrow()
      bench.leaveAll()
    }
  })
})
