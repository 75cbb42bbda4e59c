/**
 * Cross-origin reading, for pages of the listed origins and no others (WHATWG Fetch §3.3).
 *
 * Without these headers, a page of another origin can send us a request and cannot read the response. A
 * page that may write here may read here too; its requests carry the cookie if they ask for that and the
 * browser finds that both are of one site, and otherwise a token.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Origins } from './origins.ts'

/** What a page may send; what it may read of an answer, besides its body; for how long a browser may rely on it. */
const METHODS = 'GET, POST, PUT, DELETE'
const REQUEST_HEADERS = 'Content-Type, Authorization, Last-Event-ID'
const ANSWER_HEADERS = 'Retry-After, WWW-Authenticate'
const MAX_AGE_S = 600

/** A port of this server that is another origin to its own pages. */
export interface OtherPort {
  carries(request: FastifyRequest): boolean
}

/**
 * @param listed origins as `https://host:port`, none of them our own
 * @param own our own origins: their pages read at the lanes, which are other ports
 */
export function allowListedOrigins(
  app: FastifyInstance,
  listed: readonly string[],
  own: Pick<Origins, 'isOurs'>,
  lanes?: OtherPort,
): void {
  if (listed.length === 0 && !lanes) return
  const origins = new Set(listed)
  app.addHook('onRequest', (request, reply, done) => {
    const { raw } = reply // transports write their answers past Fastify's reply
    const isOnLane = lanes?.carries(request) ?? false
    if (origins.size > 0 || isOnLane) raw.setHeader('vary', 'Origin')
    const { origin } = request.headers
    if (origin === undefined) return done()
    if (!origins.has(origin) && !(isOnLane && own.isOurs(origin))) return done()
    if (isOnLane) raw.setHeader('timing-allow-origin', origin) // for the page's timeline (Resource Timing §3.5)
    raw.setHeader('access-control-allow-origin', origin)
    raw.setHeader('access-control-allow-credentials', 'true')
    raw.setHeader('access-control-expose-headers', ANSWER_HEADERS)
    if (request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return done()
    raw.setHeader('access-control-allow-methods', METHODS)
    raw.setHeader('access-control-allow-headers', REQUEST_HEADERS)
    raw.setHeader('access-control-max-age', MAX_AGE_S)
    reply.code(204).send()
  })
}
