/** Lines of JSON, server side: one answer that goes on, a page to a line. */
import { pageAsJson } from '../../server/encode.ts'
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
  return async (app, { door, stopping, watch }) => {
    const goodbyes = goodbyesOn(stopping)
    acceptPosts(app, door)

    app.get('/lines', (request, reply) => {
      const room = door.enter(request)
      const since = cursorOf(request)
      room.read(since) // refuses a bad cursor while there still is a status to refuse it with

      reply.hijack()
      const stream = reply.raw
      stream.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
      stream.flushHeaders()
      const heartbeat = setInterval(() => !stream.writableNeedDrain && stream.write('\n'), HEARTBEAT_MS)
      const stop = carry(room, since, stream, (page) => stream.write(encode(page)), end, watch)
      goodbyes.add(end)
      stream.once('close', release)

      function end() {
        release()
        stream.end()
      }
      function release() {
        stop()
        clearInterval(heartbeat)
        goodbyes.delete(end)
      }
    })
  }
}

export default lineServer()
