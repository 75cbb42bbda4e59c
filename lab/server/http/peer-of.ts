/** The one place at which an HTTP request becomes a {@link Peer}. Only HTTP's own files look at a request after that. */
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../people/caller.ts'
import type { ReadersOnWire } from '../../wires/view/readers-on-wire.ts'
import { clientAddress } from '../limits/trust.ts'
import type { Peer } from '../transport-kit/peer.ts'
import { clientIdOf } from '../transport-kit/query.ts'

const isReading = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'

/**
 * @param callerOf who has proven to have sent a request. @throws ChatError `not-signed-in`
 * @param wireOf the lane's connection that it has come by; undefined for one at the server's own port
 */
export const createPeerOf =
  (
    callerOf: (request: FastifyRequest) => Caller,
    wireOf: (request: FastifyRequest) => ReadersOnWire | undefined = () => undefined,
  ) =>
  (request: FastifyRequest): Peer => ({
    address: clientAddress(request),
    credentials: callerOf(request),
    clientId: isReading(request) ? clientIdOf(request) : null, // a POST presence names it in its body
    wire: wireOf(request),
  })
