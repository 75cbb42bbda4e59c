/** Lanes in front of a real server: what a client meets at one, and what the server knows of it. */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import type { WireRecord } from '../../wires/records.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { createLanes, type Lanes, type LanesOptions } from './lanes.ts'

let server: TestServer
let lanes: Lanes
afterEach(() => server?.close())

async function start(options: Partial<LanesOptions> = {}, lab = {}): Promise<void> {
  lanes = createLanes({ firstPort: 0, ...options })
  server = await startTestServer({ lanes, ...lab })
  await lanes.open()
}
const portOf = (name: string) => lanes.at.find((lane) => lane.name === name)!.port
const laneOf = (name: string) => `http://127.0.0.1:${portOf(name)}`

/** A browser as far as the wires can tell: it has the cookie by which it is known. */
async function visitor(): Promise<string> {
  const response = await fetch(`${server.url}/wires`)
  return response.headers.get('set-cookie')!.split(';')[0]!
}

/** Reads a visitor's records until `isEnough`. */
async function records(
  cookie: string,
  isEnough: (all: readonly WireRecord[]) => boolean,
  act: () => Promise<void> = async () => {},
): Promise<WireRecord[]> {
  const stop = new AbortController()
  const response = await fetch(`${server.url}/wires/records`, { headers: { cookie }, signal: stop.signal })
  expect(response.status).toBe(200)
  const all: WireRecord[] = []
  let rest = ''
  const acting = act()
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop()!
    all.push(...lines.map((line) => JSON.parse(line) as WireRecord))
    if (isEnough(all)) break
  }
  await acting
  stop.abort()
  return all
}

/** What passed in one direction, over all connections, as text. */
const textIn = (all: readonly WireRecord[], direction: 'toServer' | 'toClient') =>
  all
    .flatMap((record) =>
      record.kind === 'bytes' && record.direction === direction
        ? Buffer.from(record.bytes, 'base64').toString('latin1')
        : [],
    )
    .join('')

describe('a lane', () => {
  it('leads to the one server, for each transport that HTTP carries', async () => {
    await start()
    server.say('square', 'hello')
    expect(lanes.at.length).toBeGreaterThan(4)
    for (const { name } of lanes.at) {
      const page = await fetch(`${laneOf(name)}/transports/short-polling/rooms/square/messages`)
      expect(((await page.json()) as { messages: object[] }).messages).toMatchObject([{ text: 'hello' }])
    }
  })

  it('carries a WebSocket', async () => {
    await start()
    const socket = new WebSocket(`ws://127.0.0.1:${portOf('websocket')}/transports/websocket/rooms/square/socket`)
    await once(socket, 'open')
    const heard = once(socket, 'message')
    server.say('square', 'over a lane')
    expect(String((await heard)[0])).toContain('over a lane')
    socket.close()
    await once(socket, 'close')
  })

  it('tells a visitor each byte of their own connections', async () => {
    await start()
    const cookie = await visitor()
    server.say('square', 'seen')
    const all = await records(cookie, (so) => textIn(so, 'toClient').includes('seen'), async () => {
      await fetch(`${laneOf('short-polling')}/transports/short-polling/rooms/square/messages`, {
        headers: { cookie },
      }).then((response) => response.text())
    })
    expect(all[0]).toMatchObject({ kind: 'now' })
    expect(all).toContainEqual(expect.objectContaining({ kind: 'open', lane: 'short-polling' }))
    expect(textIn(all, 'toServer')).toMatch(/^GET \/transports\/short-polling\/rooms\/square\/messages HTTP\/1.1\r\n/)
    expect(textIn(all, 'toClient')).toMatch(/^HTTP\/1.1 200 OK\r\n/)
  })
})
