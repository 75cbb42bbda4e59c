/** Writes a visitor's records as lines of JSON, for as long as the response is open and its reader keeps up. */
import type { FastifyReply } from 'fastify'
import { epochNow } from '../../wire/clock.ts'
import type { WireRecord } from '../../wires/records.ts'
import type { TapReader } from '../../wires/tap.ts'

/** How often the server's clock is told, in milliseconds: it is the heartbeat too. */
const NOW_EVERY_MS = 1_000
/** A reader that takes nothing for so long, while lines wait for it, is cut. */
const STALLED_MS = 10_000

export interface StreamOptions {
  /** Null when there is nothing to record: then the stream has nothing but the time. */
  readonly reader: TapReader | null
  readonly reply: FastifyReply
  readonly shutdown: AbortSignal
  /** Listens for the end of the session; returns how to stop. */
  readonly onEnd: (end: () => void) => () => void
}

export function streamRecords({ reader, reply, shutdown, onEnd }: StreamOptions): void {
  const { raw } = reply
  let isFull = false
  let fullSince = 0
  reply.hijack()
  raw.writeHead(200, {
    'content-type': 'application/x-ndjson',
    'cache-control': 'no-store, no-transform',
    'x-accel-buffering': 'no',
  })

  const write = (records: readonly WireRecord[]) => {
    if (records.length === 0) return
    isFull = !raw.write(records.map((record) => `${JSON.stringify(record)}\n`).join(''))
    if (isFull) fullSince = performance.now()
  }
  /** One write for all that has come in this turn: many small records cost one piece of the stream. */
  let isPlanned = false
  const pump = () => {
    if (isPlanned || isFull) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      if (!isFull && !raw.destroyed) write(reader?.next() ?? [])
    })
  }
  const tellTime = () => {
    if (isFull && performance.now() - fullSince > STALLED_MS) return void raw.destroy()
    if (!isFull) write([{ kind: 'now', at: epochNow() }])
  }
  const end = () => void raw.end()

  raw.on('drain', () => {
    isFull = false
    pump()
  })
  const timer = setInterval(tellTime, NOW_EVERY_MS)
  const stopListening = onEnd(end)
  shutdown.addEventListener('abort', end)
  raw.on('close', () => {
    clearInterval(timer)
    stopListening()
    shutdown.removeEventListener('abort', end)
    reader?.stop()
  })
  tellTime()
  if (reader) reader.onNews = pump
  pump()
}
