/** Lines of JSON, server side: one response that goes on, a page to a line. */
import { pageAsJson } from '../../../server/transport-kit/encode.ts'
import { createHeartbeats } from '../../../server/transport-kit/heartbeats.ts'
import { Pump } from '../../../server/transport-kit/pump.ts'
import { acceptPosts, cursorOf, openReader } from '../../../server/transport-kit/requests.ts'
import type { HttpTransport } from '../../../server/transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../../../server/transport-kit/shutdown.ts'
import type { Page } from '../../../wire/message.ts'

/** An empty line this often tells a quiet connection from a dead one. */
const HEARTBEAT_MS = 15_000

/** Carries pages from a room to a reader, as a {@link Pump} does. */
export type Carry = (...parts: ConstructorParameters<typeof Pump>) => Pick<Pump, 'stop'>

export const byPump: Carry = (...parts) => new Pump(...parts)

/** @param parts what a planted defect may replace: how pages come from the room, and how they are written */
export function lineServer(parts: { carry?: Carry; encode?: (page: Page) => string } = {}): HttpTransport {
  const { carry = byPump, encode = (page) => `${pageAsJson(page)}\n` } = parts
  return async (app, lab) => {
    const { metrics } = lab
    const heartbeats = createHeartbeats(HEARTBEAT_MS, lab.clock, lab.shutdown)
    const shutdownListeners = shutdownListenersOn(lab.shutdown)
    metrics.readers = () => shutdownListeners.size
    acceptPosts(app, lab)

    app.get('/lines', (request, reply) => {
      const reader = openReader(lab, request)
      const since = cursorOf(request)
      reader.check(since) // refuses a bad cursor while there still is a status to refuse it with

      reply.hijack()
      const response = reply.raw
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' })
      response.flushHeaders()
      const owner = { onPage, onHeartbeat, onShutdown, onEnd: onShutdown }
      const pump = carry(reader, since, response, owner, metrics)
      heartbeats.add(owner)
      shutdownListeners.add(owner)
      response.once('close', onClose)

      function onPage(page: Page) {
        response.write(encode(page))
      }
      function onHeartbeat() {
        if (!response.writableNeedDrain) response.write('\n')
      }
      function onShutdown() {
        onClose()
        response.end()
      }
      function onClose() {
        pump.stop()
        heartbeats.delete(owner)
        shutdownListeners.delete(owner)
      }
    })
  }
}

export default lineServer()
