/**
 * A program on the line: one JSON object per line, both ways.
 *
 * The first says whose the connection is: `{"type":"hello","room":…}`, with `since`, `token` and `clientId` as far as
 * there are any. All that follows are the frames that a WebSocket carries, one to a line.
 */

import { inOurWords } from '../../lab/server/http/errors.ts'
import { oncePerPage } from '../../lab/server/transport-kit/encode.ts'
import { Pump } from '../../lab/server/transport-kit/pump.ts'
import type { Reader } from '../../lab/server/transport-kit/room-gateway.ts'
import { parseJson, parseRoomName, record } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import { quoted } from '../../lab/wire/names.ts'
import type { PresenceUpdate } from '../../lab/wire/presence.ts'
import type { ServerFrame } from '../_formats/chat-frames.ts'
import { type FrameTaker, pageAsFrame, takeClientFrame } from '../_web-socket/server-chat.ts'
import { asLine } from './lines.ts'
import type { Session, SessionOptions } from './server-session.ts'

export function serveProgram({ socket, shared, allow, closeWithError, close }: SessionOptions): Session {
  const { heartbeats, heartbeatMs, shutdownListeners, lab } = shared
  const { metrics } = lab
  const taker: FrameTaker = { onHere: markAlive, answer, fail }
  let isAlive = true
  let reader: Reader | null = null
  let pump: Pump | null = null
  let onLine = open
  const program = { onPage, onEnd: closeWithError, onHeartbeat, onShutdown }

  /** The first line. */
  function open(line: string) {
    const { room, since, token, clientId } = helloFrom(line)
    const peer = lab.peerOf(socket, { room, token, clientId })
    reader = lab.gateway.openReader(peer, room, heartbeatMs)
    reader.check(since)
    const writer = lab.gateway.openWriter(peer, room)
    allow(MAX_DRAFT_BYTES)
    // There is no handshake that says so: without this, a client could not tell being let in from being kept waiting.
    socket.write(OPEN)
    onLine = (next) => {
      markAlive()
      if (next === BYE) return leave()
      takeClientFrame(next, writer, taker)
    }
    heartbeats.add(program)
    shutdownListeners.add(program)
    pump = new Pump(reader, since, socket, program, metrics)
  }
  function onPage(page: Page) {
    const bytes = encode(page)
    socket.write(bytes)
    metrics.bytes += bytes.length
  }
  /** TCP has no ping of its own that a program could see: the heartbeat must be a line, and so must its answer. */
  function onHeartbeat() {
    if (!isAlive) return void socket.destroy()
    isAlive = false
    if (!socket.writableNeedDrain) socket.write(HEARTBEAT)
  }
  function onShutdown() {
    closeWithError(new ChatError('stopping', 'the server is going away; try again soon'))
  }
  /**
   * The end of a connection says nothing: the kernel sends the same FIN for a program that has crashed. So a reader who
   * leaves for good says it, and only then its lease ends at once.
   */
  function leave() {
    markAlive({ leaving: true })
    close()
  }
  function markAlive(update: PresenceUpdate = {}) {
    isAlive = true
    reader?.onActivity(update)
  }
  function answer(frame: ServerFrame) {
    socket.write(asLine(frame))
    if (frame.type === 'rejected')
      metrics.refused(new ChatError(frame.code, frame.message), { address: socket.remoteAddress ?? '' })
  }
  function fail(thrown: unknown) {
    closeWithError(inOurWords(thrown))
  }

  return {
    onLine: (line) => onLine(line),
    tell: (why) => void socket.write(asLine({ type: 'error', ...why.toJSON() })),
    stop() {
      pump?.stop()
      heartbeats.delete(program)
      shutdownListeners.delete(program)
    },
  }
}

interface Hello {
  readonly room: string
  readonly since: Cursor | null
  readonly token: string | null
  readonly clientId: string | null
}

/** @throws ChatError `bad-json`, `bad-frame` or `bad-room` */
function helloFrom(line: string): Hello {
  const { type, room, since, token, clientId, ...unknown } = record(parseJson(line), 'bad-frame', 'a frame')
  if (type !== 'hello') throw new ChatError('bad-frame', 'the first line must be of the type "hello"')
  const extra = Object.keys(unknown)[0]
  if (extra !== undefined) throw new ChatError('bad-frame', `unknown field ${quoted(extra)}`)
  return {
    room: parseRoomName(room),
    since: textOr('since', since) as Cursor | null,
    token: textOr('token', token),
    clientId: textOr('clientId', clientId),
  }
}

function textOr(name: string, value: unknown): string | null {
  if (value === undefined || value === null) return null
  if (typeof value === 'string') return value
  throw new ChatError('bad-frame', `${name} must be a text`)
}

/** A page as the bytes of one line, the same for every reader. */
const encode = oncePerPage((page) => Buffer.from(`${pageAsFrame(page)}\n`))

const OPEN = asLine({ type: 'open' })
const BYE = JSON.stringify({ type: 'bye' })
const HEARTBEAT = asLine({ type: 'heartbeat' } satisfies ServerFrame)
