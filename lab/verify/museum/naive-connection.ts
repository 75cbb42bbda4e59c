/** One connection of the museum's server: from the first byte of the handshake to the end. */
import type { Socket } from 'node:net'
import type { Bugs } from './bugs.ts'
import { type Frame, frameOf, ProtocolError, takeFrame } from './naive-frames.ts'
import { acceptance, keyIn, REFUSAL } from './naive-handshake.ts'

const [TEXT, CLOSE, PING, PONG] = [1, 8, 9, 10]
/** What `socket_write` takes at once from a socket that does not block: the rest is the caller's to send. */
const ONE_WRITE = 16_384
const MAX_HEAD = 16_384
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export interface ConnectionOptions {
  readonly bugs: Bugs
  /** How long a client may take over its handshake, in milliseconds. */
  readonly handshakeMs: number
  /** Called with each message, to be sent to all. */
  readonly publish: (opcode: number, payload: Buffer) => void
}

export class NaiveConnection {
  readonly #socket: Socket
  readonly #options: ConnectionOptions
  readonly #handshake: NodeJS.Timeout | null
  #state: 'handshake' | 'open' | 'closed' = 'handshake'
  #bytes = Buffer.alloc(0)
  /** The fragments of the message that is coming; null between two messages. */
  #message: { readonly opcode: number; readonly parts: Buffer[] } | null = null

  constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket
    this.#options = options
    const { bugs, handshakeMs } = options
    this.#handshake = bugs.has('handshakes-stay') ? null : setTimeout(() => socket.destroy(), handshakeMs)
    socket.on('data', (bytes) => this.#take(bytes))
    socket.on('close', () => clearTimeout(this.#handshake ?? undefined))
  }

  get isOpen(): boolean {
    return this.#state === 'open'
  }

  send(opcode: number, payload: Buffer): void {
    const bytes = frameOf(opcode, payload, this.#options.bugs)
    // A half-written frame: what did not go out is forgotten, and the next frame follows it all the same.
    this.#socket.write(this.#options.bugs.has('half-written') ? bytes.subarray(0, ONE_WRITE) : bytes)
  }

  #take(bytes: Buffer): void {
    if (this.#state === 'closed') return
    const { bugs } = this.#options
    this.#bytes = Buffer.concat([this.#bytes, bytes])
    if (this.#state === 'handshake' && !this.#shakeHands()) return
    if (bugs.has('seven-bytes') && this.#bytes.length < 7) this.#bytes = Buffer.alloc(0)
    try {
      this.#takeFrames()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#close(Buffer.from([error.code >> 8, error.code & 0xff]))
    }
  }

  /** @returns whether the handshake is done, and what is left are frames */
  #shakeHands(): boolean {
    const end = this.#bytes.indexOf('\r\n\r\n')
    if (end < 0) {
      if (this.#bytes.length > MAX_HEAD) this.#socket.destroy()
      return false
    }
    const key = keyIn(this.#bytes.toString('latin1', 0, end + 2), this.#options.bugs)
    clearTimeout(this.#handshake ?? undefined)
    this.#bytes = this.#bytes.subarray(end + 4)
    this.#state = key === null ? 'closed' : 'open'
    if (key === null) this.#socket.end(REFUSAL)
    else this.#socket.write(acceptance(key))
    return key !== null
  }

  #takeFrames(): void {
    while (this.#state === 'open') {
      const taken = takeFrame(this.#bytes, this.#options.bugs)
      if (!taken) return
      this.#bytes = Buffer.from(taken.rest)
      if (this.#options.bugs.has('read-is-a-frame')) this.#bytes = Buffer.alloc(0)
      this.#takeFrame(taken.frame)
    }
  }

  #takeFrame(frame: Frame): void {
    const { bugs } = this.#options
    const { opcode, payload } = frame
    // `bin2hex` and the second digit: 1 is text, 8 is close, and there is no `else`.
    if (bugs.has('hex-opcode') && opcode !== TEXT && opcode !== CLOSE) return
    check(frame, this.#message !== null, bugs)
    if (opcode === CLOSE) this.#answerClose(payload)
    else if (opcode === PING) {
      if (!bugs.has('pings-ignored')) this.send(PONG, payload)
    } else if (opcode !== PONG) this.#takeFragment(frame)
  }

  #takeFragment({ fin, opcode, payload }: Frame): void {
    const { bugs, publish } = this.#options
    if (bugs.has('fragments-ignored')) {
      if (opcode !== 0) publish(opcode, payload)
      return
    }
    this.#message ??= { opcode, parts: [] }
    this.#message.parts.push(payload)
    if (!fin) return
    const message = this.#message
    this.#message = null
    const whole = Buffer.concat(message.parts)
    if (message.opcode === TEXT && !bugs.has('utf8-unchecked')) checkText(whole)
    publish(message.opcode, whole)
  }

  #answerClose(payload: Buffer): void {
    if (this.#options.bugs.has('no-close-handshake')) {
      this.#state = 'closed'
      this.#socket.end()
      return
    }
    if (payload.length === 1) throw new ProtocolError(1002)
    if (payload.length > 0 && !mayBeSent(payload.readUInt16BE(0))) throw new ProtocolError(1002)
    checkText(payload.subarray(2))
    this.#close(payload)
  }

  #close(payload: Buffer): void {
    this.send(CLOSE, payload)
    this.#state = 'closed'
    this.#socket.end()
  }
}

/** What RFC 6455 §5.2 to §5.5 forbid. @throws ProtocolError 1002 */
function check({ fin, reserved, opcode, payload }: Frame, isInside: boolean, bugs: Bugs): void {
  const isControl = opcode >= CLOSE
  const isKnown = opcode <= 2 || (isControl && opcode <= PONG)
  if (reserved !== 0 || !isKnown) throw new ProtocolError(1002)
  if (isControl && (!fin || payload.length > 125)) throw new ProtocolError(1002)
  if (!isControl && !bugs.has('fragments-ignored') && (opcode === 0) !== isInside)
    throw new ProtocolError(1002)
}

/** @throws ProtocolError 1007 */
function checkText(bytes: Buffer): void {
  try {
    utf8.decode(bytes)
  } catch {
    throw new ProtocolError(1007)
  }
}

/** RFC 6455 §7.4, and what IANA has registered since. */
const mayBeSent = (code: number) =>
  (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
