/**
 * What the two echo servers share: all that is asked of them, and how a request is told no.
 *
 * An echo is what the official conformance suite talks to: each message comes back as it went in. It has the shipped
 * handshake, parser, writer and closing, and nothing of a chat.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

export interface EchoOptions {
  /** Longest message, in bytes. */
  readonly maxMessage: number
  /** Pages of which origins may connect; a program, which sends no Origin, always may. More may be added later. */
  readonly origins: ReadonlySet<string>
}

/** What `server-echo.ts` of a transport exports by default: a server that does not listen yet. */
export type EchoFactory = (options: EchoOptions) => Server

/** Fewest bytes that a fragment has on the average of the longest message: the suite cuts 4 MiB into pieces of 64. */
const FRAGMENT_BYTES = 64
export const fragmentsOf = (maxMessage: number): number =>
  Math.max(1_024, Math.ceil(maxMessage / FRAGMENT_BYTES))

/** Why this request gets no WebSocket, before its own headers are looked at; null when nothing is wrong so far. */
export function refusalOf(request: IncomingMessage, { origins }: EchoOptions): EchoRefusal | null {
  const { origin, upgrade } = request.headers
  if (request.method !== 'GET' || upgrade?.toLowerCase() !== 'websocket') return ASK_FOR_WEBSOCKET
  if (origin === undefined || origins.has(origin)) return null
  return { status: 403, why: `a page of ${origin} may not connect (see --origin)` }
}

export interface EchoRefusal {
  readonly status: 400 | 403 | 426
  readonly why: string
}

const ASK_FOR_WEBSOCKET: EchoRefusal = {
  status: 426,
  why: 'this server speaks WebSocket: ask with Upgrade: websocket',
}
const PHRASES = { 400: 'Bad Request', 403: 'Forbidden', 426: 'Upgrade Required' } as const
const WANTED = 'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'

/** By hand, because the socket is no longer HTTP's. */
export function refuse(socket: Duplex, { status, why }: EchoRefusal): void {
  socket.on('error', () => {})
  socket.end(
    `HTTP/1.1 ${status} ${PHRASES[status]}\r\n${WANTED}Connection: close\r\nContent-Type: text/plain; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(why) + 1}\r\n\r\n${why}\n`,
  )
}

/** For requests that ask for no upgrade at all. */
export function answerHttp(_request: IncomingMessage, response: ServerResponse): void {
  const { status, why } = ASK_FOR_WEBSOCKET
  response.writeHead(status, {
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'content-type': 'text/plain; charset=utf-8',
  })
  response.end(`${why}\n`)
}
