/** Every error response has the same body, `{ code, message }`, whichever part found the error. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import type { ServerMetrics } from '../observe/server-metrics.ts'
import { factsOf } from './request-facts.ts'

export type AnswerError = (error: unknown, request: FastifyRequest, reply: FastifyReply) => void

export function answerErrors(app: FastifyInstance, answerError: AnswerError): void {
  app.setErrorHandler(answerError)
  app.setNotFoundHandler((request) => {
    throw new ChatError('not-found', `there is nothing at ${request.method} ${request.url.split('?')[0]}`)
  })
}

export function createAnswerError({ refused }: Pick<ServerMetrics, 'refused'>): AnswerError {
  return (error, request, reply) => {
    const known = inOurWords(error)
    refused(known, factsOf(request, known.code))
    reply.headers(headersFor(known)).code(known.status).type('application/json').send(JSON.stringify(known))
  }
}

/** What an error says besides its body. */
export function headersFor({ retryAfterS, status }: ChatError): Readonly<Record<string, string | number>> {
  return {
    ...(retryAfterS !== undefined && { 'retry-after': retryAfterS }),
    // The scheme for programs. A browser shows no prompt for it, so no reader is asked for a token (RFC 9110 §11.6.1).
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  }
}

/**
 * Whatever was thrown, as one of ours. What we did not foresee is a bug: the peer is told no more
 * than that, and the person who runs the server sees it whole (server-metrics.ts, by its cause).
 */
export function inOurWords(error: unknown): ChatError {
  if (error instanceof ChatError) return error
  const { statusCode } = error as { readonly statusCode?: number }
  if (statusCode === 413) return new ChatError('too-large', 'the request body is too large')
  if (statusCode === 415) return new ChatError('wrong-type', 'send the draft as application/json')
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new ChatError('bad-request', (error as Error).message)
  }
  return new ChatError('internal', 'the server failed; its log says why', { cause: error })
}
