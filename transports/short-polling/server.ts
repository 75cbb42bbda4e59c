/** Short polling, server side: answer at once with what there is, even if it is nothing. */
import { answerPage, bodyOf } from '../../lab/server/transport-kit/answers.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { acceptPosts, cursorOf } from '../../lab/server/transport-kit/requests.ts'
import type { ServerTransport } from '../../lab/server/transport-kit/server-transport.ts'

const shortPolling: ServerTransport = async (app, { door, watch }) => {
  acceptPosts(app, door)

  app.get('/messages', (request, reply) => {
    const page = door.enter(request).read(cursorOf(request))
    answerPage(reply, page, asBody(page), watch)
  })
}

/** An empty page is one object too, until somebody writes: most polls cost no encoding at all. */
const asBody = oncePerPage((page) => bodyOf(pageAsJson(page)))

export default shortPolling
