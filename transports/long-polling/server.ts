/** Long polling, server side: keep the question until there is an answer. */
import { oncePerPage, pageAsJson } from '../../lab/server/encode.ts'
import { acceptPosts, cursorOf, roomOf, secondsOf } from '../../lab/server/requests.ts'
import type { ServerTransport } from '../../lab/server/server-transport.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'

/** How long a poll is held: answer before the proxies between us lose patience. */
const HOLD_S = 25

const longPolling: ServerTransport = async (app, { hub, stopping }) => {
  acceptPosts(app, hub)

  app.get('/messages', (request, reply) => {
    const room = roomOf(request, hub)
    const since = cursorOf(request)
    const holdMs = (secondsOf(request, 'wait', MAX_WAIT_S) ?? HOLD_S) * 1_000
    // no-store: a cache that answers in our place would repeat an old page for ever.
    reply.header('cache-control', 'no-store').type('application/json')

    // The bell hangs before the first look. A message that came between a look and the
    // bell would lie unread until the next one rang: the classic lost message.
    const follower = room.follow(since, answerIfNew)
    const patience = setTimeout(answer, holdMs)
    stopping.addEventListener('abort', answer)
    reply.raw.once('close', release) // answered, or the client hung up
    if (stopping.aborted || holdMs === 0) answer()
    else answerIfNew()

    function answerIfNew() {
      const page = follower.next()
      if (page) finish(page)
    }
    function answer() {
      finish(follower.next() ?? room.read(since))
    }
    function finish(page: Parameters<typeof asBody>[0]) {
      release()
      reply.send(asBody(page))
    }
    function release() {
      follower.stop()
      clearTimeout(patience)
      stopping.removeEventListener('abort', answer)
    }
  })
}

/** Readers who waited together get the same bytes. */
const asBody = oncePerPage((page) => Buffer.from(pageAsJson(page)))

export default longPolling
