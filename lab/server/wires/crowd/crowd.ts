/**
 * A crowd: many tabs that read one room by one transport, slept while something was said in it, and wake at the same moment. The server's own
 * process simulates them, with real connections and the requests that a browser sends (the readers of the benchmark,
 * `transports/NAME/load-reader.ts`).
 *
 * What it costs is that of both ends, since they share the process: it compares transports and sizes no server.
 */
import type { Socket } from 'node:net'
import type { Clock } from '../../../wire/clock.ts'
import type { CrowdResult } from '../../../wires/control.ts'

/** As much of lab/client/load/reader.ts as a crowd needs. */
export interface CrowdContext {
  readonly port: number
  readonly since: string
  readonly headers: 'browser'
  readonly pollMs: number
  readonly phase: number
  readonly resume: boolean
  write(bytes: string | Buffer): void
  ask(request: string): void
  ready(): void
  later(ms: number, act: () => void): void
  scan(bytes: Buffer): void
  fail(why: string): void
}
export type CrowdReader = (
  context: CrowdContext,
  room: string,
) => { begin(): void; take(bytes: Buffer): void }

export interface CrowdOptions {
  readonly read: CrowdReader
  /** The room's path under the transport, with a slash at the end. */
  readonly path: string
  /** The server's own. */
  readonly port: number
  readonly isSecure: boolean
  readonly tabs: number
  /** Where they had read to when they fell asleep. */
  readonly since: string
  /** Stands in the last message that was said meanwhile: a tab to which it has come is up to date. */
  readonly mark: string
  /** Opens a connection to the server. @param tab from 0 */
  readonly connect: (tab: number) => Socket
  readonly clock: Clock
  /** Ends it early. */
  readonly signal: AbortSignal
}

/** Tabs that connect in one turn of the event loop: no more than a listener takes that is busy with them. */
const AT_ONCE = 100
/** A tab that is not up to date by then is counted as one that is not. */
const LIMIT_MS = 20_000
/** A tab that polls, and has not found all at its first question, asks again as the lab's pages do. */
const POLL_MS = 1_000

/** Never rejects: what went wrong is in the result. All is closed when it resolves. */
export async function wakeCrowd(options: CrowdOptions): Promise<CrowdResult> {
  const { read, path, port, isSecure, tabs, since, connect, clock, signal } = options
  const mark = Buffer.from(options.mark)
  const sockets: Socket[] = []
  const timers = new Set<() => void>()
  const times: number[] = []
  let requests = 0
  let problem: string | null = null
  /** Tabs that are up to date, or will not be. */
  let settled = 0
  let finish = () => {}
  const over = new Promise<void>((resolve) => (finish = resolve))
  timers.add(clock.after(LIMIT_MS, finish))
  signal.addEventListener('abort', finish)

  const cpu = process.cpuUsage()
  const wokeAt = clock.now()
  for (let tab = 0; tab < tabs && !signal.aborted; tab++) {
    sockets.push(wake(tab))
    if (tab % AT_ONCE === AT_ONCE - 1) await new Promise<void>((next) => setImmediate(next))
  }
  if (signal.aborted) finish()
  await over

  signal.removeEventListener('abort', finish)
  for (const cancel of timers) cancel()
  const { user, system } = process.cpuUsage(cpu)
  const sum = (key: 'bytesRead' | 'bytesWritten') => sockets.reduce((all, one) => all + one[key], 0)
  const result: CrowdResult = {
    ...{ tabs, upToDate: times.length, requests },
    halfMs: times[Math.ceil(tabs / 2) - 1] ?? null,
    lastMs: times.length === tabs ? times.at(-1)! : null,
    ...{ bytesToServer: sum('bytesWritten'), bytesToClient: sum('bytesRead') },
    ...{ cpuMs: (user + system) / 1_000, problem },
  }
  for (const socket of sockets) socket.resetAndDestroy() // a thousand of them leave no TIME_WAIT behind
  return result

  function wake(tab: number): Socket {
    const socket = connect(tab)
    /** The end of what came before, in which a mark may have begun. */
    let tail: Buffer = Buffer.alloc(0)
    let isUpToDate = false
    let isOver = false
    const reader = read(
      {
        ...{ port, since, headers: 'browser', pollMs: POLL_MS, phase: tab / tabs, resume: false },
        write: (bytes) => void socket.write(bytes),
        ask(request) {
          requests++
          socket.write(isSecure ? request.replace('Origin: http:', 'Origin: https:') : request)
        },
        ready() {},
        later: (ms, act) => void timers.add(clock.after(ms, () => isUpToDate || act())),
        scan() {},
        fail,
      },
      path,
    )
    socket.on('connect', () => reader.begin())
    socket.on('data', (bytes: Buffer) => {
      if (!isUpToDate) look(bytes)
      if (!isUpToDate) reader.take(bytes)
    })
    socket.on('error', ({ code }: NodeJS.ErrnoException) => fail(`a connection failed (${code})`))
    socket.on('end', () => fail('the server closed a connection'))
    socket.on('close', () => fail('the server closed a connection'))
    return socket

    /** What goes wrong with a tab that is up to date is nothing to it. */
    function fail(why: string): void {
      if (isOver) return
      problem ??= why
      settle()
    }

    function settle(): void {
      isOver = true
      settled++
      if (settled === tabs) finish()
    }

    function look(bytes: Buffer): void {
      const both = Buffer.concat([tail, bytes])
      isUpToDate = both.includes(mark)
      tail = both.subarray(Math.max(0, both.length - mark.length + 1))
      if (!isUpToDate) return
      times.push(clock.now() - wokeAt)
      if (!isOver) settle()
    }
  }
}
