/**
 * What a request may have to wait for at a server that shares a log with others: it knows a moment later than they do what
 * was changed at another one. So before a request is refused for what it shows, or for the room that it asks for, the server
 * takes all that was in the log by then.
 */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Transactor } from '../../people/keep.ts'
import type { Access } from '../../people/membership/access.ts'
import { isPrivate } from '../../wire/codec.ts'
import type { Identity } from './identity.ts'

/** @param transactor of a server that shares a log */
export function createLookUp(
  identity: Identity,
  transactor: Transactor<boolean>,
  access: Pick<Access, 'check'>,
) {
  function isRefused(request: FastifyRequest): boolean {
    const { room } = request.params as { readonly room?: string }
    if (room === undefined || !isPrivate(room)) return false
    try {
      access.check(identity.callerOf(request), room, 'read')
      return false
    } catch {
      return true
    }
  }
  return (request: FastifyRequest, _reply: FastifyReply, done: (error?: Error) => void): void => {
    const waiting = identity.lookUp(request) ?? (isRefused(request) ? transactor.caughtUp?.() : null)
    if (waiting) waiting.then(() => done(), done)
    else done()
  }
}
