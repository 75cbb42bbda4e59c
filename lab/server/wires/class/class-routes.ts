/**
 * `/wires/classes`: a teacher gives a setting to a room, and sees what those who joined tell of themselves. A learner sees what was given,
 * and nothing of any other learner.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { epochNow } from '../../../wire/clock.ts'
import { isPrivate, parseRoomName } from '../../../wire/codec.ts'
import { ChatError } from '../../../wire/errors.ts'
import { GiveOrderSchema, ReportSchema } from '../../../wires/class/control.ts'
import type { Identity } from '../../identity/identity.ts'
import { answerWith, badRequest, mustBeTeacher, orderOf } from '../orders.ts'
import type { Teacher } from '../teacher.ts'
import { createClasses, MAX_CLASSES, MAX_LEARNERS } from './classes.ts'

export interface ClassRoutesOptions {
  readonly teacher: Teacher
  readonly identity: Pick<Identity, 'personOf' | 'checkUnsigned'>
  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  readonly visitorOf: (request: FastifyRequest) => string
}

/** Of a request's body, in bytes. */
const MAX_BODY_BYTES = 16 * 1024
const CLASSES_ARE = 'to hold a class is'

export function serveClasses(
  app: FastifyInstance,
  { teacher, identity, visitorOf }: ClassRoutesOptions,
): void {
  const classes = createClasses(epochNow)

  app.put('/wires/classes/:room', { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    mustBeTeacher(teacher, request, CLASSES_ARE)
    const room = roomOf(request)
    const { setting } = orderOf(GiveOrderSchema, request)
    if (!classes.give(room, setting)) throw tooMany(`${MAX_CLASSES} classes are held already: end one first`)
    return answerWith(reply, classes.view(room))
  })

  app.get('/wires/classes/:room', (request, reply) => {
    mustBeTeacher(teacher, request, CLASSES_ARE)
    return answerWith(reply, classes.view(roomOf(request)))
  })

  app.delete('/wires/classes/:room', (request, reply) => {
    mustBeTeacher(teacher, request, CLASSES_ARE)
    classes.end(roomOf(request))
    return reply.code(204).send()
  })

  app.post('/wires/classes/:room/mine', { bodyLimit: MAX_BODY_BYTES }, (request, reply) => {
    const visitor = visitorOf(request)
    const room = roomOf(request)
    const report = orderOf(ReportSchema, request)
    const person = identity.personOf(request)
    // As the room knows them: an unsigned name may not be a member's.
    if (!person) identity.checkUnsigned(report.name)
    const given = classes.report(room, visitor, { ...report, name: person?.name ?? report.name })
    if (!given) throw tooMany(`this class has ${MAX_LEARNERS} learners already`)
    return answerWith(reply, given)
  })

  app.delete('/wires/classes/:room/mine', (request, reply) => {
    classes.leave(roomOf(request), visitorOf(request))
    return reply.code(204).send()
  })
}

function roomOf({ params }: FastifyRequest): string {
  const room = parseRoomName((params as { readonly room: string }).room)
  if (isPrivate(room)) throw badRequest('a class is held in a room that is open to all')
  return room
}

const tooMany = (words: string) => new ChatError('too-many-requests', words, { retryAfterS: 60 })
