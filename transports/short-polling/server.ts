/** Short polling, server side: answer at once with what there is, even if it is nothing. */
import { oncePerPage, pageAsJson } from '../../lab/server/encode.ts'
import { acceptPosts, cursorOf, roomOf } from '../../lab/server/requests.ts'
import type { ServerTransport } from '../../lab/server/server-transport.ts'

const shortPolling: ServerTransport = async (app, { hub }) => {
  acceptPosts(app, hub)

  app.get('/messages', (request, reply) => {
    const page = roomOf(request, hub).read(cursorOf(request))
    // no-store: a cache that answers in our place would repeat an old page for ever.
    reply.header('cache-control', 'no-store').type('application/json').send(asBody(page))
  })
}

/** An empty page is one object too, until somebody writes: most polls cost no encoding at all. */
const asBody = oncePerPage((page) => Buffer.from(pageAsJson(page)))

export default shortPolling
