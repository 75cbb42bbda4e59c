/** Server-sent events, server side: an answer that is never finished. */
import { beginAnswer, chunk } from '../../lab/server/answers.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/encode.ts'
import { createHeartbeats } from '../../lab/server/heartbeats.ts'
import { push } from '../../lab/server/push.ts'
import { acceptPosts, cursorOf } from '../../lab/server/requests.ts'
import type { ServerTransport } from '../../lab/server/server-transport.ts'
import { goodbyesOn } from '../../lab/server/stopping.ts'
import type { Page } from '../../lab/wire/message.ts'

/** A comment this often tells proxies and the client that a quiet stream is not a dead one. */
const HEARTBEAT_MS = 15_000
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

const sse: ServerTransport = async (app, { door, clock, stopping, watch, heartbeatMs = HEARTBEAT_MS }) => {
  const heartbeats = createHeartbeats(heartbeatMs, clock, stopping)
  const goodbyes = goodbyesOn(stopping)
  watch.readers = () => goodbyes.size
  acceptPosts(app, door)

  // No HEAD: its answer has no body, and we write ours past the one who would know that.
  app.get('/events', { exposeHeadRoute: false }, (request, reply) => {
    // In a page that is hidden, timers hardly run: its client answers what comes, a heartbeat at the latest.
    const room = door.enter(request, heartbeatMs)
    const since = cursorOf(request)
    room.check(since) // refuses a bad cursor while there still is a status to refuse it with

    const { response, outlet, isChunked } = beginAnswer(reply, HEADERS)
    const write = (text: string) => outlet.write(isChunked ? chunk(text) : text)
    let beats = 0

    write(`retry: ${RETRY_MS}\n`)
    const encode = isChunked ? asChunk : asBytes
    const stopPushing = push(room, since, outlet, writePage, end, watch)
    heartbeats.add(beat)
    goodbyes.add(end)
    response.once('close', release)

    function writePage(page: Page) {
      const bytes = encode(page)
      outlet.write(bytes)
      watch.bytes += bytes.length
    }
    function beat() {
      if (++beats === MAX_BEATS) return end()
      if (!outlet.writableNeedDrain) write(COMMENT)
    }
    function end() {
      release()
      response.end()
    }
    function release() {
      stopPushing()
      heartbeats.delete(beat)
      goodbyes.delete(end)
    }
  })
}

/**
 * A page as one event (WHATWG HTML §9.2.5). JSON has no line break outside of an escape, so
 * whatever was written in the chat, it cannot end the field and begin another.
 */
const asEvent = oncePerPage((page) => `id: ${page.cursor}\ndata: ${pageAsJson(page)}\n\n`)
const asChunk = oncePerPage((page) => chunk(asEvent(page)))
const asBytes = oncePerPage((page) => Buffer.from(asEvent(page)))

export default sse
