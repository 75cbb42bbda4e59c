/** One echo server, alone in its process: a WebSocket's, or raw TCP's, which is the floor. */
import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { startEcho } from '../../lab/app/echo/start-echo.ts'
import type { TransportName } from '../../transports/manifest.ts'

/** What goes back and forth between this process and the one that measures. */
export type Question = 'settle' | 'cpu'

const BACKLOG = 4_096
const MAX_MESSAGE = 16 * 1024 * 1024
/** A collection is done when it frees less than this. */
const SETTLED_BYTES = 64 * 1024
const MOST_COLLECTIONS = 8
/** Several times both halves of the young generation, as `main.ts` sets them. */
const YOUNG_BYTES = 128 * 1024 * 1024
const BETWEEN_COLLECTIONS_MS = 40

function echoBytes(this: Socket, bytes: Buffer): void {
  this.write(bytes)
}

function endIt(this: Socket): void {
  this.destroy()
}

async function serveRawTcp(): Promise<number> {
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on('data', echoBytes)
    socket.on('error', endIt)
  })
  server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** Fills the young generation until it has been collected several times: from then on it takes no more memory. */
function touchYoungGeneration(): void {
  let garbage: number[] = []
  for (let bytes = 0; bytes < YOUNG_BYTES; bytes += 64) garbage = [bytes, garbage.length, 0, 0]
}

async function settledRss(): Promise<number> {
  let before = Number.POSITIVE_INFINITY
  for (let i = 0; i < MOST_COLLECTIONS; i++) {
    globalThis.gc?.()
    await pause(BETWEEN_COLLECTIONS_MS) // finalizers and unmapping come after
    const rss = process.memoryUsage.rss()
    if (before - rss < SETTLED_BYTES) break
    before = rss
  }
  return process.memoryUsage.rss()
}

function cpuUs(): number {
  const { user, system } = process.cpuUsage()
  return user + system
}

const name = process.argv[2]!
const port =
  name === 'raw-tcp'
    ? await serveRawTcp()
    : (await startEcho(name as TransportName, { port: 0, maxMessage: MAX_MESSAGE })).port
touchYoungGeneration()
process.on('disconnect', () => process.exit())
process.on('message', async (question: Question) =>
  process.send!(question === 'settle' ? await settledRss() : cpuUs()),
)
process.send!(port)
