/**
 * HTTP/2 (RFC 9113): many requests at once on one connection, each on a stream of its own.
 *
 * For a browser that is the end of the six connections: an event stream takes one of a hundred places on
 * a connection that is there anyway. For the server it is a new kind of peer. What was "a connection" in
 * every limit may now be a hundred requests, a request can be taken back at no cost to who asked, and
 * there are frames that do nothing but want an answer. This file bounds what one connection may do; each
 * bound is the counterpart of one that HTTP/1.1 has elsewhere.
 */
import type { RequestListener } from 'node:http'
import {
  constants,
  createServer,
  type Http2ServerRequest,
  type Http2ServerResponse,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { TLSSocket } from 'node:tls'
import { CHECK_MS, HEADERS_MS, IDLE_MS, REQUEST_MS } from '../limits/timeouts.ts'
import { Http2Response } from './http2-response.ts'
import { createConnectListener, isTunnel, type OnRefusal } from './tunnels.ts'

/** Streams that one connection may have open: as few as RFC 9113 §6.5.2 lets a server ask for without regret. */
export const MAX_STREAMS = 100
/** Most headers of one request, in bytes as HTTP/1.1 would write them: what Node allows there too. */
const MAX_HEADER_BYTES = 16 * 1024
/** Frames that break the protocol, until the connection is closed. Node's own 1,000 is patience with an attacker. */
const MAX_INVALID_FRAMES = 50
/**
 * Most that Node holds for one connection, in megabytes: tables of headers, frames on their way, what its streams
 * have not sent yet. Beyond it new streams are refused (RFC 9113 §8.7). It is Node's own figure, written down.
 */
const MAX_SESSION_MB = 10
/** Settings in one SETTINGS frame; there are seven kinds. */
const MAX_SETTINGS = 16
/**
 * Bytes that a peer may have on the way to us over all streams of its connection: as many as sixteen streams have by
 * themselves (RFC 9113 §6.9.2). With the 64 KiB that it is otherwise, one WebSocket that is not read (its peer does not
 * read either) would stop all else that the same page sends.
 */
const CONNECTION_WINDOW = 16 * 64 * 1024

/**
 * Requests that were taken back, pings and settings: each costs its sender nothing and us some work (the
 * first of them is known as rapid reset, CVE-2023-44487). A page that is closed takes back what it has
 * open, and no honest client does more than that twice in a row.
 */
export const IDLE_FRAMES_BURST = 200
/** And then so many per second. Keep-alive pings come every few seconds at most. */
export const IDLE_FRAMES_PER_S = 10

export interface Http2Listener {
  /** @param handler is given every request and every WebSocket handshake, as from HTTP/1.1 */
  answerWith(handler: RequestListener): void
  /** Told of each request before anything else is, refused ones too. */
  onRequest: (headers: IncomingHttpHeaders, socket: object) => void
  /** Serves a connection that has agreed on HTTP/2. */
  serve(socket: TLSSocket): void
  /** Tells every peer to ask elsewhere (GOAWAY, RFC 9113 §6.8); each connection ends with its last answer. */
  sendGoAway(): void
}

export function createHttp2Listener(onRefusal: OnRefusal): Http2Listener {
  const server = createServer({
    Http2ServerResponse: Http2Response,
    settings: {
      maxConcurrentStreams: MAX_STREAMS,
      maxHeaderListSize: MAX_HEADER_BYTES,
      enableConnectProtocol: true, // for WebSockets: tunnels.ts
    },
    maxSessionInvalidFrames: MAX_INVALID_FRAMES,
    maxSettings: MAX_SETTINGS,
    maxSessionMemory: MAX_SESSION_MB,
  })
  const peers = new Set<PeerConnection>()

  server.on('session', (session) => {
    const peer = new PeerConnection(session)
    peers.add(peer)
    session.setLocalWindowSize(CONNECTION_WINDOW)
    session.on('close', () => peers.delete(peer))
  })
  // The peer's fault, and it has ended the peer's connection; no other part has to know.
  server.on('sessionError', () => {})

  const timer = setInterval(() => {
    const now = performance.now()
    for (const peer of peers) peer.look(now)
  }, CHECK_MS)
  timer.unref()

  const listener: Http2Listener = {
    onRequest: () => {},
    // Node's compatible API: what Fastify touches of a request and a response is the same as in HTTP/1.1.
    answerWith(handler) {
      server.on('request', handler as unknown as Http2Handler)
      server.on('connect', createConnectListener(handler, onRefusal))
    },
    serve: (socket) => void server.emit('connection', socket),
    sendGoAway() {
      for (const peer of peers) peer.session.close()
    },
  }
  server.prependListener('stream', (stream, headers) => {
    if (stream.session) listener.onRequest(headers, stream.session.socket)
  })
  return listener
}

type Http2Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** One connection, and what it has used up of its host's patience. */
class PeerConnection {
  readonly session: ServerHttp2Session
  /** Requests whose end has not come yet, by when it must. */
  readonly #unfinished = new Map<ServerHttp2Stream, number>()
  #open = 0
  /** Until when the connection may go on with nothing open. */
  #idleUntil = performance.now() + HEADERS_MS
  /** When the bucket of idle talk will be full again; see rate-limit.ts. */
  #calmAt = 0

  constructor(session: ServerHttp2Session) {
    this.session = session
    session.on('stream', (stream) => this.#attend(stream))
    session.on('ping', () => this.#idleFrame())
    session.on('remoteSettings', () => this.#idleFrame())
  }

  #attend(stream: ServerHttp2Stream): void {
    this.#open++
    if (!stream.endAfterHeaders) this.#unfinished.set(stream, performance.now() + REQUEST_MS)
    stream.on('close', () => {
      // Not 'aborted': an answer may have been given before its question was taken back.
      if (stream.rstCode !== constants.NGHTTP2_NO_ERROR) this.#idleFrame()
      this.#open--
      this.#unfinished.delete(stream)
      this.#idleUntil = performance.now() + IDLE_MS
    })
  }

  /** Closes what has had its time; called every CHECK_MS. */
  look(now: number): void {
    if (this.#open === 0 && now > this.#idleUntil) this.#close()
    for (const [stream, until] of this.#unfinished) {
      if (now < until) return // they stand in the order of their times
      this.#unfinished.delete(stream)
      if (!hasCome(stream) && !isTunnel(stream)) stream.close(constants.NGHTTP2_CANCEL)
    }
  }

  /** With notice; who has half a frame under way does not even take that, and is cut when it is next looked at. */
  #close(): void {
    if (this.session.closed) this.session.destroy()
    else this.session.close()
  }

  /** One token of the bucket; without one, the connection is cut and told why (RFC 9113 §7). */
  #idleFrame(): void {
    const now = performance.now()
    const dripMs = 1_000 / IDLE_FRAMES_PER_S
    this.#calmAt = Math.max(now, this.#calmAt) + dripMs
    if (this.#calmAt - now > IDLE_FRAMES_BURST * dripMs && !this.session.destroyed) {
      this.session.destroy(new Error('idle talk'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
    }
  }
}

/** Whether the peer has said that no more comes on this stream (RFC 9113 §5.1). */
const hasCome = ({ state }: ServerHttp2Stream) =>
  state.state !== constants.NGHTTP2_STREAM_STATE_OPEN &&
  state.state !== constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL
