/** Lanes in front of a real server: what a client meets at one, and what its visitor is told. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { servePages } from '../../app/pages.ts'
import { exchange, requestText } from '../../verify/attacks/raw.ts'
import { startTestServer } from '../../verify/kit/test-server.ts'
import { type LanesBench, startWithLanes } from '../../verify/wires/lanes-bench.ts'
import type { WiresState } from '../../wires/control.ts'
import { createLanes } from './lanes.ts'

let bench: LanesBench
afterEach(() => bench?.close())

const MESSAGES = '/transports/short-polling/rooms/square/messages'

describe('a lane', () => {
  it('leads to the one server, for each transport that HTTP carries', async () => {
    bench = await startWithLanes()
    bench.server.say('square', 'hello')
    expect(bench.lanes.at.length).toBeGreaterThan(4)
    for (const { name } of bench.lanes.at) {
      const page = await fetch(`${bench.laneOf(name)}${MESSAGES}`)
      expect(((await page.json()) as { messages: object[] }).messages).toMatchObject([{ text: 'hello' }])
    }
  })

  it('carries a WebSocket, and its goodbye when the server closes', async () => {
    bench = await startWithLanes()
    const at = `ws://127.0.0.1:${bench.portOf('websocket')}/transports/websocket/rooms/square/socket`
    const socket = new WebSocket(at)
    await once(socket, 'open')
    const heard = once(socket, 'message')
    bench.server.say('square', 'over a lane')
    expect(String((await heard)[0])).toContain('over a lane')
    const closed = once(socket, 'close')
    await bench.close()
    expect((await closed)[0]).toBe(1001)
  })

  it('passes over a port that another program has, and says which', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as { port: number }
    const lanes = createLanes({ names: ['sse', 'websocket'], firstPort: port })
    const server = await startTestServer({ lanes })
    expect(await lanes.open()).toContain(port)
    expect(lanes.at.map((lane) => lane.port)).not.toContain(port)
    expect((await fetch(`http://127.0.0.1:${lanes.at[0]!.port}/healthz`)).status).toBe(200)
    await server.close()
    other.close()
  })

  it('tells a visitor each byte of their own connections, as it was on the wire', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    const reader = await bench.read(cookie)
    bench.server.say('square', 'seen')
    const page = await fetch(`${bench.laneOf('sse')}${MESSAGES}`, { headers: { cookie } })
    const body = await page.text()
    await expect.poll(() => reader.text('toClient')).toContain(body)
    expect(reader.all[0]).toMatchObject({ kind: 'now' })
    expect(reader.all).toContainEqual(expect.objectContaining({ kind: 'open', lane: 'sse' }))
    expect(reader.text('toServer')).toMatch(new RegExp(`^GET ${MESSAGES} HTTP/1.1\r\n`))
    expect(reader.text('toClient')).toMatch(/^HTTP\/1.1 200 OK\r\n/)
    let offset = 0
    for (const record of reader.all) {
      if (record.kind !== 'bytes' || record.direction !== 'toClient') continue
      expect(record.offset).toBe(offset)
      offset += Buffer.from(record.bytes, 'base64').length
    }
  })

  it('replays what is kept to a reader that comes back', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    const first = await bench.read(cookie)
    await fetch(`${bench.laneOf('sse')}${MESSAGES}?n=1`, { headers: { cookie } })
    await expect.poll(() => first.text('toServer')).toContain('n=1')
    first.stop()
    await fetch(`${bench.laneOf('sse')}${MESSAGES}?n=2`, { headers: { cookie } })
    const second = await bench.read(cookie)
    await expect.poll(() => second.text('toServer')).toContain('n=2')
    expect(second.text('toServer')).toContain('n=1')
  })

  it('lets the server’s own pages read and write by CORS, and answers preflights that count for no transport', async () => {
    bench = await startWithLanes()
    const cookie = await bench.visitor()
    const origin = bench.server.url
    const preflight = await fetch(`${bench.laneOf('sse')}/rooms/square/messages`, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST' },
    })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('access-control-allow-origin')).toBe(origin)
    const sent = await fetch(`${bench.laneOf('sse')}/rooms/square/messages`, {
      method: 'POST',
      headers: { origin, cookie, 'content-type': 'application/json' },
      body: JSON.stringify({ draftId: 'd', author: 'Ada', text: 'by a lane' }),
    })
    expect(sent.status).toBe(201)
    expect(sent.headers.get('access-control-allow-credentials')).toBe('true')
    const view = (await (
      await fetch(`${bench.server.url}/wires/connections`, { headers: { cookie } })
    ).json()) as { connections: { toServer: number }[] }
    // The preflight may have come on the same connection: it is not in the figures.
    const wire = (await sent.text()).length
    expect(wire).toBeGreaterThan(0)
    expect(view.connections).toHaveLength(1)
    expect(view.connections[0]!.toServer).toBeLessThan(600)
  })

  it('may be reached by the server’s pages: their policy names its port, for the host by which they were asked for', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lab-lanes-'))
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Lab</title>')
    const lanes = createLanes({ names: ['one', 'two'], firstPort: 0 })
    const server = await startTestServer({ lanes }, (app) =>
      servePages(app, folder, { runs: join(folder, 'runs'), lanes }),
    )
    await lanes.open()
    const policyAt = async (host: string) => {
      const { text } = await exchange(
        server.port,
        requestText(server.port, 'GET /', [`Host: ${host}:${server.port}`, 'Connection: close']),
      )
      return /content-security-policy: .*connect-src ([^;]*);/i.exec(text)?.[1]
    }
    const sources = (host: string) =>
      lanes.at.flatMap(({ port }) => [`http://${host}:${port}`, `ws://${host}:${port}`]).join(' ')
    expect(await policyAt('localhost')).toBe(`'self' ${sources('localhost')}`)
    expect(await policyAt('127.0.0.1')).toBe(`'self' ${sources('127.0.0.1')}`)
    await server.close()
    await rm(folder, { recursive: true })
  })

  it('tells how things are when all transports share one port', async () => {
    const server = await startTestServer()
    const state = await (await fetch(`${server.url}/wires`)).json()
    expect(state).toMatchObject({ single: true, lanes: [], presets: [] })
    const usable = (state as WiresState).faults.filter(({ off }) => off === null).map(({ name }) => name)
    expect(usable).toEqual(['server-restart'])
    await server.close()
  })
})
