/**
 * Plain TCP, server side: a connection, and lines both ways on it.
 *
 * A first line that begins with `{` comes from a program (server-program.ts), any other from a person (server-person.ts). Lines for
 * people begin with `#`, and programs pass over those, so the server may greet without knowing which of them it is.
 */
import type { Socket } from 'node:net'
import { inOurWords } from '../../lab/server/http/errors.ts'
import { createHeartbeats } from '../../lab/server/transport-kit/heartbeats.ts'
import type { TcpLab, TcpTransport } from '../../lab/server/transport-kit/server-transport.ts'
import { shutdownListenersOn } from '../../lab/server/transport-kit/shutdown.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { asLine, LineReader } from './lines.ts'
import { beginsTls, HTTP_REFUSAL, isRequestLine, TLS_ALERT } from './server-other-protocols.ts'
import { GREETING, servePerson } from './server-person.ts'
import { serveProgram } from './server-program.ts'
import type { Connection, Session, Shared } from './server-session.ts'
import { HEARTBEAT_MS } from './transport.ts'

/** A peer that is silent for so long after connecting is taken for a person who waits to be greeted. */
const GREET_MS = 400
/** A person reads the greeting and types a name. */
const IDENTIFY_MS = 60_000
/** Longest line before the peer has said whose it is: a name, a room, or a hello with a token and a cursor. */
const FIRST_LINE_BYTES = 4 * 1024

const tcp: TcpTransport = {
  carriedBy: 'tcp',
  identifyMs: IDENTIFY_MS,
  open(lab: TcpLab) {
    const { clock, shutdown, metrics, heartbeatMs = HEARTBEAT_MS } = lab
    const heartbeats = createHeartbeats(heartbeatMs, clock, shutdown)
    const shutdownListeners = shutdownListenersOn(shutdown)
    metrics.readers = () => shutdownListeners.size
    const shared: Shared = { lab, heartbeats, heartbeatMs, shutdownListeners }
    return (socket) => void new OpenConnection(socket, shared)
  },
  refuse(socket, error) {
    socket.write(asLine({ type: 'error', ...error.toJSON() }))
  },
}

/**
 * Everything that happens on one connection, until it closes. A class, since ten thousand are open at once: its methods
 * are shared, and its listeners are functions that find it on the socket.
 */
class OpenConnection implements Connection {
  readonly socket: Socket
  readonly shared: Shared
  isGreeted = false
  readonly #lines = new LineReader(FIRST_LINE_BYTES)
  #stopGreeting: (() => void) | null
  #session: Session | null = null
  #isOver = false

  constructor(socket: OwnedSocket, shared: Shared) {
    this.socket = socket
    this.shared = shared
    this.#stopGreeting = shared.lab.clock.after(GREET_MS, () => this.#greet())
    socket[CONNECTION] = this
    socket.on('data', onData)
    socket.on('close', onClose)
  }

  onData(bytes: Buffer): void {
    if (this.#isOver) return
    this.#forgetGreeting()
    try {
      if (!this.#session && beginsTls(bytes)) return void this.#refuse(TLS_ALERT, 'TLS')
      for (const line of this.#lines.take(bytes)) {
        if (!this.#session && isRequestLine(line))
          return void this.#refuse(this.isGreeted ? '' : HTTP_REFUSAL, 'HTTP')
        this.#session ??= line.startsWith('{') ? serveProgram(this) : servePerson(this)
        this.#session.onLine(line)
        if (this.#isOver) return
      }
    } catch (thrown) {
      this.closeWithError(inOurWords(thrown))
    }
    this.#applyBackpressure()
  }

  onClose(): void {
    this.#isOver = true
    this.#forgetGreeting()
    this.#session?.stop()
  }

  allow(maxBytes: number): void {
    this.#lines.maxBytes = maxBytes
  }

  closeWithError(why: ChatError): void {
    if (this.#isOver) return
    this.shared.lab.metrics.refused(why, this.#facts())
    if (this.#session) this.#session.tell(why)
    else this.socket.write(asLine({ type: 'error', ...why.toJSON() }))
    this.close()
  }

  /** What was written still goes out; nothing more is read, or one that does not read us would stay for ever. */
  close(): void {
    this.#isOver = true
    this.#session?.stop()
    this.socket.destroySoon()
  }

  #greet(): void {
    this.isGreeted = true
    this.socket.write(GREETING)
  }

  #forgetGreeting(): void {
    this.#stopGreeting?.()
    this.#stopGreeting = null
  }

  /** A peer that sends without reading is not read either, or its answers would pile up here. */
  #applyBackpressure(): void {
    const { socket } = this
    if (!socket.writableNeedDrain || socket.isPaused()) return
    socket.pause()
    socket.once('drain', () => socket.resume())
  }

  #refuse(answer: string | Uint8Array, protocol: string): void {
    const error = new ChatError('bad-request', `${protocol} on the TCP transport's port`)
    this.shared.lab.metrics.refused(error, this.#facts())
    if (answer.length > 0) this.socket.write(answer)
    this.close()
  }

  #facts() {
    return { address: this.socket.remoteAddress ?? '' }
  }
}

const CONNECTION = Symbol('OpenConnection')
type OwnedSocket = Socket & { [CONNECTION]?: OpenConnection }

function onData(this: OwnedSocket, bytes: Buffer): void {
  this[CONNECTION]!.onData(bytes)
}
function onClose(this: OwnedSocket): void {
  this[CONNECTION]!.onClose()
}

export default tcp
