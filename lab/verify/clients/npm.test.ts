/** Clients from npm that people use with servers like ours, as they are: no word of ours in them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fetchEventSource } from '@microsoft/fetch-event-source'
import { EventSource } from 'eventsource'
import * as extended from 'extended-eventsource'
import { WebSocket as UndiciWebSocket, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ServerFrame } from '../../../transports/_formats/chat-frames.ts'
import type { Page } from '../../wire/message.ts'
import { type ClientBench, openClientBench } from './client-bench.ts'

/** Generous, in milliseconds: the machine may be busy, and an EventSource waits before it comes back. */
const TIMEOUT = { timeout: 60_000, interval: 10 }

let bench: ClientBench
beforeEach(async () => {
  bench = await openClientBench()
})
afterEach(() => bench.close())
const linesOf = ({ messages }: Page) => messages.map(({ author, text }) => `${author}: ${text}`)

describe('eventsource', () => {
  it('reads the stream, and resumes after a cut where it stopped', async () => {
    const source = new EventSource(`${bench.url}/transports/sse/rooms/kitchen/events`)
    const shown: string[] = []
    source.addEventListener('message', ({ data }) => shown.push(...linesOf(JSON.parse(data) as Page)))
    const allIsShown = () => expect.poll(() => shown, TIMEOUT).toEqual(bench.log())
    for (const text of ['one', 'two']) {
      bench.say(text)
      await allIsShown()
    }
    bench.line.cut()
    bench.say('said while the line was cut')
    await allIsShown()

    await bench.stop()
    bench.say('said while the server was away')
    await bench.start()
    await allIsShown()
    source.close()
  })

  it('that meets the 502 of a proxy gives up for good', async () => {
    const proxy = createServer((_request, response) => response.writeHead(502).end())
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const source = new EventSource(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}/`)
    await new Promise((done) => source.addEventListener('error', done))
    expect(source.readyState).toBe(EventSource.CLOSED)
    proxy.close()
  })
})

/**
 * These two take a block without data for an event, which the standard does not (WHATWG HTML §9.2.6): a
 * heartbeat that ended in an empty line would be an empty message to them, and no JSON.
 */
describe.each([
  { name: 'extended-eventsource', open: openExtended },
  { name: '@microsoft/fetch-event-source', open: openFetchEventSource },
])('$name', { timeout: 120_000 }, ({ open }) => {
  it('gets pages and nothing else from a stream, past its retry and its heartbeats, and resumes after a cut', async () => {
    const lively = await openClientBench(20)
    const got: string[] = []
    const close = open(`${lively.url}/transports/sse/rooms/kitchen/events`, (data) => got.push(data))
    const shown = () => got.flatMap((data) => linesOf(JSON.parse(data) as Page))
    const allIsShown = () => expect.poll(shown, TIMEOUT).toEqual(lively.log())
    try {
      lively.say('one')
      await allIsShown()
      const passed = lively.line.passed.toClient
      await expect.poll(() => lively.line.passed.toClient, TIMEOUT).toBeGreaterThan(passed + 30) // heartbeats
      lively.say('two')
      await allIsShown()
      lively.line.cut()
      lively.say('said while the line was cut')
      await allIsShown()
    } finally {
      close()
      await lively.close()
    }
  })
})

/** Its own types cannot be found by this module resolution: they name files without an extension. */
const { CustomEventSource } = extended as unknown as { readonly CustomEventSource: typeof EventSource }

function openExtended(url: string, onData: (data: string) => void): () => void {
  const source = new CustomEventSource(url)
  source.addEventListener('message', ({ data }) => onData(data as string))
  return () => source.close()
}

function openFetchEventSource(url: string, onData: (data: string) => void): () => void {
  // It is made for browsers: of a window it uses these, and of a document no more than that to close.
  vi.stubGlobal('window', { fetch, setTimeout, clearTimeout })
  vi.stubGlobal('document', { removeEventListener() {} })
  const giveUp = new AbortController()
  const { signal } = giveUp
  void fetchEventSource(url, { signal, openWhenHidden: true, onmessage: ({ data }) => onData(data) })
  return () => {
    giveUp.abort()
    vi.unstubAllGlobals()
  }
}

describe('undici', () => {
  it('polls and posts', async () => {
    const room = `${bench.url}/transports/long-polling/rooms/kitchen/messages`
    const first = (await (await undiciFetch(room)).json()) as Page
    const poll = undiciFetch(`${room}?since=${first.cursor}&wait=20`)
    const posted = await undiciFetch(room, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'u1', author: 'undici', text: 'hello' }),
    })
    expect(posted.status).toBe(201)
    expect(linesOf((await (await poll).json()) as Page)).toEqual(['undici: hello'])
  })

  it('converses over a WebSocket, and is told when the server goes', async () => {
    const url = `${bench.url.replace('http', 'ws')}/transports/websocket/rooms/kitchen/socket`
    const socket = new UndiciWebSocket(url)
    const frames: ServerFrame[] = []
    socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data)) as ServerFrame))
    const closed = new Promise<number>((done) => socket.addEventListener('close', ({ code }) => done(code)))
    await new Promise((done) => socket.addEventListener('open', done))

    const draft = { draftId: 'u2', author: 'undici', text: 'žluť 🚲' }
    socket.send(JSON.stringify({ type: 'send', draft }))
    const shown = () => frames.flatMap((frame) => (frame.type === 'page' ? linesOf(frame.page) : []))
    await expect.poll(shown, TIMEOUT).toEqual(['undici: žluť 🚲'])
    expect(frames).toContainEqual(expect.objectContaining({ type: 'accepted' }))

    await bench.stop()
    expect(await closed).toBe(1001)
  })
})
