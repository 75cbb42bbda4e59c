/** What every transport reads from a request, and how each half-duplex one is written to. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { parseJson, parsePresenceUpdate } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Cursor } from '../../wire/message.ts'
import { JsonBody, sendJson } from '../http/answers/poll.ts'
import { queryOf } from './query.ts'
import type { Reader, Writer } from './room-gateway.ts'
import type { HttpLab } from './server-transport.ts'

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

/** The part of the lab that answers whole requests. */
export type HttpRooms = Pick<HttpLab, 'gateway' | 'peerOf' | 'shutdown'>

/** The room that the path names. */
export const roomNameOf = (request: FastifyRequest) => (request.params as { readonly room: string }).room

/** Lets the sender of a request read the room that its path names. @throws ChatError when it may not */
export const openReader = (
  { gateway, peerOf }: HttpRooms,
  request: FastifyRequest,
  quietMs?: number,
): Reader => gateway.openReader(peerOf(request), roomNameOf(request), quietMs)

/**
 * Answers a request for a page, as a rule at once. Only a reader that another server of the same log has brought further waits
 * here: to be told of a gap would be wrong, since this server will come there too.
 *
 * @param send sends what `reader` has after `cursor`
 */
export function answerWhenThere(
  rooms: HttpRooms,
  { request, reply, cursor }: { request: FastifyRequest; reply: FastifyReply; cursor: Cursor | null },
  send: (reader: Reader, cursor: Cursor | null) => void,
): void {
  const reader = openReader(rooms, request)
  const reached = reader.reach(cursor, rooms.shutdown)
  if (!reached) {
    send(reader, cursor)
    return
  }
  // Opened again: it may have been signed out meanwhile.
  reached
    .then((from) => {
      if (!reply.raw.destroyed) send(openReader(rooms, request), from)
    })
    .catch((error) => void reply.send(error))
}

/** Lets the sender of a POST write there: the rate limit has counted it before its body was read. */
export const openPostWriter = ({ gateway, peerOf }: HttpRooms, request: FastifyRequest): Writer =>
  gateway.openWriter(peerOf(request), roomNameOf(request), true)

/**
 * How every half-duplex transport is written to: `POST messages`, a draft in, the message out; and
 * `POST presence`, a sign of life.
 */
export function acceptPosts(app: FastifyInstance, rooms: HttpRooms): void {
  app.post('/messages', async (request, reply) => {
    // What is acknowledged is committed: a crash after this answer cannot take the message back.
    const message = await openPostWriter(rooms, request).publish(parseJson(request.body as string))
    return reply.code(201).send(message)
  })
  app.post('/presence', (request, reply) => {
    const { clientId, ...update } = parsePresenceUpdate(parseJson(request.body as string))
    rooms.gateway.renewPresence({ ...rooms.peerOf(request), clientId }, roomNameOf(request), update)
    reply.code(204).send()
  })
}

/** `GET messages`, with `before`: the conversation backwards, a page at a time. For a client that wants to know what was. */
export function serveHistory(app: FastifyInstance, rooms: HttpRooms): void {
  app.get('/messages', (request, reply) => {
    const cursor = (queryOf(request, 'before') ?? null) as Cursor | null
    answerWhenThere(rooms, { request, reply, cursor }, (reader, before) =>
      sendJson(reply, new JsonBody(JSON.stringify(reader.readBack(before)))),
    )
  })
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return Array.isArray(value) ? value[0] : value
}
