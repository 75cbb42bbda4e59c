/**
 * From bytes to messages: the receiving half of a WebSocket (RFC 6455 §5, §6.2).
 *
 * TCP carries bytes and no frames. A read may bring half a header or a hundred frames, so the parser keeps its place
 * between two reads. What it keeps is bounded by the limits, however the peer cuts its bytes: at most 14 bytes of a
 * header, 125 of a control frame, and twice what has come of a message. Each byte is copied once as it is unmasked,
 * and a growing message is moved each time that it doubles: no piece of a socket's memory is held on to.
 */
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  type DataOpcode,
  FIN,
  FrameError,
  isCloseCode,
  isControl,
  LENGTH,
  MASK,
  MAX_HEADER,
  NO_CODE,
  OPCODE,
  PING,
  TEXT,
} from './ws-frame.ts'
import { checkMinimal, checkStart, headerSize, payloadLength } from './ws-header.ts'
import { copyMasked, keyAt } from './ws-mask.ts'
import { Utf8Validator } from './ws-utf8.ts'

export interface ParserLimits {
  /** Whether frames must be masked: true on a server, false on a client (§5.1). */
  readonly masked: boolean
  /** Longest message, in bytes of payload, all fragments together. */
  readonly maxMessage: number
  /** Most fragments of a message, empty ones included. */
  readonly maxFragments: number
}

/** Who is told what came. Each is called in order, and inside of {@link FrameParser.take}. */
export interface FrameHandlers {
  /** @param payload of a text, valid UTF-8. It is the handler's to keep */
  onMessage(opcode: DataOpcode, payload: Uint8Array): void
  onPing(payload: Uint8Array): void
  onPong(payload: Uint8Array): void
  /** Nothing is parsed after it. @param code 1005 when the frame has none */
  onClose(code: number, reason: string): void
}

const NOTHING = new Uint8Array(0)
const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

export class FrameParser {
  readonly #handlers: FrameHandlers
  readonly #limits: ParserLimits
  /** What has come of a header that is not whole. Made when it is needed, which is seldom. */
  #header: Uint8Array | null = null
  #headerSize = 0
  /** The frame whose payload is coming. */
  #first = 0
  #key = 0
  #length = 0
  /** Bytes of its payload that have not come; −1 between two frames. */
  #left = -1
  /** What has come of a control frame. It may stand inside of a message, so it has memory of its own. */
  #control: Uint8Array = NOTHING
  /** The message that is coming; CONTINUATION between two messages. */
  #opcode: DataOpcode | typeof CONTINUATION = CONTINUATION
  #message: Uint8Array = NOTHING
  #size = 0
  #fragments = 0
  #utf8: Utf8Validator | null = null
  #isOver = false
  /** Bytes of the present read that have not been looked at. */
  #unread = 0

  constructor(handlers: FrameHandlers, limits: ParserLimits) {
    this.#handlers = handlers
    this.#limits = limits
  }

  /** Whether, inside of {@link take}, more has been read than was parsed yet: an answer will not be the last one. */
  get hasMore(): boolean {
    return this.#unread > 0
  }

  /**
   * Parses what has come; what is not whole waits for the next call. After a close frame or an error, it does nothing.
   *
   * @param bytes a read of any size. They are only looked at, and may be used again afterwards
   * @throws FrameError when the connection must fail
   */
  take(bytes: Uint8Array): void {
    let at = 0
    try {
      while (at < bytes.length && !this.#isOver) {
        at = this.#left < 0 ? this.#takeHeader(bytes, at) : this.#takePayload(bytes, at)
        if (this.#left === 0) {
          this.#left = -1
          this.#unread = bytes.length - at
          this.#endFrame()
        }
      }
    } catch (error) {
      this.stop()
      throw error
    } finally {
      this.#unread = 0
    }
  }

  /** Nothing will be parsed any more, and nothing is kept. */
  stop(): void {
    this.#isOver = true
    this.#header = null
    this.#message = NOTHING
    this.#control = NOTHING
  }

  #takeHeader(bytes: Uint8Array, at: number): number {
    if (this.#headerSize === 0 && at + 2 <= bytes.length) {
      const size = headerSize(bytes[at + 1]!)
      if (at + size <= bytes.length) {
        this.#beginFrame(bytes, at, size)
        return at + size
      }
    }
    // A byte at a time, into memory of its own: 14 bytes at most.
    this.#header ??= new Uint8Array(MAX_HEADER)
    const header = this.#header
    while (at < bytes.length) {
      header[this.#headerSize++] = bytes[at++]!
      if (this.#headerSize < 2) continue
      if (this.#headerSize === 2) checkStart(header[0]!, header[1]!, this.#expectations())
      if (this.#headerSize === headerSize(header[1]!)) {
        this.#beginFrame(header, 0, this.#headerSize)
        this.#headerSize = 0
        this.#header = null
        break
      }
    }
    return at
  }

  #expectations() {
    return { masked: this.#limits.masked, insideMessage: this.#opcode !== CONTINUATION }
  }

  #beginFrame(bytes: Uint8Array, at: number, size: number): void {
    const first = bytes[at]!
    const second = bytes[at + 1]!
    checkStart(first, second, this.#expectations())
    const length = payloadLength(bytes, at)
    const opcode = first & OPCODE
    if (!isControl(opcode)) this.#countFragment(opcode, length)
    checkMinimal(second & LENGTH, length)
    this.#first = first
    this.#key = second & MASK ? keyAt(bytes, at + size - 4) : 0
    this.#length = length
    this.#left = length
  }

  /** The limits are held against what the header claims, before any of it is waited for. */
  #countFragment(opcode: number, length: number): void {
    const { maxMessage, maxFragments } = this.#limits
    if (this.#size + length > maxMessage)
      throw new FrameError(1009, `a message has at most ${maxMessage} bytes`)
    if (++this.#fragments > maxFragments)
      throw new FrameError(1008, `a message has at most ${maxFragments} fragments`)
    if (opcode === CONTINUATION) return
    this.#opcode = opcode as DataOpcode
    if (opcode === TEXT) this.#utf8 ??= new Utf8Validator()
  }

  #takePayload(bytes: Uint8Array, at: number): number {
    const end = Math.min(at + this.#left, bytes.length)
    const phase = this.#length - this.#left
    this.#left -= end - at
    if (isControl(this.#first & OPCODE)) {
      if (phase === 0) this.#control = new Uint8Array(this.#length)
      copyMasked(bytes, at, end, this.#control, phase, this.#key, phase)
      return end
    }
    const size = this.#size + end - at
    this.#reserve(size)
    copyMasked(bytes, at, end, this.#message, this.#size, this.#key, phase)
    if (this.#opcode === TEXT && !this.#utf8!.take(this.#message, this.#size, size)) throw notUtf8()
    this.#size = size
    return end
  }

  /** Doubles, so that a message in n pieces is moved log n times; and takes no more than a last frame claims. */
  #reserve(size: number): void {
    const { length } = this.#message
    if (size <= length) return
    const most = this.#first & FIN ? size + this.#left : this.#limits.maxMessage
    const larger = new Uint8Array(Math.max(size, Math.min(2 * length, most)))
    if (this.#size > 0) larger.set(this.#message.subarray(0, this.#size))
    this.#message = larger
  }

  #endFrame(): void {
    const opcode = this.#first & OPCODE
    if (isControl(opcode)) {
      const payload = this.#control
      this.#control = NOTHING
      if (opcode === PING) this.#handlers.onPing(payload)
      else if (opcode === CLOSE) this.#endAll(payload)
      else this.#handlers.onPong(payload)
    } else if (this.#first & FIN) this.#endMessage()
  }

  #endMessage(): void {
    const opcode = this.#opcode === TEXT ? TEXT : BINARY
    const message = this.#message
    const size = this.#size
    if (opcode === TEXT && !this.#utf8!.isComplete) throw notUtf8()
    this.#opcode = CONTINUATION
    this.#message = NOTHING
    this.#size = 0
    this.#fragments = 0
    this.#handlers.onMessage(opcode, message.length === size ? message : message.subarray(0, size))
  }

  /** §5.5.1: no body, or a code and a reason in UTF-8. */
  #endAll(payload: Uint8Array): void {
    this.stop()
    if (payload.length === 0) {
      this.#handlers.onClose(NO_CODE, '')
      return
    }
    if (payload.length === 1) throw new FrameError(1002, 'a close code has two bytes')
    const code = (payload[0]! << 8) | payload[1]!
    if (!isCloseCode(code)) throw new FrameError(1002, `close code ${code} must not be sent`)
    const reason = payload.subarray(2)
    const utf8 = new Utf8Validator()
    if (!utf8.take(reason) || !utf8.isComplete) throw notUtf8()
    this.#handlers.onClose(code, decoder.decode(reason))
  }
}

const notUtf8 = () => new FrameError(1007, 'a text is not UTF-8')
