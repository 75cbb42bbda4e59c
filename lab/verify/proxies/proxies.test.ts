/**
 * The lab behind the real nginx, HAProxy and Caddy, each with the file that docs/deploy publishes.
 *
 * Time proves little here: a proxy that holds a message back for a second is slow, and so is a busy
 * machine. So the order is the proof: the next message is said only when the last one has come.
 */
import { once } from 'node:events'
import { get as getPlain, type IncomingMessage } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { get } from 'node:https'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import { NAME } from './certificate.ts'
import { caddy, KINDS } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import type { ProxyKind } from './proxy.ts'
import { openProxyBench, type ProxyBench, roomFor, TIMEOUT } from './proxy-bench.ts'
import { toThisMachine } from './proxy-client.ts'

const STREAMS: readonly TransportName[] = OVER_HTTP.filter((name) => !name.endsWith('polling'))
/** Six bytes each on the wire: the largest body that the lab takes. */
const LARGEST = '\u0001'.repeat(MAX_TEXT_BYTES)

for (const kind of KINDS) {
  if (find(kind.program)) describe(`behind ${kind.program}`, { timeout: 60_000 }, () => behind(kind))
  else skipLoudly(kind.program, kind.program)
}

function behind(kind: ProxyKind): void {
  let bench: ProxyBench
  beforeAll(async () => {
    bench = await openProxyBench(kind, { changes: kind.drainLimit(1) })
  })
  afterEach(() => bench?.leaveAll())
  afterAll(() => bench?.close())

  const post = (room: string, text: string, headers: Record<string, string> = {}) =>
    bench.fetch(bench.at(`/rooms/${room}/messages`), {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ draftId: `post-${text.length}`, author: 'post', text }),
    })

  describe.each(['HTTP/1.1', 'HTTP/2'] as const)('%s', (http) => {
    it.each(OVER_HTTP)('%s brings each message before the next is said', async (name) => {
      const room = roomFor('order', name, http)
      const reader = await bench.join(name, room, { http })
      const said: string[] = []
      for (const text of ['one', 'two', 'three', 'four', 'five']) {
        bench.server.say(room, text)
        said.push(text)
        await bench.allHaveRead(said)
      }
      expect(reader.client.figures.reconnects).toBe(0)
    })

    it.each(OVER_HTTP)('%s carries what is written, as it was written', async (name) => {
      const reader = await bench.join(name, roomFor('write', name, http), { http })
      for (const text of ['žluť and 🚲', LARGEST]) expect((await reader.client.send(text)).text).toBe(text)
      await bench.allHaveRead(['žluť and 🚲', LARGEST])
    })
  })

  it('passes on at once that a reader has hung up, whatever it was reading and by which HTTP', async () => {
    const room = 'leavers'
    const { hub, say } = bench.server
    say(room, 'welcome')
    const { cursor } = hub.room(room).read(null)
    const ways = [
      `/transports/sse/rooms/${room}/events`,
      `/transports/long-polling/rooms/${room}/messages?since=${cursor}&wait=55`,
    ]
    const leavers = (['HTTP/1.1', 'HTTP/2'] as const).flatMap((http) =>
      ways.map((path) => bench.ask(path, http)),
    )
    await expect.poll(() => hub.room(room).followers, TIMEOUT).toBe(leavers.length)
    for (const leave of leavers) leave()
    // HAProxy sees it at once too, but only when something wakes it: the next request does.
    await expect
      .poll(async () => {
        await (await bench.fetch(bench.at('/healthz'))).text()
        return hub.room(room).followers
      }, TIMEOUT)
      .toBe(0)
  })

  it('twenty streams share one connection by HTTP/2', async () => {
    const { https } = bench.proxy.ports
    const session = connectHttp2(`https://${NAME}:${https}`, {
      ca: bench.proxy.certificate.pem,
      lookup: toThisMachine,
    })
    const lastHeaders = Array.from({ length: 20 }, () => {
      const stream = session.request({ ':path': '/transports/sse/rooms/many/events' })
      let text = ''
      stream.on('data', (bytes) => (text += bytes))
      return () => text
    })
    const having = (words: string) => lastHeaders.filter((text) => text().includes(words)).length
    await expect.poll(() => having('id: '), TIMEOUT).toBe(20)
    bench.server.say('many', 'to all of you')
    await expect.poll(() => having('to all of you'), TIMEOUT).toBe(20)
    session.destroy()
  })

  it('tells the lab by which name it was asked, and a foreign one is refused', async () => {
    const ask = async (host: string) => {
      const url = bench.at('/transports/short-polling/rooms/host/messages')
      const ca = bench.proxy.certificate.pem
      const asking = get(url, { ca, servername: NAME, lookup: toThisMachine, headers: { host } })
      const [answer] = (await once(asking, 'response')) as [IncomingMessage]
      return readAll(answer)
    }
    expect(await ask(NAME)).toContain('"messages"')
    // Caddy has no site of that name and answers by itself, with nothing; the others leave it to the lab.
    expect(await ask('elsewhere.example')).toEqual(
      kind === caddy ? '' : expect.stringContaining('"foreign-host"'),
    )
  })

  it('says who the client is, in the place of what the client claims', async () => {
    const claims = {
      'x-forwarded-for': '192.0.2.66',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'evil.example',
    }
    await (
      await bench.fetch(bench.at('/transports/short-polling/rooms/who/messages'), { headers: claims })
    ).text()
    expect(bench.server.lastHeaders).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    })
    expect(bench.server.lastHeaders['x-forwarded-host']).toMatch(/^chat\.example(:\d+)?$/)
    expect(bench.server.lastHeaders.host).toMatch(/^chat\.example(:\d+)?$/)
  })

  it('takes a page of its own name for ours, and no other', async () => {
    expect((await post('origin', 'ours', { origin: `https://${NAME}` })).status).toBe(201)
    const foreign = await post('origin', 'theirs', { origin: 'https://elsewhere.example' })
    expect([foreign.status, await foreign.json()]).toMatchObject([403, { code: 'foreign-origin' }])

    const url = bench.at('/transports/websocket/rooms/origin/socket', 'wss')
    const ours = bench.openSocket(url, `https://${NAME}`)
    await once(ours, 'open')
    ours.terminate()
    const theirs = bench.openSocket(url, 'https://elsewhere.example')
    const [, refusal] = await once(theirs, 'unexpected-response')
    expect(refusal.statusCode).toBe(403)
    theirs.terminate()
  })

  it('leaves it to the lab to say what is too large', async () => {
    const answer = await post('refusals', `${LARGEST}!`)
    expect([answer.status, await answer.json()]).toMatchObject([413, { code: 'too-large' }])
  })

  it('sends a client that comes without TLS to the same place with it', async () => {
    const asking = getPlain(`http://${NAME}:${bench.proxy.ports.http}/docs/?a=b`, { lookup: toThisMachine })
    const [answer] = (await once(asking, 'response')) as [IncomingMessage]
    answer.resume()
    expect(answer.statusCode).toBeOneOf([301, 308])
    expect(answer.headers.location).toMatch(/^https:\/\/chat\.example(:\d+)?\/docs\/\?a=b$/)
  })

  it('brings the shutdown notice of a lab that stops to every reader, and they come back to the next', async () => {
    const { server } = bench
    const room = 'shutdown'
    const clients = await bench.joinAll(OVER_HTTP, room)
    server.say(room, 'before')
    await bench.allHaveRead(['before'])
    const socket = bench.openSocket(bench.at(`/transports/websocket/rooms/${room}/socket`, 'wss'))
    const closed = once(socket, 'close')
    await once(socket, 'message')
    const stream = await bench.fetch(bench.at(`/transports/sse/rooms/${room}/events`))
    const query = `since=${clients[0]!.client.cursor}&wait=55`
    const poll = bench.fetch(bench.at(`/transports/long-polling/rooms/${room}/messages?${query}`))
    // Each client but the one that does not wait between its polls, and these three.
    const followers = OVER_HTTP.filter((name) => name !== 'short-polling').length + 3
    await expect.poll(() => server.hub.room(room).followers, TIMEOUT).toBe(followers)

    await server.stop()
    expect((await closed)[0]).toBe(1001)
    expect(await stream.text()).toContain('before') // it has an end; one that was cut would throw
    const answer = await poll
    expect([answer.status, await answer.json()]).toMatchObject([200, { messages: [], gap: false }])

    await server.start()
    server.say(room, 'after')
    await bench.allHaveRead(['before', 'after'])
    bench.expectUnharmed()
  })

  it('loses and repeats nothing when it is reloaded in mid-conversation', async () => {
    const room = 'reload'
    const clients = await bench.joinAll(OVER_HTTP, room)
    const said = ['before']
    bench.server.say(room, 'before')
    await bench.allHaveRead(said)

    await bench.proxy.reload()
    const hasMoved = () =>
      clients.every(({ name, client }) => !STREAMS.includes(name) || client.figures.reconnects > 0)
    // A writer talks all the while, until the old configuration has let go of every stream.
    while (!hasMoved()) {
      said.push(`during ${said.length}`)
      bench.server.say(room, said.at(-1)!)
      await bench.allHaveRead(said)
    }
    bench.server.say(room, 'after')
    await bench.allHaveRead([...said, 'after'])
    bench.expectUnharmed()
  })
}
