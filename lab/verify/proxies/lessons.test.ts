/**
 * What goes wrong without: one line of a published file left out at a time, and what people then see.
 *
 * Each of these has cost an operator an evening. And each shows that proxies.test.ts looks at something: with
 * the line, the same thing works there.
 */
import { expect, it } from 'vitest'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import { caddy, haproxy, nginx } from './kinds.ts'
import { lessons, open, ROOM } from './lesson.ts'
import { handshake, type ProxyBench, TIMEOUT } from './proxy-bench.ts'
import type { Change } from './published.ts'

const SOCKET = `/transports/websocket/rooms/${ROOM}/socket`

const LARGEST = '\u0001'.repeat(MAX_TEXT_BYTES)

lessons(nginx, () => {
  /** As by default. Chunks, which HTTP/1.0 does not have, are passed on as they come even by one that buffers. */
  const HTTP_1_0: Change = ['proxy_http_version 1.1;', '']
  const BUFFERS: Change = ['proxy_buffering off;', '']
  const BUFFERS_AND_IS_DEAF: Change = ['proxy_buffering off;', 'proxy_ignore_headers X-Accel-Buffering;']

  it('that buffers and ignores our header shows nothing of a stream until it ends', async () => {
    const bench = await open(nginx, [HTTP_1_0, BUFFERS_AND_IS_DEAF])
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
    expect(shown).toContain('"message 1"')
    expect(shown).toContain('"message 10"')
  })

  it('that buffers by its configuration is told by our header not to', async () => {
    await expectEachAtOnce(await open(nginx, [HTTP_1_0, BUFFERS]))
  })

  it('that speaks HTTP/1.0 to the lab, as by default, makes a handshake an ordinary question', async () => {
    expect(await handshake(await open(nginx, [HTTP_1_0]), SOCKET)).toBe(426)
  })

  it('that does not pass Upgrade on does so too', async () => {
    const bench = await open(nginx, [['proxy_set_header Upgrade $upgrade_to_lab;', '']])
    expect(await handshake(bench, SOCKET)).toBe(426)
  })

  it('that puts its own word for the lab in the place of Host is told that the lab has no such name', async () => {
    const bench = await open(nginx, [['proxy_set_header Host $host;', '']])
    const answer = await bench.fetch(bench.at(`/transports/short-polling/rooms/${ROOM}/messages`))
    expect([answer.status, await answer.json()]).toMatchObject([421, { code: 'foreign-host' }])
  })

  it('that compresses streams does so although we forbid it, and even so passes each event on', async () => {
    const gzip = 'proxy_buffering off; gzip on; gzip_proxied any; gzip_types text/event-stream;'
    const bench = await open(nginx, [['proxy_buffering off;', gzip]])
    const url = bench.at(`/transports/sse/rooms/${ROOM}/events`)
    const stream = await bench.fetch(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(stream.headers.get('content-encoding')).toBe('gzip')
    await stream.body?.cancel()
    await expectEachAtOnce(bench)
  })

  it('that takes smaller bodies than the lab answers with a page that no client understands', async () => {
    const bench = await open(nginx, [['client_max_body_size 8m;', 'client_max_body_size 100k;']])
    const answer = await bench.fetch(bench.at(`/rooms/${ROOM}/messages`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'd', author: 'a', text: LARGEST }),
    })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'text/html'])
    const reader = await bench.join('sse', ROOM)
    await expect(reader.client.send(LARGEST)).rejects.toMatchObject({ code: 'too-large' })
  })
})

lessons(haproxy, () => {
  /** The kernel keeps a segment of which it was told that more will follow for 200 ms. */
  const KEPT_MS = 150
  const TRIES = 8
  /** Longer than the test goes on. */
  const POLL_S = 50
  /** Requests by which what has hung up must be gone. */
  const OTHERS = 200
  const WITHOUT_TLS: Change = [
    '  http-request redirect prefix https://chat.example code 301 unless { ssl_fc }',
    '',
  ]

  /** How long the fastest of some took: a busy machine makes all of them slower, and none of them faster. */
  async function fastest(changes: readonly Change[]): Promise<number> {
    const { server, proxy } = await open(haproxy, [WITHOUT_TLS, ...changes])
    const url = `http://127.0.0.1:${proxy.ports.http}/transports/sse/rooms/${ROOM}/events`
    const stream = (await fetch(url)).body!.getReader()
    const decoder = new TextDecoder()
    const took: number[] = []
    for (let n = 1; n <= TRIES; n++) {
      const said = performance.now()
      server.say(ROOM, `message ${n}`)
      for (let text = ''; !text.includes(`"message ${n}"`); ) {
        text += decoder.decode((await stream.read()).value, { stream: true })
      }
      took.push(performance.now() - said)
    }
    await stream.cancel()
    return Math.min(...took)
  }

  it('without http-no-delay, and without TLS, keeps every event for 200 ms', async () => {
    expect(await fastest([['option http-no-delay', '']])).toBeGreaterThan(KEPT_MS)
  })
  it('with http-no-delay does not', async () => {
    expect(await fastest([])).toBeLessThan(KEPT_MS)
  })

  it('without abortonclose leaves polls in the lab whose readers have gone', async () => {
    expect(await readersAfterHangingUp([['option abortonclose', '']])).toBe(1)
  })
  it('with abortonclose does not', async () => {
    expect(await readersAfterHangingUp([])).toBe(0)
  })

  /** How many readers the lab has when the only one has hung up, by HTTP/1.1, and others were served since. */
  async function readersAfterHangingUp(changes: readonly Change[]): Promise<number> {
    const { server, proxy } = await open(haproxy, [WITHOUT_TLS, ...changes])
    const room = server.hub.room(ROOM)
    const at = `http://127.0.0.1:${proxy.ports.http}`
    const url = `${at}/transports/long-polling/rooms/${ROOM}/messages`
    const { cursor } = (await (await fetch(url)).json()) as { readonly cursor: string }
    const hangUp = new AbortController()
    const poll = fetch(`${url}?since=${cursor}&wait=${POLL_S}`, { signal: hangUp.signal })
    await expect.poll(() => room.followers, TIMEOUT).toBe(1)
    hangUp.abort()
    await poll.catch(() => {})
    for (let n = 0; n < OTHERS && room.followers > 0; n++) await (await fetch(`${at}/healthz`)).text()
    return room.followers
  }
})

lessons(caddy, () => {
  const FLUSHES: Change = [
    '\treverse_proxy 127.0.0.1:3000 {\n',
    '\treverse_proxy 127.0.0.1:3000 {\n\t\tflush_interval -1\n',
  ]

  it('that is told to flush by flush_interval does not pass on that a reader has hung up', async () => {
    const bench = await open(caddy, [FLUSHES])
    const room = bench.server.hub.room(ROOM)
    const leave = bench.ask(`/transports/sse/rooms/${ROOM}/events`, 'HTTP/1.1')
    await expect.poll(() => room.followers, TIMEOUT).toBe(1)
    leave()
    for (let n = 0; n < 50; n++) await (await bench.fetch(bench.at('/healthz'))).text()
    expect(room.followers).toBe(1)
  })

  const COMPRESSES: Change = ['\treverse_proxy 127', '\tencode gzip\n\treverse_proxy 127']

  it('that compresses leaves our streams alone, which forbid it', async () => {
    const bench = await open(caddy, [COMPRESSES])
    const stream = await bench.fetch(bench.at(`/transports/sse/rooms/${ROOM}/events`), {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(stream.headers.get('content-encoding')).toBeNull()
    await stream.body?.cancel()
    await expectEachAtOnce(bench)
  })
})

/** Each message comes before the next is said. */
async function expectEachAtOnce(bench: ProxyBench): Promise<void> {
  const reader = await bench.join('sse', ROOM)
  for (const text of ['one', 'two', 'three']) {
    bench.server.say(ROOM, text)
    await expect.poll(() => reader.texts.at(-1), TIMEOUT).toBe(text)
  }
}
