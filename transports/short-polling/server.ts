/** Short polling, server side: answer at once with what there is, even if it is nothing. */

import { JsonBody, sendPage } from '../../lab/server/http/answers/poll.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import { acceptPosts, answerWhenThere, cursorOf } from '../../lab/server/transport-kit/requests.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'

const shortPolling: HttpTransport = async (app, lab) => {
  acceptPosts(app, lab)

  // Nothing stays open, so there is nothing to beat, to shut down or to close.
  app.get('/messages', (request, reply) => {
    answerWhenThere(lab, { request, reply, cursor: cursorOf(request) }, (reader, cursor) => {
      const page = reader.read(cursor)
      sendPage(reply, page, asBody(page), lab.metrics)
    })
  })
}

/** An empty page is one object too, until a member writes: most polls cost no encoding at all. */
const asBody = oncePerPage((page) => new JsonBody(pageAsJson(page)))

export default shortPolling
