/**
 * WebSockets over HTTP/2 (RFC 8441): the stream of one request in the place of a connection.
 *
 * HTTP/2 has no upgrade: a connection that many requests share cannot go on in another protocol. So a server says in
 * its settings that it takes extended CONNECT (§3), and a client then asks by `:method CONNECT` and `:protocol
 * websocket`. The answer is 200 and not 101; after it, the DATA of this stream, both ways, are the bytes that a TCP
 * connection would have carried (§5).
 *
 * It is the same handshake in other words, so it goes the same way. The request passes all guards as the GET that it
 * would have been over HTTP/1.1, and the route that wants the socket takes it by `takeSocket` (http/upgrades.ts).
 * The stream is a duplex that takes an answer of HTTP/1.1 and says it in HTTP/2, so no WebSocket server has to know.
 */
import { randomBytes } from 'node:crypto'
import { type IncomingMessage, type RequestListener, type ServerResponse, STATUS_CODES } from 'node:http'
import {
  constants,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from 'node:http2'
import { ChatError } from '../../wire/errors.ts'
import { offerSocket } from '../http/upgrades.ts'
import { isOfOneConnection } from './http2-response.ts'

/** Told of each CONNECT that is answered here, before any route. @param address of the peer */
export type OnRefusal = (error: ChatError, address: string) => void

/** Streams that have been answered and carry a WebSocket now. */
const tunnels = new WeakSet<object>()

/** Whether a stream has become a tunnel: its peer may be quiet for as long as it likes, and never end its half. */
export const isTunnel = (stream: ServerHttp2Stream): boolean => tunnels.has(stream)

/**
 * For `connect` of Node's HTTP/2 server, which emits it for every CONNECT.
 *
 * @param handler is given each handshake, as from HTTP/1.1
 */
export function createConnectListener(handler: RequestListener, onRefusal: OnRefusal) {
  return (request: Http2ServerRequest, response: Http2ServerResponse): void => {
    const error = refusalOf(request)
    if (error) {
      onRefusal(error, request.socket?.remoteAddress ?? '')
      refuse(response, error)
    } else {
      offer(request)
      handler(request as unknown as IncomingMessage, response as unknown as ServerResponse)
    }
  }
}

/** Null for a WebSocket. What is malformed, Node has reset already: a protocol without a path, say (§4). */
function refusalOf({ headers }: Http2ServerRequest): ChatError | null {
  const protocol = headers[':protocol']
  if (protocol === undefined)
    return new ChatError('bad-request', 'this server is no proxy: it opens no connection to others')
  // The names are those of HTTP/1.1's Upgrade (§4), whose capitals do not count (RFC 9110 §7.8).
  if (String(protocol).toLowerCase() === 'websocket') return null
  return new ChatError('not-implemented', 'of the protocols for CONNECT, this server speaks only websocket')
}

function refuse(response: Http2ServerResponse, error: ChatError): void {
  response.writeHead(error.status, { 'content-type': 'application/json' })
  response.end(JSON.stringify(error))
}

/**
 * Makes of the request the GET that it would have been over HTTP/1.1.
 *
 * The key and its proof have no meaning here (§5). But the servers behind `takeSocket` want a key, so one is made up. A
 * client that sends one all the same may also wait for the proof (undici 7 does), and is given it.
 */
function offer(request: Http2ServerRequest): void {
  const { headers, stream } = request
  const hasKey = /^[A-Za-z0-9+/]{22}==$/.test(String(headers['sec-websocket-key']))
  headers[':method'] = 'GET'
  headers.upgrade = 'websocket'
  headers.connection = 'Upgrade'
  if (!hasKey) headers['sec-websocket-key'] = randomBytes(16).toString('base64')
  offerSocket(request as unknown as IncomingMessage, {
    socket: stream,
    head: Buffer.alloc(0),
    release: () => translateHead(stream, hasKey),
  })
}

/**
 * What is written first is the head of an answer in HTTP/1.1, in one piece. It is sent as HEADERS, and whatever comes
 * after it as DATA. The stream is not wrapped: what is written to it later goes through nothing of ours, and
 * its backpressure is its own.
 */
function translateHead(stream: ServerHttp2Stream, withProof: boolean): void {
  const { write, end } = stream
  const restore = () => Object.assign(stream, { write, end })

  /** Sends the head. @returns what stands behind it */
  function respond(bytes: unknown): string | null {
    restore()
    const [, head = '', body = ''] = /^(.*?\r\n)\r\n(.*)$/s.exec(String(bytes)) ?? []
    if (stream.destroyed || stream.closed) return null // the peer has taken its request back
    stream.respond(headersFrom(head, withProof))
    if (stream.sentHeaders[':status'] === 200) tunnels.add(stream)
    stream.once('finish', closeWhole)
    return body
  }
  stream.write = ((bytes: unknown) => {
    const body = respond(bytes)
    return body === '' || (body !== null && stream.write(body))
  }) as typeof write
  stream.end = ((bytes: unknown) => {
    const body = respond(bytes)
    return body === null ? stream : stream.end(body)
  }) as typeof end
}

/**
 * A server that ends its half has said all, and has heard all that counts: the peer's close frame, or what broke the
 * protocol. So the peer is told not to send more (RFC 9113 §8.1). Without that, one that does not end its half
 * either (undici does not) keeps the stream until the server loses patience.
 */
function closeWhole(this: ServerHttp2Stream): void {
  this.close(constants.NGHTTP2_NO_ERROR)
}

function headersFrom(head: string, withProof: boolean): OutgoingHttpHeaders {
  const [statusLine = '', ...lines] = head.trimEnd().split('\r\n')
  const status = Number(statusLine.split(' ')[1])
  if (STATUS_CODES[status] === undefined) throw new Error(`no answer in HTTP/1.1: ${statusLine}`)
  const headers: OutgoingHttpHeaders = { ':status': status === 101 ? 200 : status }
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    if (isOfOneConnection(name) || (name === 'sec-websocket-accept' && !withProof)) continue
    headers[name] = line.slice(colon + 1).trim()
  }
  return headers
}
