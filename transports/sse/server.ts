/** Server-sent events, server side: an answer that is never finished. */
import { oncePerPage, pageAsJson } from '../../lab/server/encode.ts'
import { push } from '../../lab/server/push.ts'
import { acceptPosts, cursorOf, roomOf } from '../../lab/server/requests.ts'
import type { ServerTransport } from '../../lab/server/server-transport.ts'

/** A comment this often tells proxies and the client that a quiet stream is not a dead one. */
const HEARTBEAT_MS = 15_000
/** How long a browser's EventSource waits before it reconnects. */
const RETRY_MS = 1_000
/**
 * A stream is ended after this long, and the reader resumes by its cursor. A peer that vanished
 * without a word never says so on a stream of one direction, and must not be kept for ever.
 */
const MAX_AGE_MS = 15 * 60_000

const sse: ServerTransport = async (app, { hub, stopping }) => {
  acceptPosts(app, hub)

  app.get('/events', (request, reply) => {
    const room = roomOf(request, hub)
    const since = cursorOf(request)
    room.read(since) // refuses a bad cursor while there still is a status to refuse it with

    reply.hijack()
    const stream = reply.raw
    stream.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform', // a proxy that compresses would hold each event back
      'x-accel-buffering': 'no', // nginx buffers unless told
    })
    stream.write(`retry: ${RETRY_MS}\n\n`)

    const heartbeat = setInterval(() => !stream.writableNeedDrain && stream.write(':\n\n'), HEARTBEAT_MS)
    const age = setTimeout(end, MAX_AGE_MS)
    const stopPushing = push(room, since, stream, (page) => stream.write(asEvent(page)))
    stopping.addEventListener('abort', end)
    stream.once('close', release)
    if (stopping.aborted) end()

    function end() {
      release()
      stream.end()
    }
    function release() {
      stopPushing()
      clearInterval(heartbeat)
      clearTimeout(age)
      stopping.removeEventListener('abort', end)
    }
  })
}

/**
 * A page as one event (WHATWG HTML §9.2.5). JSON has no line break outside of an escape, so
 * whatever was written in the chat, it cannot end the field and begin another.
 */
const asEvent = oncePerPage((page) => Buffer.from(`id: ${page.cursor}\ndata: ${pageAsJson(page)}\n\n`))

export default sse
