/**
 * Upgrades: an HTTP/1.1 request that asks to go on in another protocol (RFC 9110 §7.8).
 *
 * A WebSocket begins as such a GET. Node hands it over before any HTTP routing; we put
 * it back on Fastify's way, so that its path, its room, its Origin and its errors are
 * treated like any other request's, and the route that wants the socket takes it here.
 * Over HTTP/2, where a WebSocket begins by CONNECT, tls/tunnels.ts puts it on the same way.
 */
import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { type Answered, isHeld } from './answers/http-socket.ts'

export interface Handover {
  /**
   * The connection; over HTTP/2, the stream that stands for one. What is written to it first must be the head of an
   * answer in HTTP/1.1, in one piece.
   */
  readonly socket: Duplex
  /** What the client has already sent after its request. */
  readonly head: Buffer
}

/** A socket that a route may have. */
export interface Offer extends Handover {
  /** Takes it from HTTP. */
  release(): void
}

/** Under which a request has its offer. A WeakMap of thousands at once costs more than the rest of a handshake's way. */
const OFFER = Symbol('offer')
type OfferingRequest = IncomingMessage & { [OFFER]?: Offer | undefined }

/** Marks a request as a WebSocket handshake, before it is routed. */
export function offerSocket(request: IncomingMessage, offer: Offer): void {
  ;(request as OfferingRequest)[OFFER] = offer
}

/** Routes WebSocket handshakes through `app`, as the GET requests that they are. */
export function routeUpgrades(app: FastifyInstance): void {
  app.server.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
    // Its own answer would stand within that one.
    if (isHeld(socket)) return void socket.destroy()
    socket.on('error', destroy)
    if (!asksForWebSocket(request)) return serveWithoutUpgrade(app.server, request, socket, head)

    const response = new ServerResponse(request)
    response.shouldKeepAlive = false // Node no longer parses this socket: an error answer is its last
    try {
      response.assignSocket(socket)
    } catch {
      // Pipelined: an earlier request on this connection still awaits its answer, so nothing can be
      // said here without saying it in the wrong place.
      socket.destroy()
      return
    }
    response.on('finish', endSocket)
    offerSocket(request, { socket, head, release: () => response.detachSocket(socket) })
    app.routing(request, response)
  })
}

/**
 * These two hang on the socket and on the response, and are no closures: one that was made beside them would keep
 * the request and its response, headers and all, for as long as the WebSocket is open.
 */
function destroy(this: Socket): void {
  this.destroy()
}
function endSocket(this: ServerResponse): void {
  this.socket?.end()
}

const offerOf = ({ raw }: FastifyRequest): Offer | undefined => (raw as OfferingRequest)[OFFER]

/** Whether this request came as a WebSocket handshake and still is one. */
export function isUpgrade(request: FastifyRequest): boolean {
  return offerOf(request) !== undefined
}

/** For a route that has something else to ask of a handshake first. @throws ChatError `upgrade-required` when it is none */
export function requireUpgrade(request: FastifyRequest): Offer {
  const offer = offerOf(request)
  if (offer) return offer
  throw new ChatError('upgrade-required', 'this address speaks WebSocket: ask with Upgrade: websocket')
}

/**
 * Tells when a request is over, answer included; or, when it is a WebSocket handshake, the socket that it became. A
 * connection of HTTP/2 goes on after that, and its stream's end is that of the response.
 *
 * What is told may be told hours later, so nothing here keeps the request or its response. An answer that Node has let
 * go of (answers/held.ts) tells it in the response's place.
 *
 * @param listener is given the answer's status: 101 for a socket
 */
export function whenOver(
  request: FastifyRequest,
  { raw }: FastifyReply,
  listener: (status: number) => void,
): void {
  const upgrade = isUpgrade(request)
  if (!upgrade || request.raw.httpVersionMajor === 2) {
    raw.once('close', function (this: Answered) {
      listener(upgrade && !this.headersSent ? 101 : this.statusCode)
    })
    return
  }
  // A socket that was taken tells its response nothing; any other tells it first that it has closed.
  let status = 101
  raw.once('close', function (this: Answered) {
    if (this.headersSent) status = this.statusCode
  })
  request.raw.socket.once('close', () => listener(status))
}

/**
 * Takes the socket from HTTP: from here on, its bytes are the caller's.
 *
 * @throws ChatError `upgrade-required` when the request was an ordinary GET
 */
export function takeSocket(request: FastifyRequest, reply: FastifyReply): Handover {
  const offer = requireUpgrade(request)
  ;(request.raw as OfferingRequest)[OFFER] = undefined
  reply.hijack()
  offer.release()
  return offer
}

/** An offer in HTTP/1.0 must be ignored (RFC 9110 §7.8): a proxy between us may not know what it says. */
const asksForWebSocket = ({ headers, method, httpVersion }: IncomingMessage) =>
  method === 'GET' && httpVersion !== '1.0' && headers.upgrade?.toLowerCase() === 'websocket'

/**
 * A server may ignore an upgrade that it does not want (RFC 9110 §7.8), but once anybody
 * listens for upgrades, Node stops parsing every request that offers one: the JDK's client
 * offers `h2c` on each POST, and would wait for ever. So the request is written out again
 * without the offer, put back in front of what follows it, and given to a new parser. Its answer
 * is the connection's last (RFC 9112 §9.6).
 */
function serveWithoutUpgrade(server: Server, request: IncomingMessage, socket: Socket, head: Buffer): void {
  const { method, url, httpVersion, rawHeaders } = request
  let text = `${method} ${url} HTTP/${httpVersion}\r\n`
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!
    if (!/^(upgrade|http2-settings|connection)$/i.test(name)) text += `${name}: ${rawHeaders[i + 1]}\r\n`
  }
  // One more parser is enough: with each, a connection would grow.
  text += 'Connection: close\r\n'
  socket.removeAllListeners('error')
  socket.unshift(Buffer.concat([Buffer.from(`${text}\r\n`, 'latin1'), head]))
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket)
}
