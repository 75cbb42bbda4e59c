/** One client takes all the connections it can get. */
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { dial, exchange, requestText } from './raw.ts'
import { HANDSHAKE } from './raw-web-socket.ts'

const CAP = 50
let server: ServerUnderTest
const hoard: Socket[] = []
afterEach(async () => {
  for (const socket of hoard.splice(0)) socket.destroy()
  await server?.stop()
})

async function take(count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const socket = await dial(server.port)
    socket.resume()
    // A stream: once it is there, nothing limits how long it is kept.
    socket.write(requestText(server.port, 'GET /transports/sse/rooms/lobby/events'))
    hoard.push(socket)
  }
}

const open = () => hoard.filter(({ closed, readableEnded }) => !closed && !readableEnded)

describe.each([
  ['one address', { perAddress: CAP, total: 10 * CAP }],
  ['all addresses together', { perAddress: 10 * CAP, total: CAP }],
])('the connections of %s', (_whose, connections) => {
  it('are as many as the cap says; a client that comes then is told so, and gets in when another has gone', async () => {
    server = await startServerUnderTest({ connections })
    await take(CAP + 100)
    await vi.waitFor(() => expect(open()).toHaveLength(CAP), { timeout: 60_000 })

    const ask = requestText(server.port, 'GET /healthz', ['Connection: close'])
    const refusal = await exchange(server.port, ask)
    expect(refusal).toMatchObject({ statuses: [503], isClosed: true })
    expect(refusal.text).toContain('Retry-After: 5\r\n')
    expect(refusal.text).toContain('"code":"too-many-connections"')
    const handshake = requestText(server.port, 'GET /transports/websocket/rooms/lobby/socket', HANDSHAKE)
    expect(await exchange(server.port, handshake)).toMatchObject({ statuses: [503], isClosed: true })

    open()[0]!.destroy()
    await vi.waitFor(async () => expect((await exchange(server.port, ask)).statuses).toEqual([200]), {
      timeout: 60_000,
    })
    expect((await server.figures()).followers).toBe(CAP - 1)
    expect(server.said()).toBe('')
  })
})
