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
    sockets.handleUpgrade(
      request.raw,
      socket,
      head,
      (webSocket) => new OpenSocket({ webSocket, socket, reader, since, writer, facts, shared }),
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
  readonly shutdownListeners: Set<Stopping>
  readonly metrics: TransportMetrics
}

interface SocketOptions {
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

const OWNER = Symbol('OpenSocket')
type OwnedWebSocket = WebSocket & { [OWNER]?: OpenSocket }

/**
 * Everything that happens on one socket, until it closes. A class, since ten thousand are open at once: its methods are
 * shared, and closures would be made for each. For the same reason the listeners are functions that find their owner.
 */
class OpenSocket implements PumpOwner, Beating, Stopping, FrameTaker {
  readonly #webSocket: WebSocket
  readonly #socket: Duplex
  readonly #reader: Reader
  readonly #writer: Writer
  readonly #facts: Facts
  readonly #shared: Shared
  readonly #encode: (page: Page) => Buffer
  readonly #pump: Pump
  #isAlive = true

  constructor({ webSocket, socket, reader, since, writer, facts, shared }: SocketOptions) {
    this.#webSocket = webSocket
    this.#socket = socket
    this.#reader = reader
    this.#writer = writer
    this.#facts = facts
    this.#shared = shared
    // `ws` writes each frame whole, so frames of our own making may stand between its frames.
    this.#encode = webSocket.extensions.includes('permessage-deflate') ? asCompressedFrame : asFrame
    this.#pump = new Pump(reader, since, socket, this, shared.metrics)

    ;(webSocket as OwnedWebSocket)[OWNER] = this
    webSocket.on('pong', onPong)
    webSocket.on('ping', onPing)
    webSocket.on('message', onMessage)
    // `ws` closes by itself, with 1002, 1007 or 1009, what breaks the protocol or its limit.
    webSocket.on('error', ignore)
    webSocket.on('close', onClose)
    shared.heartbeats.add(this)
    shared.shutdownListeners.add(this)
  }

  onPage(page: Page): void {
    if (this.#webSocket.readyState !== this.#webSocket.OPEN) return
    const bytes = this.#encode(page)
    this.#socket.write(bytes)
    this.#shared.metrics.bytes += bytes.length
  }

  onHeartbeat(): void {
    if (!this.#isAlive) return void this.#webSocket.terminate()
    this.#isAlive = false
    this.#webSocket.ping()
    this.#send({ type: 'heartbeat' })
  }

  onShutdown(): void {
    this.#pump.stop()
    this.#webSocket.close(1001, 'stopping')
  }

  onClose(code: number): void {
    if (code === 1000 || code === 1001) this.onHere({ leaving: true }) // the client has left; a broken connection is 1006
    this.#pump.stop()
    this.#shared.heartbeats.delete(this)
    this.#shared.shutdownListeners.delete(this)
  }

  /**
   * A sign of life of the line, not of the page: a browser answers pings in a process of its own, also for a page
   * that is frozen. No reader is here by a pong.
   */
  onPong(): void {
    this.#isAlive = true
  }

  // A socket is the one stream on which the reader speaks, too.
  onMessage(data: RawData, isBinary: boolean): void {
    this.onHere({})
    try {
      if (isBinary) throw new ChatError('wrong-type', 'send text frames: this chat has no binary ones')
      takeClientFrame(String(data), this.#writer, this)
    } catch (thrown) {
      this.fail(thrown)
    }
  }

  onHere(update: PresenceUpdate): void {
    this.#isAlive = true
    this.#reader.onActivity(update)
  }

  answer(frame: ServerFrame): void {
    this.#send(frame)
    this.applyBackpressure()
    if (frame.type === 'rejected')
      this.#shared.metrics.refused(new ChatError(frame.code, frame.message), this.#facts)
  }

  fail(thrown: unknown): void {
    this.onEnd(inOurWords(thrown))
  }

  onEnd(why: ChatError): void {
    this.#pump.stop()
    this.#shared.metrics.refused(why, this.#facts)
    this.#send({ type: 'error', ...why.toJSON() })
    this.#webSocket.close(why.closeCode ?? 1008, why.code)
  }

  /** A peer that sends without reading is not read either, or its answers would pile up here. */
  applyBackpressure(): void {
    const webSocket = this.#webSocket
    if (!this.#socket.writableNeedDrain || webSocket.isPaused) return
    webSocket.pause()
    this.#socket.once('drain', () => webSocket.resume())
  }

  #send(frame: ServerFrame): void {
    this.#webSocket.send(JSON.stringify(frame))
  }
}

function onPong(this: OwnedWebSocket): void {
  this[OWNER]!.onPong()
}
function onPing(this: OwnedWebSocket): void {
  this[OWNER]!.applyBackpressure()
}
function onMessage(this: OwnedWebSocket, data: RawData, isBinary: boolean): void {
  this[OWNER]!.onMessage(data, isBinary)
}
function onClose(this: OwnedWebSocket, code: number): void {
  this[OWNER]!.onClose(code)
}
function ignore(): void {}

/** A page as the bytes of one frame, the same for every reader. */
const asFrame = oncePerPage((page) => textFrame(pageAsFrame(page)))
const asCompressedFrame = oncePerPage((page) => compressedTextFrame(pageAsFrame(page)))

export default websocket
