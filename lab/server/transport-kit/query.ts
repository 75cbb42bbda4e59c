/** What a request asks in its query. */
import type { FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { A_CLIENT_ID, isClientId } from '../../wire/presence.ts'

/** @throws ChatError `bad-query` when it is given more than once: each of us might take another one */
export function queryOf(request: FastifyRequest, name: string): string | undefined {
  const value = (request.query as Record<string, string | string[] | undefined> | undefined)?.[name]
  if (Array.isArray(value)) throw new ChatError('bad-query', `${name} is given more than once`)
  return value
}

/** By what a reader that wants to be counted is known; null for all others. @throws ChatError `bad-query` */
export function clientIdOf(request: FastifyRequest): string | null {
  const tab = queryOf(request, 'tab')
  if (tab === undefined || isClientId(tab)) return tab ?? null
  throw new ChatError('bad-query', `tab must be ${A_CLIENT_ID}`)
}
