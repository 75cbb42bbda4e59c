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
import type { Session, Shared } from './server-session.ts'
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
    return (socket) => serveSocket(socket, shared)
  },
  refuse(socket, error) {
    socket.write(asLine({ type: 'error', ...error.toJSON() }))
  },
}

/** Everything that happens on one connection, until it closes. */
function serveSocket(socket: Socket, shared: Shared): void {
  const { metrics, clock } = shared.lab
  const lines = new LineReader(FIRST_LINE_BYTES)
  let session: Session | null = null
  let isGreeted = false
  let isOver = false
  const stopGreeting = clock.after(GREET_MS, greet)
  socket.on('data', onData)
  socket.once('close', onClose)

  function greet() {
    isGreeted = true
    socket.write(GREETING)
  }
  function onData(bytes: Buffer) {
    if (isOver) return
    stopGreeting()
    try {
      if (!session && beginsTls(bytes)) return refuse(TLS_ALERT, 'TLS')
      for (const line of lines.take(bytes)) {
        if (!session && isRequestLine(line)) return refuse(isGreeted ? '' : HTTP_REFUSAL, 'HTTP')
        session ??= sessionFor(line)
        session.onLine(line)
        if (isOver) return
      }
    } catch (thrown) {
      closeWithError(inOurWords(thrown))
    }
    applyBackpressure()
  }
  function sessionFor(line: string): Session {
    const serve = line.startsWith('{') ? serveProgram : servePerson
    const allow = (maxBytes: number) => (lines.maxBytes = maxBytes)
    return serve({ socket, shared, allow, isGreeted, closeWithError, close })
  }
  /** A peer that sends without reading is not read either, or its answers would pile up here. */
  function applyBackpressure() {
    if (!socket.writableNeedDrain || socket.isPaused()) return
    socket.pause()
    socket.once('drain', () => socket.resume())
  }
  function refuse(answer: string | Uint8Array, protocol: string) {
    metrics.refused(new ChatError('bad-request', `${protocol} on the TCP transport's port`), facts())
    if (answer.length > 0) socket.write(answer)
    close()
  }
  function closeWithError(why: ChatError) {
    if (isOver) return
    metrics.refused(why, facts())
    if (session) session.tell(why)
    else socket.write(asLine({ type: 'error', ...why.toJSON() }))
    close()
  }
  /** What was written still goes out; nothing more is read, or one that does not read us would stay for ever. */
  function close() {
    isOver = true
    session?.stop()
    socket.destroySoon()
  }
  function onClose() {
    isOver = true
    stopGreeting()
    session?.stop()
  }
  function facts() {
    return { address: socket.remoteAddress ?? '' }
  }
}

export default tcp
