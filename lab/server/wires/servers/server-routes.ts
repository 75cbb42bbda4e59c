/**
 * `/wires/servers`: a visitor's own two servers on one log. They are started on demand, told what to do, asked how they are, and ended.
 *
 * It takes no right of a teacher: what is killed is the visitor's own, in this process's memory, and bounded (clusters.ts). Of the
 * servers of another visitor, no more is said than of those that are not there.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../../../wire/errors.ts'
import { SERVERS_PATH, ServerOrderSchema, type ServersState } from '../../../wires/servers/control.ts'
import { roomNameOf } from '../../transport-kit/requests.ts'
import { answerWith, orderOf } from '../orders.ts'
import type { Clusters } from './clusters.ts'

/** An order is a name and a word. */
const MAX_BODY_BYTES = 1_024

export interface ServerRoutesOptions {
  readonly clusters: Clusters
  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  readonly visitorOf: (request: FastifyRequest) => string
  /** Calls when the session ends by which this request is a visitor's. @returns stops listening */
  readonly onEnd: (request: FastifyRequest, listener: () => void) => () => void
}

export function serveServers(
  app: FastifyInstance,
  { clusters, visitorOf, onEnd }: ServerRoutesOptions,
): void {
  /** @throws ChatError `not-found` */
  const ownOf = (request: FastifyRequest) => {
    const own = clusters.of(visitorOf(request))
    if (!own) throw new ChatError('not-found', 'you have no servers of your own now')
    return own
  }
  const answer = async (reply: FastifyReply, { cluster, until }: ReturnType<typeof ownOf>) => {
    const state: ServersState = { ...(await cluster.state()), until }
    return answerWith(reply, state)
  }

  app.get(SERVERS_PATH, (request, reply) => answer(reply, ownOf(request)))

  app.post(SERVERS_PATH, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    const own = clusters.begin(visitorOf(request), (listener) => onEnd(request, listener))
    return answer(reply.code(201), own)
  })

  app.post(`${SERVERS_PATH}/orders`, { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    const own = ownOf(request)
    own.cluster.act(orderOf(ServerOrderSchema, request))
    return answer(reply, own)
  })

  // By its room: a page that is left ends its own, and not those that another tab has begun since.
  app.delete(`${SERVERS_PATH}/:room`, (request, reply) => {
    const visitor = visitorOf(request)
    if (clusters.at(roomNameOf(request), visitor)) clusters.end(visitor)
    return reply.code(204).send()
  })

  app.addHook('onClose', async () => clusters.close())
}
