/** Clients from npm that people use with servers like ours, as they are: no word of ours in them. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { EventSource } from 'eventsource'
import { WebSocket as UndiciWebSocket, fetch as undiciFetch } from 'undici'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ServerFrame } from '../../../transports/websocket/frames.ts'
import type { Page } from '../../wire/message.ts'
import { openStage, type Stage } from './stage.ts'

/** Generous, in milliseconds: the machine may be busy, and an EventSource waits before it comes back. */
const PATIENCE = { timeout: 30_000, interval: 10 }

let stage: Stage
beforeEach(async () => {
  stage = await openStage()
})
afterEach(() => stage.close())
const linesOf = ({ messages }: Page) => messages.map(({ author, text }) => `${author}: ${text}`)

describe('eventsource', () => {
  it('reads the stream, and resumes after a cut where it stopped', async () => {
    const source = new EventSource(`${stage.url}/transports/sse/rooms/kitchen/events`)
    const shown: string[] = []
    source.addEventListener('message', ({ data }) => shown.push(...linesOf(JSON.parse(data) as Page)))
    const allIsShown = () => expect.poll(() => shown, PATIENCE).toEqual(stage.log())
    for (const text of ['one', 'two']) {
      stage.say(text)
      await allIsShown()
    }
    stage.line.cut()
    stage.say('said while the line was cut')
    await allIsShown()

    await stage.stop()
    stage.say('said while the server was away')
    await stage.start()
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

describe('undici', () => {
  it('polls and posts', async () => {
    const room = `${stage.url}/transports/long-polling/rooms/kitchen/messages`
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
    const url = `${stage.url.replace('http', 'ws')}/transports/websocket/rooms/kitchen/socket`
    const socket = new UndiciWebSocket(url)
    const frames: ServerFrame[] = []
    socket.addEventListener('message', ({ data }) => frames.push(JSON.parse(String(data)) as ServerFrame))
    const closed = new Promise<number>((done) => socket.addEventListener('close', ({ code }) => done(code)))
    await new Promise((done) => socket.addEventListener('open', done))

    const draft = { draftId: 'u2', author: 'undici', text: 'žluť 🚲' }
    socket.send(JSON.stringify({ type: 'send', draft }))
    const shown = () => frames.flatMap((frame) => (frame.type === 'page' ? linesOf(frame.page) : []))
    await expect.poll(shown, PATIENCE).toEqual(['undici: žluť 🚲'])
    expect(frames).toContainEqual(expect.objectContaining({ type: 'accepted' }))

    await stage.stop()
    expect(await closed).toBe(1001)
  })
})
