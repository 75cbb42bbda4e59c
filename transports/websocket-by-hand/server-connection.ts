/**
 * One WebSocket, server side: frames from and to a socket, and the closing handshake (RFC 6455 §5, §7).
 *
 *     open ── a close frame goes out ──> closing ── theirs comes ──> closed ── the socket closes
 *       └──── theirs comes, ours answers, or what came breaks the protocol ──^
 *
 * It knows nothing of a chat. A class, since ten thousand are open at once: methods are shared, and closures would be
 * made for each. For the same reason its listeners are functions that find their connection on the socket.
 */
import { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { closeFrame, serverFrame } from '../_formats/ws-encoder.ts'
import { type DataOpcode, FrameError, NO_CLOSE_FRAME, NO_CODE, PING, PONG } from '../_formats/ws-frame.ts'
import { type FrameHandlers, FrameParser, type ParserLimits } from '../_formats/ws-parser.ts'

/** How long a peer may take to answer our close frame, and to close its end, before the socket is cut (§7.1.1). */
export const CLOSE_MS = 3_000
/** Most pongs that may wait for the socket to take them: who pings more than it reads is no honest peer. */
const MAX_PONGS = 64

export interface ConnectionHandlers {
  /** @param payload of a text, valid UTF-8 */
  onMessage(connection: WebSocketConnection, opcode: DataOpcode, payload: Uint8Array): void
  /** The peer has answered a ping. */
  onPong?(connection: WebSocketConnection): void
  /** The socket has closed. @param code of the peer's close frame: 1005 when it had none, 1006 when none came */
  onClose?(connection: WebSocketConnection, code: number): void
}

const PING_FRAME = serverFrame(PING, new Uint8Array(0))
const CONNECTION = Symbol('WebSocket')
type OwnedSocket = Duplex & { [CONNECTION]?: WebSocketConnection }

export class WebSocketConnection implements FrameHandlers {
  /** A TCP connection, or a stream of HTTP/2 that stands for one. */
  readonly socket: Duplex
  readonly #handlers: ConnectionHandlers
  readonly #limits: ParserLimits
  /** Made when the first byte comes: most connections only listen. */
  #parser: FrameParser | null = null
  #state: 'open' | 'closing' | 'closed' = 'open'
  #code = NO_CLOSE_FRAME
  #pongs = 0
  #cut: NodeJS.Timeout | undefined

  /**
   * Takes over a socket that has been answered with 101.
   *
   * @param head what came behind the request: the first frames may be in the same packet
   */
  constructor(socket: Duplex, head: Uint8Array, limits: ParserLimits, handlers: ConnectionHandlers) {
    this.socket = socket
    this.#handlers = handlers
    this.#limits = limits
    ;(socket as OwnedSocket)[CONNECTION] = this
    if (socket instanceof Socket) socket.setTimeout(0).setNoDelay(true)
    // HTTP keeps its end open when the peer has closed its own. Here there is nothing left to say then.
    socket.allowHalfOpen = false
    if (head.length > 0) socket.unshift(head)
    socket.on('error', onError)
    socket.on('data', onData)
    socket.on('close', onClose)
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  /** Sends a frame that was built before: the same bytes may go to any number of connections. */
  send(frame: Uint8Array): void {
    if (this.#state !== 'open') return
    // When more frames came in the same read, the answers to all of them go out in one write.
    if (this.#parser?.hasMore && this.socket.writableCorked === 0) this.socket.cork()
    this.socket.write(frame)
  }

  /** Sends an answer. A peer that asks without reading is not read either, or its answers would pile up here. */
  reply(frame: Uint8Array): void {
    this.send(frame)
    if (!this.socket.writableNeedDrain || this.socket.isPaused()) return
    this.socket.pause()
    this.socket.once('drain', resume)
  }

  ping(): void {
    this.send(PING_FRAME)
  }

  /** Begins the closing handshake; the peer has {@link CLOSE_MS} to answer. Nothing is sent afterwards. */
  close(code: number, reason = ''): void {
    if (this.#state !== 'open') return
    this.send(closeFrame(code, reason))
    this.#state = 'closing'
    this.#cutLater()
  }

  /** Cuts the connection without a word: for a peer that is gone. */
  terminate(): void {
    this.#parser?.stop()
    this.socket.destroy()
  }

  onMessage(opcode: DataOpcode, payload: Uint8Array): void {
    if (this.#state === 'open') this.#handlers.onMessage(this, opcode, payload)
  }

  onPing(payload: Uint8Array): void {
    if (this.socket.writableLength === 0) this.#pongs = 0
    if (++this.#pongs > MAX_PONGS) this.terminate()
    else this.reply(serverFrame(PONG, payload))
  }

  onPong(): void {
    this.#handlers.onPong?.(this)
  }

  /** A close frame is answered with its own code and reason, unless it is the answer to ours (§5.5.1). */
  onClose(code: number, reason: string): void {
    this.#code = code
    if (this.#state === 'open') this.send(code === NO_CODE ? closeFrame() : closeFrame(code, reason))
    this.#end()
  }

  /** For {@link onData} alone. */
  take(bytes: Uint8Array): void {
    this.#parser ??= new FrameParser(this, this.#limits)
    try {
      this.#parser.take(bytes)
    } catch (error) {
      if (!(error instanceof FrameError)) throw error
      this.close(error.closeCode)
      this.#end()
    } finally {
      if (this.socket.writableCorked > 0) this.socket.uncork()
    }
  }

  /** For {@link onClose} alone. */
  closed(): void {
    clearTimeout(this.#cut)
    this.#state = 'closed'
    this.#parser?.stop()
    this.#handlers.onClose?.(this, this.#code)
  }

  /**
   * Both have said it, or the peer has broken the protocol: the server closes first (§7.1.1). What the peer still
   * sends is read and dropped, since closing over unread bytes would reset the connection, and the close frame with it.
   */
  #end(): void {
    this.#state = 'closed'
    this.#parser?.stop()
    this.socket.resume()
    this.socket.end()
    this.#cutLater()
  }

  #cutLater(): void {
    this.#cut ??= setTimeout(cut, CLOSE_MS, this.socket)
  }
}

function onData(this: OwnedSocket, bytes: Uint8Array): void {
  this[CONNECTION]!.take(bytes)
}

function onClose(this: OwnedSocket): void {
  this[CONNECTION]!.closed()
}

/** A socket that fails closes too, and that is what is listened for. */
function onError(): void {}

function resume(this: Duplex): void {
  this.resume()
}

function cut(socket: Duplex): void {
  socket.destroy()
}
