/**
 * `GET /readers?tabs=ID,ID…`: which of these tabs are counted as readers at this server, of several that share a log. For programs
 * on this machine only, as the control of a cluster (lab/cluster) is: a page asks that one, and says by it where its lanes are.
 */
import type { FastifyInstance } from 'fastify'
import type { Presences } from '../../hub/presences.ts'
import { ChatError } from '../../wire/errors.ts'
import { isFromHere } from '../limits/from-here.ts'

/** As many as a page may have lanes, and more. */
const MOST_TABS = 32

export function serveReaders(app: FastifyInstance, presences: Presences): void {
  app.get('/readers', (request, reply) => {
    // As if it were not there, for all that comes by a proxy too.
    if (!isFromHere(request)) throw new ChatError('not-found', 'there is nothing at GET /readers')
    const { tabs } = request.query as { readonly tabs?: unknown }
    const asked = typeof tabs === 'string' ? tabs.split(',').slice(0, MOST_TABS) : []
    reply
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(JSON.stringify({ tabs: presences.tabsHere(asked) }))
  })
}
