/**
 * A program on the line: one JSON object per line, both ways.
 *
 * The first says whose the connection is: `{"type":"hello","room":…}`, with `since`, `token` and `clientId` as far as
 * there are any. All that follows are the frames that a WebSocket carries, one to a line.
 */

import { inOurWords } from '../../lab/server/http/errors.ts'
import { oncePerPage } from '../../lab/server/transport-kit/encode.ts'
import type { Beating } from '../../lab/server/transport-kit/heartbeats.ts'
import { Pump, type PumpOwner } from '../../lab/server/transport-kit/pump.ts'
import type { Reader, Writer } from '../../lab/server/transport-kit/room-gateway.ts'
import type { Stopping } from '../../lab/server/transport-kit/shutdown.ts'
import { parseJson, parseRoomName, record } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import { quoted } from '../../lab/wire/names.ts'
import type { PresenceUpdate } from '../../lab/wire/presence.ts'
import type { ServerFrame } from '../_formats/chat-frames.ts'
import { type FrameTaker, pageAsFrame, takeClientFrame } from '../_web-socket/server-chat.ts'
import { asLine } from './lines.ts'
import type { Connection, Session } from './server-session.ts'

export const serveProgram = (connection: Connection): Session => new Program(connection)

/** A class, as the connection is, and with the methods of the siblings. */
class Program implements Session, PumpOwner, Beating, Stopping, FrameTaker {
  readonly #connection: Connection
  #isAlive = true
  #reader: Reader | null = null
  /** Null until the first line has come. */
  #writer: Writer | null = null
  #pump: Pump | null = null

  constructor(connection: Connection) {
    this.#connection = connection
  }

  onLine(line: string): void {
    if (!this.#writer) return void this.#open(line)
    this.onHere({})
    if (line === BYE) return void this.#leave()
    takeClientFrame(line, this.#writer, this)
  }

  onPage(page: Page): void {
    const bytes = encode(page)
    this.#connection.socket.write(bytes)
    this.#lab.metrics.bytes += bytes.length
  }

  /** TCP has no ping of its own that a program could see: the heartbeat must be a line, and so must its answer. */
  onHeartbeat(): void {
    const { socket } = this.#connection
    if (!this.#isAlive) return void socket.destroy()
    this.#isAlive = false
    if (!socket.writableNeedDrain) socket.write(HEARTBEAT)
  }

  onShutdown(): void {
    this.onEnd(new ChatError('stopping', 'the server is going away; try again soon'))
  }

  onEnd(why: ChatError): void {
    this.#connection.closeWithError(why)
  }

  onHere(update: PresenceUpdate): void {
    this.#isAlive = true
    this.#reader?.onActivity(update)
  }

  answer(frame: ServerFrame): void {
    const { socket } = this.#connection
    socket.write(asLine(frame))
    if (frame.type === 'rejected')
      this.#lab.metrics.refused(new ChatError(frame.code, frame.message), {
        address: socket.remoteAddress ?? '',
      })
  }

  fail(thrown: unknown): void {
    this.onEnd(inOurWords(thrown))
  }

  tell(why: ChatError): void {
    this.#connection.socket.write(asLine({ type: 'error', ...why.toJSON() }))
  }

  stop(): void {
    const { heartbeats, shutdownListeners } = this.#connection.shared
    this.#pump?.stop()
    heartbeats.delete(this)
    shutdownListeners.delete(this)
  }

  get #lab() {
    return this.#connection.shared.lab
  }

  /** The first line. */
  #open(line: string): void {
    const { socket, shared } = this.#connection
    const { lab, heartbeats, heartbeatMs, shutdownListeners } = shared
    const { room, since, token, clientId } = helloFrom(line)
    const peer = lab.peerOf(socket, { room, token, clientId })
    const reader = lab.gateway.openReader(peer, room, heartbeatMs)
    reader.check(since)
    const writer = lab.gateway.openWriter(peer, room)
    this.#connection.allow(MAX_DRAFT_BYTES)
    // There is no handshake that says so: without this, a client could not tell being let in from being kept waiting.
    socket.write(OPEN)
    this.#reader = reader
    this.#writer = writer
    heartbeats.add(this)
    shutdownListeners.add(this)
    this.#pump = new Pump(reader, since, socket, this, lab.metrics)
  }

  /**
   * The end of a connection says nothing: the kernel sends the same FIN for a program that has crashed. So a reader who
   * leaves for good says it, and only then its lease ends at once.
   */
  #leave(): void {
    this.onHere({ leaving: true })
    this.#connection.close()
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
