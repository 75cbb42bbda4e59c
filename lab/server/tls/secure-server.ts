/**
 * HTTPS: TLS first, and then HTTP/2 or HTTP/1.1, as browser and server agree while they shake hands.
 *
 * They agree by ALPN (RFC 7301): the browser offers both, and HTTP/2 is taken if it is among them. For a
 * WebSocket it opens another connection and offers only HTTP/1.1, since the handshake is an upgrade, and
 * HTTP/2 has none (RFC 8441 adds another way; few servers go it).
 *
 * Each of the two is served by Node's own server for it. One could serve both, but Node's has other
 * limits there than `https.Server`, and all that the lab promises of HTTP/1.1 shall hold as it is.
 */
import { createServer, type Server } from 'node:https'
import type { TLSSocket } from 'node:tls'
import type { FastifyServerFactory } from 'fastify'
import { CHECK_MS, HEADERS_MS, IDLE_MS, REQUEST_MS } from '../limits/timeouts.ts'
import type { Certificate } from './certificates.ts'
import { createHttp2Listener } from './http2.ts'

/** In the order of our preference. */
const PROTOCOLS = ['h2', 'http/1.1']

export interface SecureServer {
  /** For Fastify, which brings the handler of requests and then owns the server. */
  readonly serverFactory: FastifyServerFactory
  /** Tells the peers on HTTP/2 that the server is going away. */
  sendGoAway(): void
}

export function createSecureServer(certificate: Certificate): SecureServer {
  const http2 = createHttp2Listener()
  const server = createServer({
    ...certificate,
    ALPNProtocols: PROTOCOLS,
    handshakeTimeout: HEADERS_MS, // Node's own 120 s would be a place for slowloris
    headersTimeout: HEADERS_MS,
    requestTimeout: REQUEST_MS,
    keepAliveTimeout: IDLE_MS,
    connectionsCheckingInterval: CHECK_MS,
    requireHostHeader: false, // hosts.ts refuses it, in our words
  })

  // In front of node:https, which would take every connection for its own.
  const http1 = server.listeners('secureConnection') as ((this: Server, socket: TLSSocket) => void)[]
  server.removeAllListeners('secureConnection')
  server.on('secureConnection', (socket: TLSSocket) => {
    if (socket.alpnProtocol === 'h2') return http2.serve(socket)
    for (const listener of http1) listener.call(server, socket)
  })

  return {
    serverFactory(handler) {
      server.on('request', handler)
      http2.answerWith(handler)
      return server
    },
    sendGoAway: http2.sendGoAway,
  }
}
