/** Slowloris and its kin: requests that never get finished, and answers that may take their time. */
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'
import { dial, exchange, requestText } from './raw.ts'

/** As many for each way of being slow. */
const CONNECTIONS = 100
/** The limits are 3 s and 10 s (lab/server/limits/timeouts.ts). Without them this is waited in vain: Node's own are 60 s and more. */
const LIMIT_MS = 25_000
/** Now and then a byte, to look alive. */
const DRIP_MS = 250

let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  server = await startServerUnderTest()
  honest = await joinHonestReaders(server.at)
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

/** Opens connections that each begin with `opening` and then go on with `drip`, a byte now and then. */
async function hoard(opening: string, drip: string): Promise<Socket[]> {
  const sockets = await Promise.all(Array.from({ length: CONNECTIONS }, () => dial(server.port)))
  for (const socket of sockets) {
    socket.resume()
    socket.write(opening)
    const timer = setInterval(() => socket.write(drip), DRIP_MS)
    socket.once('close', () => clearInterval(timer))
  }
  return sockets
}

const POST = ['Content-Type: application/json', 'Content-Length: 1000']
const CHUNKED = ['Content-Type: application/json', 'Transfer-Encoding: chunked']

describe(`${CONNECTIONS} connections each`, () => {
  it.concurrent.each<readonly [what: string, opening: () => string, drip: string]>([
    ['that say nothing', () => '', ''],
    ['that never end their first line', () => 'GET /', 'x'],
    ['that never end their headers', () => 'GET / HTTP/1.1\r\nHost: localhost\r\n', 'X-Y: z\r\n'],
    ['that never end their handshake', () => 'GET /socket HTTP/1.1\r\nUpgrade: websocket\r\n', 'X: y\r\n'],
    ['that never end their body', () => requestText(server.port, `POST /rooms/${ROOM}/messages`, POST), ' '],
    ['that never end a refused body', () => requestText(server.port, 'POST /nowhere', POST), ' '],
    [
      'that never end their chunks',
      () => requestText(server.port, `POST /rooms/${ROOM}/messages`, CHUNKED),
      '1\r\n \r\n',
    ],
    ['that never end their second request', () => `${requestText(server.port, 'GET /healthz')}GET /`, 'x'],
  ])('%s are closed', async (_what, opening, drip) => {
    const sockets = await hoard(opening(), drip)
    try {
      await vi.waitFor(() => expect(sockets.filter(({ closed }) => !closed)).toHaveLength(0), {
        timeout: LIMIT_MS,
        interval: 100,
      })
    } finally {
      for (const socket of sockets) socket.destroy()
    }
  })

  it.concurrent('that have asked nothing get no answer, which a browser would take for that to its next question', async () => {
    const { text, isClosed } = await exchange(server.port, '')
    expect([text, isClosed]).toEqual(['', true])
  })

  it.concurrent('that have begun to ask are told that they were too slow', async () => {
    const { statuses, isClosed } = await exchange(server.port, 'GET /')
    expect([statuses, isClosed]).toEqual([[408], true])
  })

  it.concurrent('that wait for an answer are not', async () => {
    const held = await Promise.all(
      [`long-polling/rooms/quiet/messages?wait=55`, 'sse/rooms/quiet/events'].map(async (path) => {
        const { cursor } = (await (
          await fetch(`http://${server.at}/transports/short-polling/rooms/quiet/messages`)
        ).json()) as { cursor: string }
        const socket = await dial(server.port)
        socket.resume()
        socket.write(
          requestText(server.port, `GET /transports/${path}${path.includes('?') ? '&' : '?'}since=${cursor}`),
        )
        return socket
      }),
    )
    // Longer than any request may take: the time is what is tried here, so it has to pass.
    await new Promise((passed) => setTimeout(passed, 12_000))
    expect(held.map(({ closed, readyState }) => ({ closed, readyState }))).toEqual(
      held.map(() => ({ closed: false, readyState: 'open' })),
    )
    for (const socket of held) socket.destroy()
  })
})

it('leave the honest readers in order, and the process quiet', async () => {
  await honest.expectUnharmed()
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
})
