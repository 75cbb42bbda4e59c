/** Long polling, server side: keep the question until there is an answer. */
import { answerPage, bodyOf } from '../../lab/server/transport-kit/answers.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { acceptPosts, cursorOf, secondsOf } from '../../lab/server/transport-kit/requests.ts'
import type { ServerTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { goodbyesOn } from '../../lab/server/transport-kit/stopping.ts'
import { MAX_WAIT_S } from '../../lab/wire/limits.ts'
import type { Page } from '../../lab/wire/message.ts'

/** How long a poll is held: answer before the proxies between us lose patience. */
const HOLD_S = 25

const longPolling: ServerTransport = async (app, { door, stopping, watch }) => {
  const goodbyes = goodbyesOn(stopping)
  watch.readers = () => goodbyes.size
  acceptPosts(app, door)

  app.get('/messages', (request, reply) => {
    const holdMs = (secondsOf(request, 'wait', MAX_WAIT_S) ?? HOLD_S) * 1_000
    const room = door.enter(request, holdMs)
    const since = cursorOf(request)

    // The bell hangs before the first look. A message that came between a look and the
    // bell would lie unread until the next one rang: the classic lost message.
    const follower = room.follow(since, answerIfNew, giveUp)
    const patience = setTimeout(giveUp, holdMs)
    goodbyes.add(giveUp)
    reply.raw.once('close', release) // answered, or the client hung up
    if (holdMs === 0) giveUp()
    else answerIfNew()

    function answerIfNew() {
      attempt(() => follower.next())
    }
    function giveUp() {
      attempt(() => follower.next() ?? room.read(since))
    }
    /** An old page comes from the disk, and that can fail: where a bell has called us, nobody else would catch it. */
    function attempt(read: () => Page | null) {
      try {
        const page = read()
        if (page) finish(page)
      } catch (error) {
        release()
        reply.send(error)
      }
    }
    function finish(page: Page) {
      release()
      answerPage(reply, page, asBody(page), watch)
    }
    function release() {
      follower.stop()
      clearTimeout(patience)
      goodbyes.delete(giveUp)
    }
  })
}

/** Readers who waited together get the same bytes. */
const asBody = oncePerPage((page) => bodyOf(pageAsJson(page)))

export default longPolling
