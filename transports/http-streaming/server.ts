/** HTTP streaming, server side: a response that is never finished, a page to a line. */

import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { createHeartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import { beginResponse, chunk, type OpenResponse } from '../../lab/server/transport-kit/http-io.ts'
import { pump } from '../../lab/server/transport-kit/pump.ts'
import { acceptPosts, cursorOf, openReader } from '../../lab/server/transport-kit/requests.ts'
import type { Reader } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
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
  const heartbeats = createHeartbeats(heartbeatMs, lab.clock, lab.shutdown)
  const shutdownListeners = shutdownListenersOn(lab.shutdown)
  metrics.readers = () => shutdownListeners.size
  acceptPosts(app, lab)

  // No HEAD: its response has no body, and we write ours past the one who would know that.
  app.get('/stream', { exposeHeadRoute: false }, (request, reply) => {
    // In a page that is hidden, timers hardly run: its client answers what comes, a heartbeat at the latest.
    const reader = openReader(lab, request, heartbeatMs)
    const since = cursorOf(request)
    reader.check(since) // refuses a bad cursor while there still is a status to refuse it with
    serveStream(beginResponse(reply, HEADERS), reader, since)
  })

  /** Apart from the route, whose request and reply are Fastify's: an open stream keeps Node's response, and nothing else. */
  function serveStream({ response, sink, isChunked }: OpenResponse, reader: Reader, since: Cursor | null) {
    const write = (text: string) => sink.write(isChunked ? chunk(text) : text)
    const encode = isChunked ? asChunk : asBytes
    let beats = 0

    const stopPump = pump(reader, since, sink, onPage, onShutdown, metrics)
    heartbeats.add(onHeartbeat)
    shutdownListeners.add(onShutdown)
    response.once('close', onClose)

    function onPage(page: Page) {
      const bytes = encode(page)
      sink.write(bytes)
      metrics.bytes += bytes.length
    }
    function onHeartbeat() {
      if (++beats === MAX_BEATS) return onShutdown()
      if (!sink.writableNeedDrain) write(EMPTY_LINE)
    }
    /** The server closes, or the reader may read no more: it asks again, and is told then. */
    function onShutdown() {
      onClose()
      response.end()
    }
    function onClose() {
      stopPump()
      heartbeats.delete(onHeartbeat)
      shutdownListeners.delete(onShutdown)
    }
  }
}

const asChunk = oncePerPage((page) => chunk(asLine(pageAsJson(page))))
const asBytes = oncePerPage((page) => Buffer.from(asLine(pageAsJson(page))))

export default httpStreaming
