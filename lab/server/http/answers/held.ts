/**
 * An answer that is still due, while Node keeps nothing of it.
 *
 * Node's HTTP server keeps a request and its response, some 40 header strings among them, until the answer is
 * complete. For a poll that waits and for a stream that goes on that is most of what its connection costs. But what
 * the answer will look like is known when it is asked for, and we write it to the socket ourselves. So Node is told at
 * once that the response is finished, by the event with which the response would say so itself, and lets go of both.
 *
 * What Node did for a response that is not finished is done here instead:
 *
 * - Order (RFC 9112 §9.3.2). The answer to a request that is pipelined behind this one waits until this one is complete.
 * - Time. A connection without an answer that is due is closed after IDLE_MS; this one is not.
 * - Hang-up. The connection's end is told to the owner, and to those who had wanted to know of the response's.
 * - Broken input. `isMidAnswer` (http-socket.ts) says whether an error may still be written to the connection.
 *
 * Only for HTTP/1.1. HTTP/1.0 has no chunks, and an answer over HTTP/2 is a stream that only Node can frame.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyReply } from 'fastify'
import { IDLE_MS } from '../../limits/timeouts.ts'
import { isUpgrade } from '../upgrades.ts'
import { type Answered, type Due, HELD, type HttpSocket, STAND_IN } from './http-socket.ts'

/** Node closes an idle connection so much later than it says, so that a request on its way still finds it open. */
const IDLE_BUFFER_MS = 1_000

/** Whose answer it is. */
export interface AnswerOwner {
  /** The connection has closed before the answer was complete: the client has hung up. */
  onClose(): void
}

export class HeldAnswer implements Due {
  readonly socket: Socket
  /** What others have set on the response: lines of a head, mostly none. */
  readonly headers: string
  /** Whether it is the last on its connection (RFC 9112 §9.6). */
  readonly isLast: boolean
  /** Whether some of it has been written. */
  hasBegun = false
  readonly #owner: AnswerOwner
  /** Who had wanted to know of the response's end; null for none. */
  #atEnd: readonly ((this: Answered) => void)[] | null = null
  /** Of the first request that was pipelined behind this one. Those behind it wait in Node's own queue. */
  #next: ServerResponse | null = null

  /** Made by {@link holdAnswer}. */
  constructor(response: ServerResponse, socket: HttpSocket, owner: AnswerOwner) {
    this.socket = socket
    this.headers = linesOf(response)
    this.isLast = !response.shouldKeepAlive
    this.#owner = owner
    if (response.listenerCount('close') > 0) {
      this.#atEnd = response.listeners('close') as ((this: Answered) => void)[]
      response.removeAllListeners('close')
    }
    response.emit('finish')
    if (socket[HELD] === undefined) socket.on('close', onSocketClose)
    socket[HELD] = this
  }

  /** Keeps the connection open for longer than {@link IDLE_MS}, although nothing may pass on it. */
  keepOpen(): void {
    this.socket.setTimeout(0)
  }

  write(bytes: Uint8Array | string): void {
    this.hasBegun = true
    this.socket.write(bytes)
  }

  /** Writes the rest; the answer is complete. The connection is Node's again, or ends when this was the last answer. */
  end(bytes: Uint8Array | string, status = 200): void {
    const socket: HttpSocket = this.socket
    if (socket[HELD] !== this) return // its connection has closed
    socket.write(bytes)
    socket[HELD] = null
    this.#tellEnd(status)
    if (this.isLast) {
      socket.destroySoon()
      this.#next?.emit('close') // it is not answered
    } else {
      if (this.hasBegun) socket.setTimeout(IDLE_MS + IDLE_BUFFER_MS) // see keepOpen
      this.#letNextWrite()
    }
  }

  /** For {@link onSocketClose} alone. */
  closed(): void {
    this.#owner.onClose()
    this.#tellEnd(200) // what it would have been: Node says the same of a response that was cut
    this.#next?.emit('close') // it has no socket from which it could know
  }

  /** Takes the socket from a response that came behind this one. */
  queue(response: ServerResponse): void {
    const socket: HttpSocket = this.socket
    if (socket._httpMessage !== response) return
    response.detachSocket(socket)
    this.#next = response
    socket._httpMessage = STAND_IN
  }

  #letNextWrite(): void {
    if (!this.#next) return
    const socket: HttpSocket = this.socket
    socket._httpMessage = null
    this.#next.assignSocket(socket) // writes what it has got together
  }

  #tellEnd(statusCode: number): void {
    if (!this.#atEnd) return
    const answered: Answered = { headersSent: true, statusCode }
    for (const listener of this.#atEnd) listener.call(answered)
  }
}

/**
 * Takes an answer from Node. From here on it must be written to what is returned.
 *
 * @returns null when Node has to write it: over HTTP/1.0 and HTTP/2, to HEAD, which wants Node's framing, to a
 *   WebSocket handshake, and when an earlier answer on this connection is still due
 */
export function holdAnswer(reply: FastifyReply, owner: AnswerOwner): HeldAnswer | null {
  const { raw: response, request } = reply
  const { httpVersion, method } = request.raw
  const { socket } = response
  if (httpVersion !== '1.1' || method !== 'GET' || !socket || isUpgrade(request)) return null
  reply.hijack()
  return new HeldAnswer(response, socket, owner)
}

/** Keeps answers in the order of their requests. Call it when Node's and Fastify's own listeners are there. */
export function queueBehindHeld(server: Server): void {
  const queue = ({ socket }: IncomingMessage, response: ServerResponse) =>
    (socket as HttpSocket)[HELD]?.queue(response)
  server.prependListener('request', queue)
  server.prependListener('checkExpectation', queue)
  // What Node does where none of us listens, but the line that it writes must not stand within another answer.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    queue(request, response)
    response.writeContinue()
    server.emit('request', request, response)
  })
}

function onSocketClose(this: HttpSocket): void {
  const held = this[HELD]
  this[HELD] = null
  held?.closed()
}

/** The headers that are set on a response, as lines of a head. Node has checked what is in them. */
function linesOf(response: ServerResponse): string {
  let lines = ''
  for (const name of response.getHeaderNames()) {
    const value = response.getHeader(name)!
    for (const one of Array.isArray(value) ? value : [value]) lines += `${name}: ${one}\r\n`
  }
  return lines
}
