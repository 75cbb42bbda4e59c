/** What a log line may tell of a request: by no means its query, its cookies or its other headers. */
import type { FastifyRequest } from 'fastify'
import type { ChatErrorCode } from '../../wire/errors.ts'
import { clientAddress } from '../limits/trust.ts'
import type { Facts } from '../observe/event-logger.ts'

/** A small object of its own, so that what is told later does not keep the request alive. */
export function factsOf(request: FastifyRequest, code?: ChatErrorCode): Facts {
  const { method, url, headers, host } = request
  const facts = { method, path: shared(pathOf(url)), address: clientAddress(request) }
  if (code === 'foreign-origin') return { ...facts, origin: headers.origin ?? '' }
  return code === 'foreign-host' ? { ...facts, host } : facts
}

/** The path alone: a query may hold a ticket, and the authority of an absolute target a password. */
export const pathOf = (target: string) =>
  target.replace(/[?#].*$/s, '').replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '')

let last = ''

/**
 * The same text, as the object that it was last time. A path is cut from a request's first line and keeps all of that in
 * memory; ten thousand sockets of a room need one path between them.
 */
function shared(path: string): string {
  if (path !== last) last = path
  return last
}
