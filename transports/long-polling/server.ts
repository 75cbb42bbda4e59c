/** Long polling, server side: keep the request until there is a response. */

import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { bodyOf, sendPage } from '../../lab/server/transport-kit/http-io.ts'
import { acceptPosts, cursorOf, openReader, secondsOf } from '../../lab/server/transport-kit/requests.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'
import type { Page } from '../../lab/wire/message.ts'

/** How long a poll is held: answer before the proxies between us lose patience. */
const HOLD_S = 25

const longPolling: HttpTransport = async (app, lab) => {
  const { metrics } = lab
  const shutdownListeners = shutdownListenersOn(lab.shutdown)
  metrics.readers = () => shutdownListeners.size
  acceptPosts(app, lab)

  app.get('/messages', (request, reply) => {
    const holdMs = (secondsOf(request, 'wait', MAX_WAIT_S) ?? HOLD_S) * 1_000
    const reader = openReader(lab, request, holdMs)
    const since = cursorOf(request)
    const response = reply.raw

    // Subscribed before the first look. A message that came between a look and the subscription would lie
    // unread until the next one: the classic lost message.
    const place = reader.follow(since, onNews, onShutdown)
    const holding = setTimeout(onShutdown, holdMs)
    shutdownListeners.add(onShutdown)
    response.once('close', onClose) // answered, or the client hung up
    if (holdMs === 0) onShutdown()
    else onNews()

    function onNews() {
      attempt(() => place.next())
    }
    /** One page is the whole response. */
    function onPage(page: Page) {
      onClose()
      sendPage(reply, page, asBody(page), metrics)
    }
    // No onHeartbeat: a poll that comes back in time is its own sign of life.
    /** The time is up, the server closes, or the reader may read no more: answer with what there is. */
    function onShutdown() {
      attempt(() => place.next() ?? reader.read(since))
    }
    function onClose() {
      place.stop()
      clearTimeout(holding)
      shutdownListeners.delete(onShutdown)
    }
    /** An old page comes from the disk, and that can fail: where the room has called us, nothing else would catch it. */
    function attempt(read: () => Page | null) {
      try {
        const page = read()
        if (page) onPage(page)
      } catch (error) {
        onClose()
        reply.send(error)
      }
    }
  })
}

/** Readers who waited together get the same bytes. */
const asBody = oncePerPage((page) => bodyOf(pageAsJson(page)))

export default longPolling
