/**
 * What goes wrong without: one line of a published file left out at a time, and what people then see.
 *
 * Each of these has been somebody's evening. And each shows that proxies.test.ts looks at something: with
 * the line, the same thing works there.
 */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { MAX_TEXT_BYTES } from '../wire/limits.ts'
import { caddy, haproxy, nginx } from './kinds.ts'
import { find, skipLoudly } from './programs.ts'
import type { ProxyKind } from './proxy.ts'
import type { Change } from './published.ts'
import { openStage, PATIENCE, type Stage } from './stage.ts'

const ROOM = 'lesson'
const LARGEST = '\u0001'.repeat(MAX_TEXT_BYTES)

const stages: Stage[] = []
afterEach(async () => {
  await Promise.all(stages.splice(0).map((stage) => stage.close()))
})
/** @param changes what is otherwise than published */
async function open(kind: ProxyKind, changes: readonly Change[]): Promise<Stage> {
  const stage = await openStage(kind, { changes })
  stages.push(stage)
  return stage
}

const lessons = (kind: ProxyKind, define: () => void) =>
  find(kind.program)
    ? describe(kind.program, { timeout: 60_000 }, define)
    : skipLoudly(kind.program, kind.program)

lessons(nginx, () => {
  /** As by default. Chunks, which HTTP/1.0 does not have, are passed on as they come even by one that buffers. */
  const HTTP_1_0: Change = ['proxy_http_version 1.1;', '']
  const BUFFERS: Change = ['proxy_buffering off;', '']
  const BUFFERS_AND_IS_DEAF: Change = ['proxy_buffering off;', 'proxy_ignore_headers X-Accel-Buffering;']

  it('that buffers and ignores our header shows nothing of a stream until it ends', async () => {
    const stage = await open(nginx, [HTTP_1_0, BUFFERS_AND_IS_DEAF])
    const { house } = stage
    let shown = ''
    const over = stage.fetch(stage.at(`/transports/sse/rooms/${ROOM}/events`)).then(async (answer) => {
      for await (const bytes of answer.body!) shown += Buffer.from(bytes)
    })
    over.catch(() => {}) // if the test ends before it does
    await expect.poll(() => house.hub.room(ROOM).followers, PATIENCE).toBe(1)
    // Each message has been there and back by another way before the next is said, and still nothing.
    const other = await stage.seat('short-polling', ROOM)
    for (let n = 1; n <= 10; n++) {
      house.say(ROOM, `message ${n}`)
      await expect.poll(() => other.texts.length, PATIENCE).toBe(n)
    }
    expect(shown).toBe('')
    await house.stop()
    await over
    expect(shown).toContain('"message 1"')
    expect(shown).toContain('"message 10"')
  })

  it('that buffers by its configuration is told by our header not to', async () => {
    await expectEachAtOnce(await open(nginx, [HTTP_1_0, BUFFERS]))
  })

  it('that speaks HTTP/1.0 to the lab, as by default, makes a handshake an ordinary question', async () => {
    expect(await handshake(await open(nginx, [HTTP_1_0]))).toBe(426)
  })

  it('that does not pass Upgrade on does so too', async () => {
    const stage = await open(nginx, [['proxy_set_header Upgrade $upgrade_to_lab;', '']])
    expect(await handshake(stage)).toBe(426)
  })

  it('that puts its own word for the lab in the place of Host is told that nobody here is called so', async () => {
    const stage = await open(nginx, [['proxy_set_header Host $host;', '']])
    const answer = await stage.fetch(stage.at(`/transports/short-polling/rooms/${ROOM}/messages`))
    expect([answer.status, await answer.json()]).toMatchObject([421, { code: 'foreign-host' }])
  })

  it('that compresses streams does so although we forbid it, and even so passes each event on', async () => {
    const gzip = 'proxy_buffering off; gzip on; gzip_proxied any; gzip_types text/event-stream;'
    const stage = await open(nginx, [['proxy_buffering off;', gzip]])
    const url = stage.at(`/transports/sse/rooms/${ROOM}/events`)
    const stream = await stage.fetch(url, { headers: { 'accept-encoding': 'gzip' } })
    expect(stream.headers.get('content-encoding')).toBe('gzip')
    await stream.body?.cancel()
    await expectEachAtOnce(stage)
  })

  it('that takes smaller bodies than the lab answers with a page that no client understands', async () => {
    const stage = await open(nginx, [['client_max_body_size 8m;', 'client_max_body_size 100k;']])
    const answer = await stage.fetch(stage.at(`/rooms/${ROOM}/messages`), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'd', author: 'a', text: LARGEST }),
    })
    expect([answer.status, answer.headers.get('content-type')]).toEqual([413, 'text/html'])
    const guest = await stage.seat('sse', ROOM)
    await expect(guest.client.send(LARGEST)).rejects.toMatchObject({ code: 'too-large' })
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
    const { house, proxy } = await open(haproxy, [WITHOUT_TLS, ...changes])
    const url = `http://127.0.0.1:${proxy.ports.http}/transports/sse/rooms/${ROOM}/events`
    const stream = (await fetch(url)).body!.getReader()
    const decoder = new TextDecoder()
    const took: number[] = []
    for (let n = 1; n <= TRIES; n++) {
      const said = performance.now()
      house.say(ROOM, `message ${n}`)
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
    const { house, proxy } = await open(haproxy, [WITHOUT_TLS, ...changes])
    const room = house.hub.room(ROOM)
    const at = `http://127.0.0.1:${proxy.ports.http}`
    const url = `${at}/transports/long-polling/rooms/${ROOM}/messages`
    const { cursor } = (await (await fetch(url)).json()) as { readonly cursor: string }
    const hangUp = new AbortController()
    const poll = fetch(`${url}?since=${cursor}&wait=${POLL_S}`, { signal: hangUp.signal })
    await expect.poll(() => room.followers, PATIENCE).toBe(1)
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
    const stage = await open(caddy, [FLUSHES])
    const room = stage.house.hub.room(ROOM)
    const leave = stage.ask(`/transports/sse/rooms/${ROOM}/events`, 'HTTP/1.1')
    await expect.poll(() => room.followers, PATIENCE).toBe(1)
    leave()
    for (let n = 0; n < 50; n++) await (await stage.fetch(stage.at('/healthz'))).text()
    expect(room.followers).toBe(1)
  })

  const COMPRESSES: Change = ['\treverse_proxy 127', '\tencode gzip\n\treverse_proxy 127']

  it('that compresses leaves our streams alone, which forbid it', async () => {
    const stage = await open(caddy, [COMPRESSES])
    const stream = await stage.fetch(stage.at(`/transports/sse/rooms/${ROOM}/events`), {
      headers: { 'accept-encoding': 'gzip' },
    })
    expect(stream.headers.get('content-encoding')).toBeNull()
    await stream.body?.cancel()
    await expectEachAtOnce(stage)
  })
})

/** Each message comes before the next is said. */
async function expectEachAtOnce(stage: Stage): Promise<void> {
  const guest = await stage.seat('sse', ROOM)
  for (const text of ['one', 'two', 'three']) {
    stage.house.say(ROOM, text)
    await expect.poll(() => guest.texts.at(-1), PATIENCE).toBe(text)
  }
}

/** The status that a WebSocket handshake gets; 101 is how it should be. */
async function handshake(stage: Stage): Promise<number> {
  const socket = stage.openSocket(stage.at(`/transports/websocket/rooms/${ROOM}/socket`, 'wss'))
  const status = await Promise.race([
    once(socket, 'open').then(() => 101),
    once(socket, 'unexpected-response').then(([, { statusCode }]) => statusCode as number),
  ])
  socket.terminate()
  return status
}
