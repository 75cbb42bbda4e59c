/**
 * One connection of the raw composer: writes what it is given, part by part, and keeps what comes back, within bounds of bytes and time.
 */
import type { Socket } from 'node:net'
import { type Clock, epochNow } from '../../../wire/clock.ts'
import { MAX_RAW_ANSWER_BYTES, MAX_RAW_PAUSE_MS, type RawExchange } from '../../../wires/control.ts'
import type { Direction, WireRecord } from '../../../wires/records.ts'

/** Who the server sees behind it: the visitor that has asked for it, from where that one has come. */
export interface RawClient {
  readonly visitor: string
  readonly address: string
  readonly port: number
  readonly family: string
}

export interface RawPart {
  readonly bytes: Buffer
  readonly pauseMs: number
  readonly afterAnswer: boolean
}

export interface RawOptions {
  readonly lane: string
  readonly parts: readonly RawPart[]
  /** How long to listen after the last part. */
  readonly listenMs: number
  readonly clock: Clock
  /** Ends it early: the visitor has gone, or the server closes. */
  readonly signal: AbortSignal
  /** The number of the connection, as soon as there is one. */
  readonly connection: () => number | null
}

/** Never rejects: what went wrong is in how it ended. */
export async function exchangeRaw(socket: Socket, options: RawOptions): Promise<RawExchange> {
  const { lane, parts, listenMs, clock, signal, connection } = options
  const records: WireRecord[] = []
  const offsets = { toServer: 0, toClient: 0 }
  let end = (signal.aborted ? 'time' : null) as RawExchange['end'] | null
  let isConnected = false
  let wake = () => {}

  function record(direction: Direction, bytes: Buffer): void {
    const offset = offsets[direction]
    offsets[direction] += bytes.length
    const encoded = bytes.toString('base64')
    records.push({ kind: 'bytes', connection: 0, direction, at: epochNow(), offset, bytes: encoded })
  }
  function over(why: RawExchange['end']): void {
    end ??= why
    wake()
  }
  const onAbort = () => over('time')
  signal.addEventListener('abort', onAbort)
  socket.on('connect', () => {
    isConnected = true
    records.push({ kind: 'open', connection: 0, lane, at: epochNow() })
    wake()
  })
  socket.on('data', (bytes: Buffer) => {
    const room = MAX_RAW_ANSWER_BYTES - offsets.toClient
    if (room > 0) record('toClient', bytes.subarray(0, room))
    if (bytes.length > room) over('bound')
    wake()
  })
  socket.on('end', () => over('server'))
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    over(!isConnected ? 'refused' : code === 'ECONNRESET' || code === 'EPIPE' ? 'reset' : 'server')
  })
  socket.on('close', () => over(isConnected ? 'server' : 'refused'))

  /** Until it holds, the connection is over, or the time is up. */
  const until = async (ms: number, holds: () => boolean = () => false) => {
    let isLate = false
    const cancel = clock.after(ms, () => {
      isLate = true
      wake()
    })
    while (end === null && !isLate && !holds()) await new Promise<void>((next) => (wake = next))
    cancel()
  }

  await until(MAX_RAW_PAUSE_MS, () => isConnected)
  if (!isConnected) over('refused')
  let sent = 0
  let heard = 0
  for (const { bytes, pauseMs, afterAnswer } of parts) {
    if (afterAnswer) await until(MAX_RAW_PAUSE_MS, () => offsets.toClient > heard)
    if (pauseMs > 0) await until(pauseMs)
    if (end !== null) break
    heard = offsets.toClient
    socket.write(bytes)
    record('toServer', bytes)
    sent++
  }
  await until(listenMs)
  over('time')
  signal.removeEventListener('abort', onAbort)
  socket.destroy()

  const number = connection()
  if (isConnected) {
    const by = end === 'server' || end === 'reset' ? 'server' : 'client'
    const how = end === 'reset' ? 'reset' : 'end'
    records.push({ kind: 'close', connection: 0, at: epochNow(), by, how })
  }
  return {
    connection: number,
    records: records.map((one) => ('connection' in one ? { ...one, connection: number ?? 0 } : one)),
    end: end ?? 'time',
    unsent: parts.length - sent,
  }
}
