/**
 * A line that can be broken: a TCP proxy between one client and the server.
 *
 * It knows nothing of HTTP or WebSocket, so it treats all transports alike, as a real network
 * does. Every fault here happens in real networks: the cable that was pulled (`cut`), the
 * router that forgot us without a word (`silence`), the phone that does not keep up (`stall`),
 * the link with tiny segments (`slice`), the satellite (`delay`), the modem (`limit`).
 */
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises'

export type Direction = 'toServer' | 'toClient'

export interface TcpProxy {
  readonly port: number
  /**
   * Connections on which the client has spoken and not hung up. A silent newcomer does not count:
   * Node's fetch opens one in reserve whenever a request is aborted.
   */
  readonly connections: number
  /** Ends every connection, both ways, at once. */
  cut(): void
  /** Cuts everything once this many more bytes have gone in that direction, over all connections. */
  cutAfter(direction: Direction, bytes: number): void
  /** The same, with a reset in place of the end (RFC 9293 §3.5.2): what was on its way is lost. */
  reset(): void
  /**
   * The connections that are open now deliver nothing any more, and are not closed. New ones work.
   *
   * @param directions both, unless given
   */
  silence(directions?: readonly Direction[]): void
  /** While it lasts, new connections are closed at once. */
  refuseNewcomers(on: boolean): void
  /** While it lasts, new connections are silent from the start. */
  silenceNewcomers(on: boolean): void
  /** The network gives up at last on the silent ones: both ends hear that they are closed. */
  dropSilent(): void
  /** Stops reading what the server sends, until `flow`: the reader that does not keep up. */
  stall(): void
  flow(): void
  /** Passes on at most this many bytes at a time; null, the default, passes on what comes. */
  slice(bytes: number | null): void
  /** Passes each piece on after so many milliseconds, drawn for each piece; null for at once. Order is kept. */
  delay(drawMs: (() => number) | null): void
  /** Passes on at most so many bytes in a second, each way; null for as many as come. */
  limit(bytesPerSecond: number | null): void
  /** How much of what the client sent, or was sent, has been passed on, in bytes. */
  readonly passed: Readonly<Record<Direction, number>>
  close(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
  readonly silent: Record<Direction, boolean>
  /** Whether something is being passed on: what comes next waits until it has been, or it would get in between. */
  readonly isPassing: Record<Direction, boolean>
  hasSpoken: boolean
}

/** @param serverPort where the server listens now; null while it is down */
export async function openProxy(serverPort: () => number | null): Promise<TcpProxy> {
  const pairs = new Set<Pair>()
  const passed = { toServer: 0, toClient: 0 }
  /** Bytes until the cut, for each direction. */
  const left = { toServer: Number.POSITIVE_INFINITY, toClient: Number.POSITIVE_INFINITY }
  let newcomersAreSilent = false
  let newcomersAreRefused = false
  let stalled = false
  let pieceBytes: number | null = null
  let drawDelayMs: (() => number) | null = null
  let bytesPerSecond: number | null = null

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const port = serverPort()
    if (port === null || newcomersAreRefused) {
      client.on('error', () => {})
      return void client.destroy()
    }
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const silent = bothWays(newcomersAreSilent)
    const pair: Pair = { client, server, silent, isPassing: bothWays(false), hasSpoken: false }
    pairs.add(pair)
    carry(pair, 'toServer', client, server)
    carry(pair, 'toClient', server, client)
    if (stalled) server.pause()
  })

  function carry(pair: Pair, direction: Direction, from: Socket, to: Socket): void {
    from.on('data', async (chunk: Buffer) => {
      if (direction === 'toServer') pair.hasSpoken = true
      from.pause() // so that 'end' cannot overtake what is still being passed on
      pair.isPassing[direction] = true
      await pass(pair, direction, to, chunk)
      pair.isPassing[direction] = false
      if (!(stalled && direction === 'toClient')) from.resume()
    })
    from.on('end', () => {
      if (!pair.silent[direction]) to.end()
      else if (direction === 'toServer') from.destroy() // hung up, and the server never hears of it
    })
    from.on('error', () => {})
    from.on('close', () => {
      if (pair.silent[direction]) return
      to.destroySoon() // what was passed on already still arrives
      if (to.destroyed) pairs.delete(pair)
    })
  }

  async function pass(pair: Pair, direction: Direction, to: Socket, chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length && !pair.silent[direction] && !to.destroyed; ) {
      if (drawDelayMs) await pause(drawDelayMs())
      // Asked for each piece: what was begun in slices must not go on in slices when the network has healed.
      const piece = chunk.subarray(at, at + Math.min(pieceBytes ?? chunk.length, left[direction]))
      at += piece.length
      passed[direction] += piece.length
      left[direction] -= piece.length
      if (bytesPerSecond !== null) await pause((piece.length / bytesPerSecond) * 1_000)
      const hasRoom = to.write(piece)
      if (left[direction] <= 0) return cut()
      if (!hasRoom) await room(to)
      // One piece per turn of the event loop, or the kernel would put them together again.
      if (pieceBytes !== null) await nextTurn()
    }
  }

  function cut(): void {
    left.toServer = left.toClient = Number.POSITIVE_INFINITY
    for (const pair of pairs) drop(pair)
  }

  function drop(pair: Pair, how: 'destroy' | 'resetAndDestroy' = 'destroy'): void {
    pair.client[how]()
    pair.server[how]()
    pairs.delete(pair)
  }

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')

  return {
    port: address.port,
    passed,
    get connections() {
      return [...pairs].filter(({ client, hasSpoken }) => hasSpoken && !client.destroyed).length
    },
    cut,
    cutAfter(direction, bytes) {
      left[direction] = bytes
    },
    reset() {
      for (const pair of pairs) drop(pair, 'resetAndDestroy')
    },
    silence(directions = ['toServer', 'toClient']) {
      for (const pair of pairs) for (const direction of directions) pair.silent[direction] = true
    },
    refuseNewcomers(on) {
      newcomersAreRefused = on
    },
    silenceNewcomers(on) {
      newcomersAreSilent = on
    },
    dropSilent() {
      for (const pair of pairs) if (pair.silent.toServer || pair.silent.toClient) drop(pair)
    },
    stall() {
      stalled = true
      for (const { server } of pairs) server.pause()
    },
    flow() {
      stalled = false
      for (const { server, isPassing } of pairs) if (!isPassing.toClient) server.resume()
    },
    slice(bytes) {
      pieceBytes = bytes
    },
    delay(drawMs) {
      drawDelayMs = drawMs
    },
    limit(bytes) {
      bytesPerSecond = bytes
    },
    close() {
      cut()
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}

const bothWays = (on: boolean): Record<Direction, boolean> => ({ toServer: on, toClient: on })

/** Waits until the socket takes more, or is gone. */
function room(to: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      to.off('drain', done)
      to.off('close', done)
      resolve()
    }
    to.on('drain', done)
    to.on('close', done)
  })
}
