/** Server-sent events, server side: a response that is never finished. */
import type { Writable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { AnswerOwner } from '../../lab/server/http/answers/held.ts'
import { beginStream, chunk, type OpenAnswer } from '../../lab/server/http/answers/stream.ts'
import type { TransportMetrics } from '../../lab/server/observe/server-metrics.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { type Beating, createHeartbeats, type Heartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import { Pump, type PumpOwner } from '../../lab/server/transport-kit/pump.ts'
import { acceptPosts, cursorOf, openReader } from '../../lab/server/transport-kit/requests.ts'
import type { Reader } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpLab, HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { type Stopping, shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import { HEARTBEAT_MS } from './transport.ts'

/**
 * A stream is ended after this many heartbeats, a quarter of an hour, and the reader resumes by its
 * cursor. A peer that vanished without a word cannot say so on a stream of one direction, and must
 * not be kept for ever.
 */
const MAX_BEATS = 60
/**
 * Without an empty line, as is `retry`: that would end a block which is no event (WHATWG HTML §9.2.6), and
 * there are libraries that make an empty message of it (docs/clients/README.md).
 */
const COMMENT = ':\n'
/** How long a browser's EventSource waits before it reconnects. */
const RETRY_MS = 1_000

const HEADERS = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store, no-transform', // a proxy that compresses would hold each event back
  'x-accel-buffering': 'no', // nginx buffers unless told
}

/** @param toText writes a page as one event; a defect on show may do it wrongly (lab/defects) */
export const createSse = (toText: (page: Page) => string = asEvent): HttpTransport => {
  const encoders = encodersFor(toText)
  return async (app, lab) => serve(app, lab, encoders)
}

const serve = (app: FastifyInstance, lab: HttpLab, encoders: Encoders): void => {
  const { metrics, heartbeatMs = HEARTBEAT_MS } = lab
  const shared: Shared = {
    heartbeats: createHeartbeats(heartbeatMs, lab.clock, lab.shutdown),
    shutdownListeners: shutdownListenersOn(lab.shutdown),
    metrics,
    encoders,
  }
  metrics.readers = () => shared.shutdownListeners.size
  acceptPosts(app, lab)

  // No HEAD: its response has no body, and we write ours past the one who would know that.
  app.get('/events', { exposeHeadRoute: false }, (request, reply) => {
    // In a page that is hidden, timers hardly run: its client answers what comes, a heartbeat at the latest.
    const reader = openReader(lab, request, heartbeatMs)
    const since = cursorOf(request)
    reader.check(since) // refuses a bad cursor while there still is a status to refuse it with
    new OpenStream(reply, reader, since, shared)
  })
}

/** What all streams share. */
interface Shared {
  readonly heartbeats: Heartbeats
  readonly shutdownListeners: Set<Stopping>
  readonly metrics: TransportMetrics
  readonly encoders: Encoders
}

/** One reader's stream, until it closes. A class, since ten thousand are open at once: closures would be made for each. */
class OpenStream implements AnswerOwner, PumpOwner, Beating, Stopping {
  readonly #answer: OpenAnswer
  readonly #sink: Writable
  readonly #encode: (page: Page) => Buffer
  readonly #shared: Shared
  readonly #pump: Pump
  #beats = 0

  constructor(reply: FastifyReply, reader: Reader, since: Cursor | null, shared: Shared) {
    this.#answer = beginStream(reply, HEADERS, this)
    this.#sink = this.#answer.sink
    this.#encode = this.#answer.isChunked ? shared.encoders.asChunk : shared.encoders.asBytes
    this.#shared = shared
    this.#answer.write(`retry: ${RETRY_MS}\n`)
    this.#pump = new Pump(reader, since, this.#sink, this, shared.metrics)
    shared.heartbeats.add(this)
    shared.shutdownListeners.add(this)
  }

  onPage(page: Page): void {
    const bytes = this.#encode(page)
    this.#sink.write(bytes)
    this.#shared.metrics.bytes += bytes.length
  }

  onHeartbeat(): void {
    if (++this.#beats === MAX_BEATS) return void this.onShutdown()
    if (!this.#sink.writableNeedDrain) this.#answer.write(COMMENT)
  }

  /** The server closes, or the reader may read no more: it asks again, and is told then. */
  onShutdown(): void {
    this.onClose()
    this.#answer.end()
  }

  onEnd(): void {
    this.onShutdown()
  }

  onClose(): void {
    this.#pump.stop()
    this.#shared.heartbeats.delete(this)
    this.#shared.shutdownListeners.delete(this)
  }
}

/**
 * A page as one event (WHATWG HTML §9.2.5). JSON has no line break outside of an escape, so
 * whatever was written in the chat, it cannot end the field and begin another.
 */
const asEvent = (page: Page): string => `id: ${page.cursor}\ndata: ${pageAsJson(page)}\n\n`

/** What a page is on the wire, made once for all its readers; with chunks, or over HTTP/2 without. */
interface Encoders {
  readonly asChunk: (page: Page) => Buffer
  readonly asBytes: (page: Page) => Buffer
}

const encodersFor = (toText: (page: Page) => string): Encoders => ({
  asChunk: oncePerPage((page) => chunk(toText(page))),
  asBytes: oncePerPage((page) => Buffer.from(toText(page))),
})

export default createSse()
