/** WebSocket by hand, server side: a handshake over HTTP, then frames both ways on one socket. No package does it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inOurWords } from '../../lab/server/http/errors.ts'
import { factsOf } from '../../lab/server/http/request-facts.ts'
import { requireUpgrade, takeSocket } from '../../lab/server/http/upgrades.ts'
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
import { textFrame } from '../_formats/ws-encoder.ts'
import { type DataOpcode, TEXT } from '../_formats/ws-frame.ts'
import type { ParserLimits } from '../_formats/ws-parser.ts'
import { type FrameTaker, pageAsFrame, takeClientFrame } from '../_web-socket/server-chat.ts'
import { type ConnectionHandlers, WebSocketConnection } from './server-connection.ts'
import { accept, type Handshake, readHandshake, WANTED } from './server-handshake.ts'
import { HEARTBEAT_MS } from './transport.ts'

/** Most pieces of one message: the largest there may be, in pieces of 400 bytes. An empty one is work too. */
const MAX_FRAGMENTS = 1_024

const LIMITS: ParserLimits = { masked: true, maxMessage: MAX_DRAFT_BYTES, maxFragments: MAX_FRAGMENTS }

const websocketByHand: HttpTransport = async (app, lab) => {
  const { gateway, metrics, heartbeatMs = HEARTBEAT_MS } = lab
  const shared: Shared = {
    heartbeats: createHeartbeats(heartbeatMs, lab.clock, lab.shutdown),
    shutdownListeners: shutdownListenersOn(lab.shutdown),
    metrics,
  }
  metrics.readers = () => shared.shutdownListeners.size

  app.get('/socket', (request, reply) => {
    const peer = lab.peerOf(request)
    const room = roomNameOf(request)
    const reader = gateway.openReader(peer, room, heartbeatMs)
    const since = cursorOf(request)
    reader.check(since) // refuses a bad cursor while there still is a status to refuse it with
    const writer = gateway.openWriter(peer, room)
    const handshake = handshakeOf(request, reply)
    const facts = factsOf(request)
    const { socket, head } = takeSocket(request, reply)
    if (!accept(socket, handshake)) return
    const connect = (handlers: ConnectionHandlers) => new WebSocketConnection(socket, head, LIMITS, handlers)
    serveSocket({ connect, reader, since, writer, facts, shared })
  })
}

/** @throws ChatError for a request that is no handshake, while it can still be answered over HTTP */
function handshakeOf(request: FastifyRequest, reply: FastifyReply): Handshake {
  reply.headers(WANTED) // of the answer that says no: a handshake that is taken has headers of its own
  requireUpgrade(request)
  const handshake = readHandshake(request.headers)
  if ('status' in handshake)
    throw new ChatError(handshake.status === 426 ? 'upgrade-required' : 'bad-request', handshake.why)
  return handshake
}

/** What all sockets share. */
interface Shared {
  readonly heartbeats: Heartbeats
  readonly shutdownListeners: Set<() => void>
  readonly metrics: TransportMetrics
}

interface OpenSocket {
  readonly connect: (handlers: ConnectionHandlers) => WebSocketConnection
  readonly reader: Reader
  readonly since: Cursor | null
  readonly writer: Writer
  /** Who this is, for the log: all that is left of the handshake. */
  readonly facts: Facts
  readonly shared: Shared
}

/** Everything that happens on one socket, until it closes. */
function serveSocket({ connect, reader, since, writer, facts, shared }: OpenSocket): void {
  const { heartbeats, shutdownListeners, metrics } = shared
  let isAlive = true
  const webSocket = connect({ onMessage, onPong, onClose })
  const stopPump = pump(reader, since, webSocket.socket, onPage, closeWithError, metrics)
  const taker: FrameTaker = { onHere: markAlive, answer, fail }

  heartbeats.add(onHeartbeat)
  shutdownListeners.add(onShutdown)

  function onPage(page: Page) {
    if (!webSocket.isOpen) return
    const bytes = asFrame(page)
    webSocket.send(bytes)
    metrics.bytes += bytes.length
  }
  function onHeartbeat() {
    if (!isAlive) return webSocket.terminate()
    isAlive = false
    webSocket.ping()
    webSocket.send(HEARTBEAT)
  }
  function onShutdown() {
    stopPump()
    webSocket.close(1001, 'stopping')
  }
  function onClose(_webSocket: WebSocketConnection, code: number) {
    if (code === 1000 || code === 1001) markAlive({ leaving: true }) // the client has left; a broken connection is 1006
    stopPump()
    heartbeats.delete(onHeartbeat)
    shutdownListeners.delete(onShutdown)
  }
  /** A sign of life of the line, not of the page: a browser answers pings also for a page that is frozen. */
  function onPong() {
    isAlive = true
  }
  // A socket is the one stream on which the reader speaks, too.
  function onMessage(_webSocket: WebSocketConnection, opcode: DataOpcode, payload: Uint8Array) {
    markAlive()
    try {
      if (opcode !== TEXT) throw new ChatError('wrong-type', 'send text frames: this chat has no binary ones')
      takeClientFrame(utf8.decode(payload), writer, taker)
    } catch (thrown) {
      fail(thrown)
    }
  }

  function markAlive(update: PresenceUpdate = {}) {
    isAlive = true
    reader.onActivity(update)
  }
  function answer(frame: ServerFrame) {
    webSocket.reply(textFrame(JSON.stringify(frame)))
    if (frame.type === 'rejected') metrics.refused(new ChatError(frame.code, frame.message), facts)
  }
  function fail(thrown: unknown) {
    closeWithError(inOurWords(thrown))
  }
  function closeWithError(why: ChatError) {
    stopPump()
    metrics.refused(why, facts)
    answer({ type: 'error', ...why.toJSON() })
    webSocket.close(why.closeCode ?? 1008, why.code)
  }
}

/** The parser has checked it; a BOM is a character like any other. */
const utf8 = new TextDecoder('utf-8', { ignoreBOM: true })

/** A page as the bytes of one frame, the same for every reader: built once, written a thousand times. */
const asFrame = oncePerPage((page) => asBuffer(textFrame(pageAsFrame(page))))

/** Node would wrap any other array in a Buffer of its own, at each write. */
const asBuffer = ({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>) =>
  Buffer.from(buffer, byteOffset, length)

const HEARTBEAT = asBuffer(textFrame(JSON.stringify({ type: 'heartbeat' } satisfies ServerFrame)))

export default websocketByHand
