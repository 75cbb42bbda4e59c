/**
 * The front of a visitor's servers: each request goes to the next of those that are up, as with nginx. The lab's own transports serve
 * it, mounted once more below {@link SERVERS_PATH}; what differs is the gateway, which is that of the server whose turn it is.
 */
import type { Duplex } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChatError } from '../../../wire/errors.ts'
import { SERVERS_PATH } from '../../../wires/servers/control.ts'
import { createTransportMetrics, type ServerMetrics } from '../../observe/server-metrics.ts'
import type { Peer } from '../../transport-kit/peer.ts'
import type { Reader } from '../../transport-kit/reader.ts'
import { acceptPosts, roomNameOf, serveHistory } from '../../transport-kit/requests.ts'
import type { RoomGateway } from '../../transport-kit/room-gateway.ts'
import { type HttpLab, isHttp, type ServerTransport } from '../../transport-kit/server-transport.ts'
import { sleepingClock } from '../pitfall-mounts.ts'
import type { Following, SmallCluster, Up } from './small-cluster.ts'

export interface BalanceOptions {
  readonly transports: ReadonlyMap<string, ServerTransport>
  readonly lab: Omit<HttpLab, 'metrics'>
  readonly metrics: ServerMetrics
  /** The servers of this room, if they are those of the visitor who asks. */
  readonly clusterOf: (request: FastifyRequest, room: string) => SmallCluster | null
}

/** To which server a peer has come, and by what. */
interface Arrival {
  readonly server: Up
  readonly connection: Duplex
}

export function mountBalanced(app: FastifyInstance, options: BalanceOptions): void {
  const { transports, metrics, clusterOf } = options
  const arrivals = new WeakMap<Peer, Arrival>()
  const arrivalOf = (peer: Peer): Arrival => {
    const arrival = arrivals.get(peer)
    if (!arrival) throw new TypeError('this peer has come to no server')
    return arrival
  }

  /** Each server has its own; the peer says which. */
  const gateway: RoomGateway = {
    openReader(peer, room, quietMs) {
      const { server, connection } = arrivalOf(peer)
      const reader = server.gateway.openReader(peer, room, quietMs)
      server.onReader(connection, reader as Reader & Following) // the one that there is says it
      return reader
    },
    openWriter(peer, room, isCounted) {
      const { server, connection } = arrivalOf(peer)
      const writer = server.gateway.openWriter(peer, room, isCounted)
      return {
        check: () => writer.check(),
        attach: () => Promise.reject(new ChatError('not-implemented', 'these servers take no files')),
        async publish(draft) {
          const isAnswered = server.onWriter(connection)
          try {
            return await writer.publish(draft)
          } finally {
            isAnswered()
          }
        },
      }
    },
    // Who is here is known at all of them.
    renewPresence: (peer, room, update) => options.lab.gateway.renewPresence(peer, room, update),
  }

  const clock = sleepingClock(options.lab.clock)
  const lab = {
    ...options.lab,
    ...{ clock, gateway },
    peerOf(request: FastifyRequest): Peer {
      const room = roomNameOf(request)
      const cluster = clusterOf(request, room)
      if (!cluster) throw new ChatError('not-found', 'there are no servers of yours for this room')
      const server = cluster.next()
      const connection = connectionOf(request)
      if (!server) {
        connection.destroy() // as when nothing listens there
        throw new ChatError('stopping', 'no server is up')
      }
      const peer = options.lab.peerOf(request)
      if (peer.clientId !== null) server.onTab(peer.clientId)
      arrivals.set(peer, { server, connection })
      return peer
    },
  }

  for (const [name, transport] of transports) {
    if (!isHttp(transport)) continue
    // Not among the figures of the transports: its readers would be added to those of the lab's rooms.
    const own = { ...lab, metrics: createTransportMetrics(metrics.refused, metrics.logger) }
    void app.register(
      async (scope) => {
        scope.addHook('onRequest', async (request, reply) => {
          // For all but its visitor, nothing is at this address.
          if (!clusterOf(request, roomNameOf(request))) return reply.callNotFound()
          clock.wake()
        })
        await scope.register(transport, own)
      },
      { prefix: `${SERVERS_PATH}/transports/${name}/rooms/:room` },
    )
  }
  void app.register(
    async (rooms) => {
      rooms.addHook('onRequest', async (request, reply) => {
        if (!clusterOf(request, roomNameOf(request))) return reply.callNotFound()
      })
      acceptPosts(rooms, lab)
      serveHistory(rooms, lab)
    },
    { prefix: `${SERVERS_PATH}/rooms/:room` },
  )
}

/** What is cut when its server dies: the connection; over HTTP/2, the stream, since the connection is the whole page's. */
function connectionOf({ raw }: FastifyRequest): Duplex {
  const { stream } = raw as { readonly stream?: Duplex }
  return stream ?? raw.socket
}
