/** The one place at which an HTTP request becomes a {@link Peer}. Only HTTP's own files look at a request after that. */
import type { FastifyRequest } from 'fastify'
import type { Caller } from '../../people/caller.ts'
import { clientAddress } from '../limits/trust.ts'
import type { Peer } from '../transport-kit/peer.ts'
import { clientIdOf } from '../transport-kit/query.ts'

const isReading = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'

/** @param callerOf who has proven to have sent a request. @throws ChatError `not-signed-in` */
export const createPeerOf =
  (callerOf: (request: FastifyRequest) => Caller) =>
  (request: FastifyRequest): Peer => ({
    address: clientAddress(request),
    credentials: callerOf(request),
    clientId: isReading(request) ? clientIdOf(request) : null, // a POST presence names it in its body
  })
