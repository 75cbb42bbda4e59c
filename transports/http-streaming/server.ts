/** HTTP streaming, server side: a response that is never finished, a page to a line. */
import type { Writable } from 'node:stream'
import type { FastifyReply } from 'fastify'
import type { AnswerOwner } from '../../lab/server/http/answers/held.ts'
import { beginStream, chunk, type OpenAnswer } from '../../lab/server/http/answers/stream.ts'
import type { TransportMetrics } from '../../lab/server/observe/server-metrics.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { type Beating, createHeartbeats, type Heartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import { Pump, type PumpOwner } from '../../lab/server/transport-kit/pump.ts'
import { acceptPosts, cursorOf, openReader } from '../../lab/server/transport-kit/requests.ts'
import type { Reader } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { type Stopping, shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import { asLine } from '../_formats/ndjson.ts'
import { HEARTBEAT_MS } from './transport.ts'

/**
 * A stream is ended after this many heartbeats, a quarter of an hour, and the reader resumes by its
 * cursor. A peer that vanished without a word cannot say so on a stream of one direction, and must
 * not be kept for ever.
 */
const MAX_BEATS = 60
/** No JSON text is empty, so a reader of lines passes over it. */
const EMPTY_LINE = '\n'

const HEADERS = {
  'content-type': 'application/x-ndjson', // not registered with IANA, but what is used
  'cache-control': 'no-store, no-transform', // a proxy that compresses would hold each line back
  'x-accel-buffering': 'no', // nginx buffers unless told
}

const httpStreaming: HttpTransport = async (app, lab) => {
  const { metrics, heartbeatMs = HEARTBEAT_MS } = lab
  const shared: Shared = {
    heartbeats: createHeartbeats(heartbeatMs, lab.clock, lab.shutdown),
    shutdownListeners: shutdownListenersOn(lab.shutdown),
    metrics,
  }
  metrics.readers = () => shared.shutdownListeners.size
  acceptPosts(app, lab)

  // No HEAD: its response has no body, and we write ours past the one who would know that.
  app.get('/stream', { exposeHeadRoute: false }, (request, reply) => {
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
    this.#encode = this.#answer.isChunked ? asChunk : asBytes
    this.#shared = shared
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
    if (!this.#sink.writableNeedDrain) this.#answer.write(EMPTY_LINE)
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

const asChunk = oncePerPage((page) => chunk(asLine(pageAsJson(page))))
const asBytes = oncePerPage((page) => Buffer.from(asLine(pageAsJson(page))))

export default httpStreaming
