/**
 * A line that can be broken: a TCP proxy between one client and the server, for tests.
 *
 * It is the lanes' own engine with the faults of faults/, turned by hand and for all connections at once. It knows nothing of
 * HTTP or WebSocket, so it treats all transports alike, as a real network does.
 */
import { type AddressInfo, connect, createServer } from 'node:net'
import { systemClock } from '../wire/clock.ts'
import { createCutAfter } from './faults/ending/cut.ts'
import { silenceLine } from './faults/ending/silence.ts'
import type { FaultRun } from './faults/fault.ts'
import { bandwidth } from './faults/pace/bandwidth.ts'
import { createLatency } from './faults/pace/latency.ts'
import { slicing } from './faults/pace/slicing.ts'
import { slowReader } from './faults/pace/slow-reader.ts'
import { Line } from './line.ts'
import type { Direction } from './records.ts'

export type { Direction }

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

const BOTH_WAYS: readonly Direction[] = ['toServer', 'toClient']
const tools = { clock: systemClock, random: Math.random }

/** @param serverPort where the server listens now; null while it is down */
export async function openProxy(serverPort: () => number | null): Promise<TcpProxy> {
  const lines = new Set<Line>()
  const gone = { toServer: 0, toClient: 0 }
  /** What is on, by the name under which it is set again or taken away. */
  const faults = new Map<
    string,
    { readonly run: FaultRun; readonly heals: Map<Line, (() => void) | undefined> }
  >()
  let newcomersAreSilent = false
  let newcomersAreRefused = false

  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    const port = serverPort()
    if (port === null || newcomersAreRefused) {
      client.on('error', () => {})
      return void client.destroy()
    }
    const server = connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const line = new Line({ client, server })
    lines.add(line)
    line.onGone = () => forget(line)
    if (newcomersAreSilent) silenceLine(line, BOTH_WAYS)
    for (const { run, heals } of faults.values()) heals.set(line, run.touch(line, true))
  })

  function forget(line: Line): void {
    if (!lines.delete(line)) return
    for (const direction of BOTH_WAYS) gone[direction] += line.flow(direction).passed
    for (const { heals } of faults.values()) heals.delete(line)
  }

  function set(name: string, run: FaultRun | null): void {
    for (const heal of faults.get(name)?.heals.values() ?? []) heal?.()
    faults.delete(name)
    if (!run) return
    const heals = new Map<Line, (() => void) | undefined>()
    faults.set(name, { run, heals })
    for (const line of lines) heals.set(line, run.touch(line, false))
  }

  function dropAll(how: 'end' | 'reset', isMeant: (line: Line) => boolean = () => true): void {
    for (const line of [...lines].filter(isMeant)) {
      line.drop(how)
      forget(line)
    }
  }

  const sum = (direction: Direction) =>
    [...lines].reduce((sum, line) => sum + line.flow(direction).passed, gone[direction])

  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const { port } = listener.address() as AddressInfo

  return {
    port,
    passed: {
      get toServer() {
        return sum('toServer')
      },
      get toClient() {
        return sum('toClient')
      },
    },
    get connections() {
      return [...lines].filter(({ isOpen, toServer }) => isOpen && toServer.arrived > 0).length
    },
    cut: () => dropAll('end'),
    cutAfter: (direction, bytes) =>
      set(`cut ${direction}`, Number.isFinite(bytes) ? createCutAfter(direction, bytes) : null),
    reset: () => dropAll('reset'),
    silence(directions = BOTH_WAYS) {
      for (const line of lines) silenceLine(line, directions)
    },
    refuseNewcomers(on) {
      newcomersAreRefused = on
    },
    silenceNewcomers(on) {
      newcomersAreSilent = on
    },
    dropSilent: () => dropAll('end', ({ toServer, toClient }) => toServer.isSilent || toClient.isSilent),
    stall: () => set('stall', slowReader.begin({ bytesPerSecond: 0 }, tools)),
    flow: () => set('stall', null),
    slice: (bytes) => set('slice', bytes === null ? null : slicing.begin({ bytes }, tools)),
    delay: (drawMs) => set('delay', drawMs && createLatency(drawMs, tools.clock)),
    limit: (bytesPerSecond) =>
      set('limit', bytesPerSecond === null ? null : bandwidth.begin({ bytesPerSecond }, tools)),
    close() {
      dropAll('end')
      return new Promise((resolve) => listener.close(() => resolve()))
    },
  }
}
