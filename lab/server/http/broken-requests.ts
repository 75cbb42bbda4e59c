/**
 * What Node refuses before it is a request: broken HTTP, headers beyond its limit, and what did not arrive in time.
 *
 * There is no request to answer then, only a connection. It is told in the words that all errors have, since a
 * client (or a person with curl) cannot know that this one was found by another part of the server; and it ends.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import type { ServerMetrics } from '../observe/server-metrics.ts'
import { isMidAnswer } from './answers/http-socket.ts'

const REASONS: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  408: 'Request Timeout',
  413: 'Content Too Large',
  431: 'Request Header Fields Too Large',
}

/** What Node's parser finds, and Node's limits on how long a request may take. */
const OF_HTTP = /^(HPE|ERR_HTTP)_/

/** How long a client may take to read the response, in milliseconds. One that does not read it loses its connection. */
const LAST_WORDS_MS = 1_000

/** For Fastify, which listens to Node's `clientError` by it. */
export function createBrokenRequestHandler({ refused }: Pick<ServerMetrics, 'refused'>) {
  return (cause: NodeJS.ErrnoException, socket: Socket): void => {
    if (socket.destroyed) return
    // Cut, or a TLS handshake that failed or did not end: the client could not read a response.
    if (!OF_HTTP.test(cause.code ?? '')) return void socket.destroy()
    const error = wordsFor(cause)
    refused(error, { address: socket.remoteAddress ?? '' })
    // This one must not stand in the middle of an answer that has begun on this connection. It may follow a whole one.
    if (!socket.writable || isMidAnswer(socket)) return void socket.destroy()
    const body = JSON.stringify(error)
    socket.end(
      `HTTP/1.1 ${error.status} ${REASONS[error.status]}\r\nContent-Type: application/json\r\n` +
        `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      () => socket.destroy(),
    )
    setTimeout(() => socket.destroy(), LAST_WORDS_MS).unref()
  }
}

function wordsFor({ code }: NodeJS.ErrnoException): ChatError {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') {
    return new ChatError('too-slow', 'the request did not arrive in time')
  }
  if (code === 'HPE_HEADER_OVERFLOW') {
    return new ChatError('headers-too-large', 'the request line and the headers are too long')
  }
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') {
    return new ChatError('too-large', 'the extensions of the chunks are too long')
  }
  return new ChatError('bad-request', 'this is not HTTP/1.1')
}

/**
 * Node would answer 417, without a body, to any expectation but `100-continue`. A server may as well do what was
 * asked (RFC 9110 §10.1.1).
 */
export function ignoreExpectations(app: FastifyInstance): void {
  app.server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    app.routing(request, response),
  )
}
