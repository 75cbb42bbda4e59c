/** The server of chapter 6 keeps what the lab's own servers are held to, and a slow reader costs the others nothing. */
import { once } from 'node:events'
import type { Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { closeFrame } from '../../lab/verify/attacks/frames.ts'
import { exchange, requestText } from '../../lab/verify/attacks/raw.ts'
import { HANDSHAKE } from '../../lab/verify/attacks/raw-web-socket.ts'
import { ECHO_CASES, type EchoCase } from '../../lab/verify/conformance/echo/cases.ts'
import { shown, wantedBy } from '../../lab/verify/museum/play.ts'
import { createByHandServer } from './by-hand.ts'

let server: Server
let port = 0
beforeAll(async () => {
  server = createByHandServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterAll(() => server.close())

const wires: (Socket | WebSocket)[] = []
afterEach(() => {
  for (const wire of wires.splice(0)) wire instanceof WebSocket ? wire.terminate() : wire.destroy()
})

/** What comes back until the server ends the connection. */
async function play({ send, chop, closes }: EchoCase): Promise<string> {
  const wire = connect(port, '127.0.0.1')
  wires.push(wire)
  const chunks: Buffer[] = []
  wire.on('data', (bytes) => chunks.push(bytes))
  wire.on('error', () => {})
  wire.write(requestText(port, 'GET /', [...HANDSHAKE]))
  const bytes = Buffer.concat([...send, ...(closes === undefined ? [closeFrame(1000)] : [])])
  const size = chop ?? bytes.length
  for (let at = 0; at < bytes.length && wire.writable; at += size)
    await new Promise((next) => wire.write(bytes.subarray(at, at + size), () => setImmediate(next)))
  await once(wire, 'close')
  const all = Buffer.concat(chunks)
  return shown(all.subarray(all.indexOf('\r\n\r\n') + 4))
}

/** Without those for megabytes, and those that a server may leave that looks at a text when it is whole. */
const CASES = ECHO_CASES.filter(({ name, early }) => !early && !name.startsWith('9'))

describe('the server of chapter 6', () => {
  it.each(CASES)('$name', async (one) => {
    expect(await play(one)).toBe(shown(wantedBy(one)))
  })

  it.each<[string, number, readonly string[]]>([
    ['without an offer', 404, []],
    ['of another version', 426, HANDSHAKE.map((line) => line.replace(': 13', ': 12'))],
    ['without a key', 400, HANDSHAKE.filter((line) => !line.includes('Key'))],
    ['from a foreign page', 403, [...HANDSHAKE, 'Origin: https://evil.example']],
  ])('answers a handshake %s with %i', async (_what, status, headers) => {
    const target = headers.length === 0 ? 'GET /nowhere' : 'GET /'
    const answer = await exchange(port, requestText(port, target, [...headers]), {
      isEnough: (text) => text.includes('\r\n\r\n'),
    })
    expect(answer.statuses).toEqual([status])
  })

  it('goes on for the others when one reads nothing', async () => {
    const slow = connect(port, '127.0.0.1')
    wires.push(slow)
    slow.write(requestText(port, 'GET /', [...HANDSHAKE]))
    await once(slow, 'data')
    slow.pause()
    const [writer, reader] = [0, 1].map(() => new WebSocket(`ws://127.0.0.1:${port}/`)) as [
      WebSocket,
      WebSocket,
    ]
    wires.push(writer, reader)
    await Promise.all([once(writer, 'open'), once(reader, 'open')])
    let received = 0
    reader.on('message', () => received++)
    const text = 'x'.repeat(200_000)
    for (let i = 1; i <= 60; i++) {
      writer.send(text) // 12 MB in all, more than a kernel holds for one connection
      await expect.poll(() => received).toBe(i)
    }
  })
})
