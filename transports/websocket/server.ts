/** WebSocket, server side: a handshake over HTTP, then frames both ways on one socket. */
import type { Duplex } from 'node:stream'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { RawData, WebSocket } from 'ws'
import { inOurWords } from '../../lab/server/http/errors.ts'
import { factsOf } from '../../lab/server/http/request-facts.ts'
import { isUpgrade, takeSocket } from '../../lab/server/http/upgrades.ts'
import type { Facts } from '../../lab/server/observe/event-logger.ts'
import type { TransportMetrics } from '../../lab/server/observe/server-metrics.ts'
import { oncePerPage } from '../../lab/server/transport-kit/encode.ts'
import { createHeartbeats, type Heartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import { pump } from '../../lab/server/transport-kit/pump.ts'
import { cursorOf, roomNameOf } from '../../lab/server/transport-kit/requests.ts'
import type { Reader, Writer } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import type { PresenceUpdate } from '../../lab/wire/presence.ts'
import type { ServerFrame } from '../_formats/chat-frames.ts'
import { VERSION } from '../_formats/ws-handshake.ts'
import { type FrameTaker, pageAsFrame, takeClientFrame } from '../_web-socket/server-chat.ts'
import { compressedTextFrame } from './server-compression.ts'
import { createSockets } from './server-sockets.ts'
import { textFrame } from './text-frame.ts'
import { HEARTBEAT_MS } from './transport.ts'

const websocket: HttpTransport = async (app, lab) => {
  const { gateway, metrics, compress, heartbeatMs = HEARTBEAT_MS } = lab
  const sockets = createSockets({ maxMessage: MAX_DRAFT_BYTES, compress: compress === true })
  const shared: Shared = {
    heartbeats: createHeartbeats(heartbeatMs, lab.clock, lab.shutdown),
    shutdownListeners: shutdownListenersOn(lab.shutdown),
    metrics,
  }
  metrics.readers = () => shared.shutdownListeners.size

  sockets.on('wsClientError', ({ message }, socket, request) => {
    const error = new ChatError('bad-request', message)
    metrics.refused(error, { address: request.socket.remoteAddress ?? '' })
    refuseHandshake(error, socket)
  })

  app.get('/socket', (request, reply) => {
    const peer = lab.peerOf(request)
    const room = roomNameOf(request)
    const reader = gateway.openReader(peer, room, heartbeatMs)
    const since = cursorOf(request)
    reader.check(since) // refuses a bad cursor while there still is a status to refuse it with
    const writer = gateway.openWriter(peer, room)
    requireVersion(request, reply)
    const facts = factsOf(request)
    const { socket, head } = takeSocket(request, reply)
    // `ws` calls back at once or never, so nothing of the request is kept by this closure.
    sockets.handleUpgrade(request.raw, socket, head, (webSocket) =>
      serveSocket({ webSocket, socket, reader, since, writer, facts, shared }),
    )
  })
}

/** `ws` would answer another version with 400, and takes 8, the one before the standard. */
function requireVersion(request: FastifyRequest, reply: FastifyReply): void {
  if (!isUpgrade(request) || request.headers['sec-websocket-version'] === VERSION) return
  reply.header('sec-websocket-version', VERSION) // RFC 6455 §4.4
  throw new ChatError('upgrade-required', `this server speaks WebSocket version ${VERSION}`)
}

/** By hand, because the socket is no longer HTTP's; `ws` alone would answer with a page of its own. */
function refuseHandshake(error: ChatError, socket: Duplex): void {
  const body = JSON.stringify(error)
  socket.end(
    'HTTP/1.1 400 Bad Request\r\nSec-WebSocket-Version: 13\r\nConnection: close\r\n' +
      `Content-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

/** What all sockets share. */
interface Shared {
  readonly heartbeats: Heartbeats
  readonly shutdownListeners: Set<() => void>
  readonly metrics: TransportMetrics
}

interface OpenSocket {
  readonly webSocket: WebSocket
  /** What is beneath it: a TCP connection, or a stream of HTTP/2. */
  readonly socket: Duplex
  readonly reader: Reader
  readonly since: Cursor | null
  readonly writer: Writer
  /** Who this is, for the log: all that is left of the handshake. */
  readonly facts: Facts
  readonly shared: Shared
}

/** Everything that happens on one socket, until it closes. */
function serveSocket({ webSocket, socket, reader, since, writer, facts, shared }: OpenSocket): void {
  const { heartbeats, shutdownListeners, metrics } = shared
  let isAlive = true
  // `ws` writes each frame whole, so frames of our own making may stand between its frames.
  const encode = webSocket.extensions.includes('permessage-deflate') ? asCompressedFrame : asFrame
  const stopPump = pump(reader, since, socket, onPage, closeWithError, metrics)

  const taker: FrameTaker = { onHere: markAlive, answer, fail }

  webSocket.on('pong', onPong)
  webSocket.on('ping', applyBackpressure)
  webSocket.on('message', onMessage)
  // `ws` closes by itself, with 1002, 1007 or 1009, what breaks the protocol or its limit.
  webSocket.on('error', ignore)
  webSocket.on('close', onClose)
  heartbeats.add(onHeartbeat)
  shutdownListeners.add(onShutdown)

  function onPage(page: Page) {
    if (webSocket.readyState !== webSocket.OPEN) return
    const bytes = encode(page)
    socket.write(bytes)
    metrics.bytes += bytes.length
  }
  function onHeartbeat() {
    if (!isAlive) return webSocket.terminate()
    isAlive = false
    webSocket.ping()
    send({ type: 'heartbeat' })
  }
  function onShutdown() {
    stopPump()
    webSocket.close(1001, 'stopping')
  }
  function onClose(code: number) {
    if (code === 1000 || code === 1001) markAlive({ leaving: true }) // the client has left; a broken connection is 1006
    stopPump()
    heartbeats.delete(onHeartbeat)
    shutdownListeners.delete(onShutdown)
  }
  /**
   * A sign of life of the line, not of the page: a browser answers pings in a process of its own, also for a page
   * that is frozen. No reader is here by a pong.
   */
  function onPong() {
    isAlive = true
  }
  // A socket is the one stream on which the reader speaks, too.
  function onMessage(data: RawData, isBinary: boolean) {
    markAlive()
    try {
      if (isBinary) throw new ChatError('wrong-type', 'send text frames: this chat has no binary ones')
      takeClientFrame(String(data), writer, taker)
    } catch (thrown) {
      fail(thrown)
    }
  }

  function markAlive(update: PresenceUpdate = {}) {
    isAlive = true
    reader.onActivity(update)
  }
  function answer(frame: ServerFrame) {
    send(frame)
    applyBackpressure()
    if (frame.type === 'rejected') metrics.refused(new ChatError(frame.code, frame.message), facts)
  }
  function send(frame: ServerFrame) {
    webSocket.send(JSON.stringify(frame))
  }
  /** A peer that sends without reading is not read either, or its answers would pile up here. */
  function applyBackpressure() {
    if (!socket.writableNeedDrain || webSocket.isPaused) return
    webSocket.pause()
    socket.once('drain', () => webSocket.resume())
  }
  function fail(thrown: unknown) {
    closeWithError(inOurWords(thrown))
  }
  function closeWithError(why: ChatError) {
    stopPump()
    metrics.refused(why, facts)
    send({ type: 'error', ...why.toJSON() })
    webSocket.close(why.closeCode ?? 1008, why.code)
  }
}

const ignore = () => {}

/** A page as the bytes of one frame, the same for every reader. */
const asFrame = oncePerPage((page) => textFrame(pageAsFrame(page)))
const asCompressedFrame = oncePerPage((page) => compressedTextFrame(pageAsFrame(page)))

export default websocket
