/**
 * How long the server waits for a request to arrive.
 *
 * Slowloris holds connections by sending a byte now and then: each costs the attacker nothing and us a
 * socket. So a request has a time by which it must be there. None of this touches an answer: once a
 * request is whole, a poll may be held and a stream may stay open.
 */
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/** From the first byte, or from the connecting, to the end of the headers. They fit into one packet. */
export const HEADERS_MS = 3_000
/** From the first byte to the end of the body: the largest draft at 40 kB/s, the largest file at 105 kB/s. */
export const REQUEST_MS = 10_000
/** How often Node looks. Its own 30 s would make 33 of the 3. */
export const CHECK_MS = 500
/** A connection without a request, kept for the next: longer than the proxies before us keep theirs (60 s). */
export const IDLE_MS = 72_000

/** For Fastify. It keeps `requestTimeout` for itself and hands `http` on to Node. */
export const TIMEOUTS = {
  requestTimeout: REQUEST_MS,
  keepAliveTimeout: IDLE_MS,
  http: {
    headersTimeout: HEADERS_MS,
    connectionsCheckingInterval: CHECK_MS,
    requireHostHeader: false, // hosts.ts refuses it, in our words
  },
} as const

/**
 * Closes without a word where nothing has been asked. Browsers open connections ahead of need, and a 408 that
 * comes first is taken by Firefox for the answer to whatever it asks there next: a script that is JSON, say.
 * A connection that closes is another matter: the browser opens a new one (RFC 9112 §9.3.1).
 */
export function closeTheUnasked({ server }: FastifyInstance): void {
  // In front of Fastify's own listener, which leaves alone what is closed.
  server.prependListener('clientError', (error: NodeJS.ErrnoException, socket: Socket) => {
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT' && socket.bytesRead === 0) socket.destroy()
  })
}
