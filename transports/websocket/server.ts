/** WebSocket, server side: a handshake over HTTP, then frames both ways on one socket. */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Reader, Speaker } from '../../lab/server/door.ts'
import { oncePerPage, pageAsJson } from '../../lab/server/encode.ts'
import { inOurWords } from '../../lab/server/errors.ts'
import { createHeartbeats, type Heartbeats } from '../../lab/server/heartbeats.ts'
import { push } from '../../lab/server/push.ts'
import { cursorOf } from '../../lab/server/requests.ts'
import type { ServerTransport } from '../../lab/server/server-transport.ts'
import { goodbyesOn } from '../../lab/server/stopping.ts'
import { takeSocket } from '../../lab/server/upgrades.ts'
import type { TransportWatch } from '../../lab/server/watch.ts'
import { parseJson, record, signFrom } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import { MAX_DRAFT_BYTES } from '../../lab/wire/limits.ts'
import type { Cursor, Page } from '../../lab/wire/message.ts'
import type { Sign } from '../../lab/wire/presence.ts'
import type { ServerFrame } from './frames.ts'
import { compressedTextFrame, NO_CONTEXT_TAKEOVER } from './server-compression.ts'
import { textFrame } from './text-frame.ts'

/** A peer that has not answered one ping when the next is due is half-open, and is let go. */
const HEARTBEAT_MS = 15_000
/** Most pieces of one message: the largest there may be, in pieces of 400 bytes. An empty one costs memory too. */
const MAX_FRAGMENTS = 1_024
/**
 * How long a peer may take to answer our close frame (RFC 6455 §7.1.1). Its socket is useless from there on,
 * and what a peer that never answers could hold for the 30 s that `ws` allows is a connection of its cap.
 */
const CLOSE_MS = 3_000
/** Most reads that the network may cut one frame into. Each costs some 200 bytes until the frame is whole. */
const MAX_CHUNKS = 16_384

const websocket: ServerTransport = async (app, lab) => {
  const { door, clock, stopping, compress, watch, heartbeatMs = HEARTBEAT_MS } = lab
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_DRAFT_BYTES,
    maxFragments: MAX_FRAGMENTS,
    maxBufferedChunks: MAX_CHUNKS,
    ...{ closeTimeout: CLOSE_MS }, // its types do not know it yet
    perMessageDeflate: compress === true && NO_CONTEXT_TAKEOVER,
  })
  const care = {
    heartbeats: createHeartbeats(heartbeatMs, clock, stopping),
    goodbyes: goodbyesOn(stopping),
    watch,
  }
  watch.readers = () => care.goodbyes.size

  sockets.on('wsClientError', ({ message }, socket) => {
    const error = new ChatError('bad-request', message)
    watch.refused(error, null, (socket as Socket).remoteAddress)
    refuseHandshake(error, socket)
  })

  app.get('/socket', (request, reply) => {
    const room = door.enter(request, heartbeatMs)
    const since = cursorOf(request)
    room.check(since) // refuses a bad cursor while there still is a status to refuse it with

    const speaker = door.speak(request)
    const { socket, head } = takeSocket(request, reply)
    const refused = (error: ChatError) => watch.refused(error, request)
    sockets.handleUpgrade(request.raw, socket, head, (peer) =>
      converse({ peer, socket, room, since, speaker, refused, care }),
    )
  })
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
interface Care {
  readonly heartbeats: Heartbeats
  readonly goodbyes: Set<() => void>
  readonly watch: TransportWatch
}

interface Conversation {
  readonly peer: WebSocket
  readonly socket: Socket
  readonly room: Reader
  readonly since: Cursor | null
  readonly speaker: Speaker
  /** Told of each error that the peer is told. */
  readonly refused: (error: ChatError) => void
  readonly care: Care
}

/** Everything that happens on one socket, until it closes. */
function converse({ peer, socket, room, since, speaker, refused, care }: Conversation): void {
  let answered = true
  // `ws` writes each frame whole, so frames of our own making may stand between its frames.
  const encode = peer.extensions.includes('permessage-deflate') ? asCompressedFrame : asFrame
  const stopPushing = push(room, since, socket, writePage, showOut, care.watch)

  // A sign of life of the line, not of the page: a browser answers pings in a process of its own, also for a page
  // that is frozen. Nobody is here by a pong.
  peer.on('pong', () => {
    answered = true
  })
  peer.on('ping', easeOff)
  peer.on('message', (data, isBinary) => {
    hear()
    try {
      if (isBinary) throw new ChatError('wrong-type', 'send text frames: this chat has no binary ones')
      const { type, ...fields } = record(parseJson(String(data)), 'bad-frame', 'a frame')
      if (type === 'here') hear(signFrom(fields, 'bad-frame'))
      else if (type === 'send') answer(speaker, fields, sayEasily)
      else throw new ChatError('bad-frame', 'the type of a frame must be "send" or "here"')
    } catch (thrown) {
      showOut(inOurWords(thrown))
    }
  })
  // `ws` closes by itself, with 1002, 1007 or 1009, what breaks the protocol or its limit.
  peer.on('error', () => {})
  peer.on('close', (code) => {
    if (code === 1000 || code === 1001) hear({ leaving: true }) // a goodbye; a line that broke says 1006
    release()
  })
  care.heartbeats.add(beat)
  care.goodbyes.add(goAway)

  function hear(sign: Sign = {}) {
    answered = true
    room.sign?.(sign)
  }
  function sayEasily(frame: ServerFrame) {
    say(frame)
    easeOff()
    if (frame.type === 'rejected') refused(new ChatError(frame.code, frame.message))
  }
  function writePage(page: Page) {
    if (peer.readyState !== peer.OPEN) return
    const bytes = encode(page)
    socket.write(bytes)
    care.watch.bytes += bytes.length
  }
  function say(frame: ServerFrame) {
    peer.send(JSON.stringify(frame))
  }
  function beat() {
    if (!answered) return peer.terminate()
    answered = false
    peer.ping()
    say({ type: 'heartbeat' })
  }
  /** Who talks without listening is not listened to either, or its answers would pile up here. */
  function easeOff() {
    if (!socket.writableNeedDrain || peer.isPaused) return
    peer.pause()
    socket.once('drain', () => peer.resume())
  }
  function showOut(why: ChatError) {
    stopPushing()
    refused(why)
    say({ type: 'error', ...why.toJSON() })
    peer.close(why.closeCode ?? 1008, why.code)
  }
  function goAway() {
    stopPushing()
    peer.close(1001, 'stopping')
  }
  function release() {
    stopPushing()
    care.heartbeats.delete(beat)
    care.goodbyes.delete(goAway)
  }
}

/**
 * Says what there is to say to a `send` frame: at once, or when the message is kept.
 *
 * @throws ChatError when it is not such a frame at all; a draft that is refused is answered
 */
function answer(
  speaker: Speaker,
  { draft, ...unknown }: Record<string, unknown>,
  say: (frame: ServerFrame) => void,
): void {
  const extra = Object.keys(unknown)[0]
  if (extra !== undefined) throw new ChatError('bad-frame', `unknown field ${JSON.stringify(extra)}`)
  const { draftId } = record(draft, 'bad-frame', 'draft')
  if (typeof draftId !== 'string') throw new ChatError('bad-frame', 'a draft must have a draftId')
  const reject = (error: ChatError) => say({ type: 'rejected', draftId, ...error.toJSON() })
  try {
    const { message, kept } = speaker.publish(draft)
    const accept = () => say({ type: 'accepted', message })
    if (kept) kept.then(accept, reject)
    else accept()
  } catch (thrown) {
    if (!(thrown instanceof ChatError)) throw thrown
    reject(thrown)
  }
}

/** A page as the bytes of one frame, the same for every reader. */
const asText = (page: Page) => `{"type":"page","page":${pageAsJson(page)}}`
const asFrame = oncePerPage((page) => textFrame(asText(page)))
const asCompressedFrame = oncePerPage((page) => compressedTextFrame(asText(page)))

export default websocket
