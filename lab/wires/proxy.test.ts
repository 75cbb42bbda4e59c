import { connect, createServer, type Server, type Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openProxy, type TcpProxy } from './proxy.ts'

const LIMIT = { timeout: 10_000 }

/** A server that keeps what it hears, and a client of it by way of the proxy. */
let server: Server
let proxy: TcpProxy
let accepted: Socket[]
let received: string[]
const clients: Socket[] = []

beforeEach(async () => {
  accepted = []
  received = []
  server = createServer((socket) => {
    accepted.push(socket)
    socket.on('error', () => {})
    socket.setEncoding('utf8').on('data', (text: string) => received.push(text))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  proxy = await openProxy(() => (server.address() as { port: number } | null)?.port ?? null)
})
afterEach(async () => {
  for (const client of clients.splice(0)) client.destroy()
  for (const socket of accepted) socket.destroy()
  await proxy.close()
  await new Promise((resolve) => server.close(resolve))
})

async function open() {
  const socket = connect(proxy.port, '127.0.0.1')
  clients.push(socket)
  const got: string[] = []
  socket.setEncoding('utf8').on('data', (text: string) => got.push(text))
  socket.on('error', () => {})
  socket.write('hello ')
  const index = accepted.length
  await expect.poll(() => accepted[index], LIMIT).toBeDefined()
  await expect.poll(() => received.join(''), LIMIT).toContain('hello ')
  return { socket, got, peer: accepted[index]! }
}

describe('the proxy', () => {
  it('passes on what comes, both ways, and the end of it', async () => {
    const { socket, got, peer } = await open()
    peer.end('welcome')
    await expect.poll(() => got.join(''), LIMIT).toBe('welcome')
    await expect.poll(() => socket.readableEnded, LIMIT).toBe(true)
    await expect.poll(() => proxy.connections, LIMIT).toBe(0)
  })

  it('cuts every connection', async () => {
    const { socket, peer } = await open()
    expect(proxy.connections).toBe(1)
    proxy.cut()
    await expect.poll(() => socket.destroyed && peer.destroyed, LIMIT).toBe(true)
    expect(proxy.connections).toBe(0)
  })

  it('cuts after so many bytes, and not one later', async () => {
    const { socket, got, peer } = await open()
    proxy.cutAfter('toClient', 5)
    peer.write('0123456789')
    await expect.poll(() => socket.destroyed, LIMIT).toBe(true)
    expect(got.join('')).toBe('01234')
  })

  it('goes silent without closing anything, while new connections work', async () => {
    const { socket, got, peer } = await open()
    proxy.silence()
    peer.write('into the void')
    const other = await open()
    other.peer.write('here')
    await expect.poll(() => other.got.join(''), LIMIT).toBe('here')
    expect(got).toEqual([])
    expect([socket.destroyed, peer.destroyed]).toEqual([false, false])
    // A client that hangs up is let go, and the far side never hears of it.
    socket.destroy()
    await expect.poll(() => proxy.connections, LIMIT).toBe(1)
    expect(peer.destroyed).toBe(false)
  })

  it('stops reading for a slow reader, so that the server feels it', async () => {
    const { got, peer } = await open()
    proxy.stall()
    const block = 'x'.repeat(64 * 1024)
    // Sooner or later the kernel has no more room, and says so.
    await expect
      .poll(() => !peer.write(block) && peer.writableLength > 0, { ...LIMIT, interval: 1 })
      .toBe(true)
    expect(got).toEqual([])
    const sent = peer.bytesWritten
    proxy.flow()
    await expect
      .poll(() => got.reduce((sum, { length }) => sum + length, 0), LIMIT)
      .toBeGreaterThanOrEqual(sent)
  })

  it('slices into pieces and loses none', async () => {
    const { got, peer } = await open()
    proxy.slice(1)
    peer.write('one by one')
    await expect.poll(() => got.join(''), LIMIT).toBe('one by one')
    expect(got.length).toBeGreaterThan(1)
  })

  it('passes on what is left at once when it slices no more', async () => {
    const { peer } = await open()
    const bytes = 60_000
    proxy.slice(1)
    peer.write('x'.repeat(bytes))
    while (proxy.passed.toClient === 0) await nextTurn() // by turns: by the clock, all of it may have gone
    proxy.slice(null)
    let turns = 0
    while (proxy.passed.toClient < bytes && turns < bytes / 10) {
      await nextTurn()
      turns++
    }
    expect(proxy.passed.toClient).toBe(bytes)
  })

  it('keeps the order, though a reader goes on while what came before is still being sliced', async () => {
    const { got, peer } = await open()
    const numbers = Array.from({ length: 2_000 }, (_, n) => `${n} `)
    const [first, second] = [numbers.slice(0, 1_000).join(''), numbers.slice(1_000).join('')]
    proxy.slice(1)
    peer.write(first)
    while (proxy.passed.toClient === 0) await nextTurn()
    peer.write(second)
    proxy.stall()
    proxy.flow()
    await expect.poll(() => got.join('').length, LIMIT).toBe(first.length + second.length)
    expect(got.join('')).toBe(first + second)
  })
})
