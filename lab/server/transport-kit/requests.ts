/** What every transport reads from a request, and how each half-duplex one is written to. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { parseJson } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Cursor } from '../../wire/message.ts'
import { answer, bodyOf } from './answers.ts'
import type { Door } from './door.ts'
import { queryOf } from './query.ts'

/**
 * The reader's place, as the client sent it; the room decides whether to believe it.
 *
 * `Last-Event-ID` wins over `since`: an EventSource that reconnects repeats the URL
 * it was made with, and tells only in this header how far it has come (WHATWG HTML §9.2.4).
 */
export function cursorOf(request: FastifyRequest): Cursor | null {
  return (header(request, 'last-event-id') ?? queryOf(request, 'since') ?? null) as Cursor | null
}

/** A query parameter that must be a number of seconds from 0 to `max`. */
export function secondsOf(request: FastifyRequest, name: string, max: number): number | null {
  const text = queryOf(request, name)
  if (text === undefined) return null
  if (/^\d+(\.\d+)?$/.test(text) && Number(text) <= max) return Number(text)
  throw new ChatError('bad-query', `${name} must be a number of seconds from 0 to ${max}`)
}

/**
 * How every half-duplex transport is spoken to: `POST messages`, a draft in, the message out; and
 * `POST presence`, a sign of life.
 */
export function acceptPosts(app: FastifyInstance, door: Door): void {
  app.post('/messages', async (request, reply) => {
    // What is acknowledged is committed: a crash after this answer cannot take the message back.
    const message = await door.speak(request).publish(parseJson(request.body as string))
    return reply.code(201).send(message)
  })
  app.post('/presence', (request, reply) => {
    door.attend(request, parseJson(request.body as string))
    reply.code(204).send()
  })
}

/** `GET messages`, with `before`: the conversation backwards, a page at a time. For who wants to know what was. */
export function serveHistory(app: FastifyInstance, door: Door): void {
  app.get('/messages', (request, reply) => {
    const before = (queryOf(request, 'before') ?? null) as Cursor | null
    answer(reply, bodyOf(JSON.stringify(door.enter(request).readBack(before))))
  })
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
