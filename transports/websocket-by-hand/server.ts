/** WebSocket by hand, server side: a handshake over HTTP, then frames both ways on one socket. No package does it. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { inOurWords } from '../../lab/server/http/errors.ts'
import { factsOf } from '../../lab/server/http/request-facts.ts'
import { type Handover, requireUpgrade, takeSocket } from '../../lab/server/http/upgrades.ts'
import type { Facts } from '../../lab/server/observe/event-logger.ts'
import type { TransportMetrics } from '../../lab/server/observe/server-metrics.ts'
import { oncePerPage } from '../../lab/server/transport-kit/encode.ts'
import { type Beating, createHeartbeats, type Heartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import { Pump, type PumpOwner } from '../../lab/server/transport-kit/pump.ts'
import { cursorOf, roomNameOf } from '../../lab/server/transport-kit/requests.ts'
import type { Reader, Writer } from '../../lab/server/transport-kit/room-gateway.ts'
import type { HttpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { type Stopping, shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
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
    new OpenSocket({ socket, head, reader, since, writer, facts, shared })
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
  readonly shutdownListeners: Set<Stopping>
  readonly metrics: TransportMetrics
}

interface SocketOptions extends Handover {
  readonly reader: Reader
  readonly since: Cursor | null
  readonly writer: Writer
  /** Who this is, for the log: all that is left of the handshake. */
  readonly facts: Facts
  readonly shared: Shared
}

/**
 * Everything that happens on one socket, until it closes. A class, since ten thousand are open at once: its methods are
 * shared, and closures would be made for each.
 */
class OpenSocket implements PumpOwner, Beating, Stopping, FrameTaker, ConnectionHandlers {
  readonly #webSocket: WebSocketConnection
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #facts: Facts
  readonly #shared: Shared
  readonly #pump: Pump
  #isAlive = true

  constructor({ socket, head, reader, since, writer, facts, shared }: SocketOptions) {
    this.#webSocket = new WebSocketConnection(socket, head, LIMITS, this)
    this.#reader = reader
    this.#writer = writer
    this.#facts = facts
    this.#shared = shared
    this.#pump = new Pump(reader, since, socket, this, shared.metrics)
    shared.heartbeats.add(this)
    shared.shutdownListeners.add(this)
  }

  onPage(page: Page): void {
    if (!this.#webSocket.isOpen) return
    const bytes = asFrame(page)
    this.#webSocket.send(bytes)
    this.#shared.metrics.bytes += bytes.length
  }

  onHeartbeat(): void {
    if (!this.#isAlive) return void this.#webSocket.terminate()
    this.#isAlive = false
    this.#webSocket.ping()
    this.#webSocket.send(HEARTBEAT)
  }

  onShutdown(): void {
    this.#pump.stop()
    this.#webSocket.close(1001, 'stopping')
  }

  onClose(_webSocket: WebSocketConnection, code: number): void {
    if (code === 1000 || code === 1001) this.onHere({ leaving: true }) // the client has left; a broken connection is 1006
    this.#pump.stop()
    this.#shared.heartbeats.delete(this)
    this.#shared.shutdownListeners.delete(this)
  }

  /** A sign of life of the line, not of the page: a browser answers pings also for a page that is frozen. */
  onPong(): void {
    this.#isAlive = true
  }

  // A socket is the one stream on which the reader speaks, too.
  onMessage(_webSocket: WebSocketConnection, opcode: DataOpcode, payload: Uint8Array): void {
    this.onHere({})
    try {
      if (opcode !== TEXT) throw new ChatError('wrong-type', 'send text frames: this chat has no binary ones')
      takeClientFrame(utf8.decode(payload), this.#writer, this)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  onHere(update: PresenceUpdate): void {
    this.#isAlive = true
    this.#reader.onActivity(update)
  }

  answer(frame: ServerFrame): void {
    this.#webSocket.reply(textFrame(JSON.stringify(frame)))
    if (frame.type === 'rejected')
      this.#shared.metrics.refused(new ChatError(frame.code, frame.message), this.#facts)
  }

  fail(thrown: unknown): void {
    this.onEnd(inOurWords(thrown))
  }

  onEnd(why: ChatError): void {
    this.#pump.stop()
    this.#shared.metrics.refused(why, this.#facts)
    this.answer({ type: 'error', ...why.toJSON() })
    this.#webSocket.close(why.closeCode ?? 1008, why.code)
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
