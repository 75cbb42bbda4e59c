/** `GET /transports`: which transports this server offers, for a client that chooses among them. */
import type { FastifyInstance } from 'fastify'
import type { TransportDescriptor } from '../client/descriptor.ts'
import type { TcpListen } from '../server/tcp/listeners.ts'
import { isHttp, isTcp, type ServerTransport } from '../server/transport-kit/server-transport.ts'

export interface Offer {
  readonly transports: ReadonlyMap<string, ServerTransport>
  /** Those of the manifest, by name. A transport without one is listed by its name alone. */
  readonly descriptors: ReadonlyMap<string, TransportDescriptor>
  /** A transport that is carried by TCP is offered where it listens, and not otherwise. */
  readonly listen?: readonly TcpListen[] | undefined
}

export function serveOffer(app: FastifyInstance, { transports, descriptors, listen = [] }: Offer): void {
  const offered = [...transports].flatMap(([name, transport]) => {
    const isServed = isHttp(transport) || (isTcp(transport) && listen.some((one) => one.name === name))
    if (!isServed) return []
    const { title, carriedBy, runsIn } = descriptors.get(name) ?? {}
    return [{ name, title, carriedBy, runsIn }]
  })
  const text = JSON.stringify({ transports: offered })
  app.get('/transports', (_request, reply) => {
    // Another version of the server, behind the same address, may offer others.
    reply.header('cache-control', 'no-cache').type('application/json').send(text)
  })
}
