/** Lines of JSON, server side: one answer that goes on, a page to a line. */
import { pageAsJson } from '../../server/encode.ts'
import { createHeartbeats } from '../../server/heartbeats.ts'
import { push } from '../../server/push.ts'
import { acceptPosts, cursorOf } from '../../server/requests.ts'
import type { ServerTransport } from '../../server/server-transport.ts'
import { goodbyesOn } from '../../server/stopping.ts'
import type { Page } from '../../wire/message.ts'

/** An empty line this often tells a quiet connection from a dead one. */
const HEARTBEAT_MS = 15_000

/** @param parts what a planted defect may replace: how pages come from the room, and how they are written */
export function lineServer(
  parts: { carry?: typeof push; encode?: (page: Page) => string } = {},
): ServerTransport {
  const { carry = push, encode = (page) => `${pageAsJson(page)}\n` } = parts
  return async (app, { door, clock, stopping, watch }) => {
    const heartbeats = createHeartbeats(HEARTBEAT_MS, clock, stopping)
    const goodbyes = goodbyesOn(stopping)
    acceptPosts(app, door)

    app.get('/lines', (request, reply) => {
      const room = door.enter(request)
      const since = cursorOf(request)
      room.check(since) // refuses a bad cursor while there still is a status to refuse it with

      reply.hijack()
      const stream = reply.raw
      stream.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
      stream.flushHeaders()
      const stop = carry(room, since, stream, (page) => stream.write(encode(page)), end, watch)
      heartbeats.add(beat)
      goodbyes.add(end)
      stream.once('close', release)

      function beat() {
        if (!stream.writableNeedDrain) stream.write('\n')
      }
      function end() {
        release()
        stream.end()
      }
      function release() {
        stop()
        heartbeats.delete(beat)
        goodbyes.delete(end)
      }
    })
  }
}

export default lineServer()
