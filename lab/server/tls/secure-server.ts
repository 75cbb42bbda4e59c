/**
 * HTTPS: TLS first, and then HTTP/2 or HTTP/1.1, as browser and server agree while they shake hands.
 *
 * They agree by ALPN (RFC 7301): the browser offers both, and HTTP/2 is taken if it is among them. A
 * WebSocket then needs no connection of its own: Chromium and Firefox open it on the page's (tunnels.ts). A
 * client that cannot do that offers only HTTP/1.1 for it, and is served so.
 *
 * Each of the two is served by Node's own server for it. One could serve both, but Node's has other
 * limits there than `https.Server`, and all that the lab promises of HTTP/1.1 shall hold as it is.
 */
import type { IncomingHttpHeaders } from 'node:http2'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { FastifyServerFactory } from 'fastify'
import { CHECK_MS, HEADERS_MS, IDLE_MS, REQUEST_MS } from '../limits/timeouts.ts'
import type { Certificate } from './certificates.ts'
import { createHttp2Listener } from './http2.ts'
import type { OnRefusal } from './tunnels.ts'

/** In the order of our preference. */
export const PROTOCOLS: readonly string[] = ['h2', 'http/1.1']

export interface SecureServer {
  /** For Fastify, which brings the handler of requests and then owns the server. */
  readonly serverFactory: FastifyServerFactory
  /** Tells the peers on HTTP/2 that the server is going away. */
  sendGoAway(): void
  /** Tells of each request over HTTP/2 before anything else is; the socket is a stand-in that has the real one's properties. */
  onHttp2Request(listener: (headers: IncomingHttpHeaders, socket: object) => void): void
  /**
   * Marks a connection whose TLS has ended before it came here, in a lane; give it to the server by `connection`.
   *
   * @param onceAgreed calls when the client has agreed on a protocol there
   */
  serveDecrypted(socket: Socket, onceAgreed: (action: (protocol: string) => void) => void): void
}

/** @param onRefusal told of what is answered before any route */
export function createSecureServer(certificate: Certificate, onRefusal: OnRefusal): SecureServer {
  const http2 = createHttp2Listener(onRefusal)
  const server = createServer({
    ...certificate,
    ALPNProtocols: [...PROTOCOLS],
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

  // In front of node:tls, which would begin a handshake.
  const decrypted = new WeakMap<Socket, (action: (protocol: string) => void) => void>()
  const tls = server.listeners('connection') as ((this: Server, socket: Socket) => void)[]
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    const onceAgreed = decrypted.get(socket)
    if (!onceAgreed) for (const listener of tls) listener.call(server, socket)
    else
      onceAgreed((protocol) => {
        decrypted.set(socket, (action) => action(protocol)) // a second parser may come for it (upgrades.ts)
        if (protocol === 'h2') http2.serve(socket as TLSSocket)
        else for (const listener of http1) listener.call(server, socket as TLSSocket)
      })
  })

  return {
    onHttp2Request(listener) {
      http2.onRequest = listener
    },
    serveDecrypted: (socket, onceAgreed) => void decrypted.set(socket, onceAgreed),
    serverFactory(handler) {
      server.on('request', handler)
      http2.answerWith(handler)
      return server
    },
    sendGoAway: http2.sendGoAway,
  }
}
