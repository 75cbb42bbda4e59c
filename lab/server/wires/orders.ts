/** What the routes below `/wires` share: how an order is read, who may give one for all, and how it is answered. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as v from 'valibot'
import { parseJson } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Parsed } from '../../wire/field.ts'
import type { Teacher } from './teacher.ts'

export const badRequest = (words: string) => new ChatError('bad-request', words)

/** The order in a request's body. @throws ChatError `bad-request`, with the field that is wrong and why */
export function orderOf<Schema extends v.GenericSchema>(
  schema: Schema,
  { body }: FastifyRequest,
): Parsed<Schema> {
  const parsed = v.safeParse(schema, parseJson((body as string | undefined) ?? ''))
  if (parsed.success) return parsed.output as Parsed<Schema>
  const [issue] = parsed.issues
  throw badRequest(`${v.getDotPath(issue) ?? 'the order'}: ${issue.message}`)
}

/** @param what begins the sentence, with its verb */
export const forTheTeacher = (what: string): string =>
  `${what} for a page on the server’s machine, and for who shows the teacher’s token (Teacher-Token)`

/** @throws ChatError `not-allowed`. @param what see {@link forTheTeacher} */
export function mustBeTeacher(teacher: Teacher, request: FastifyRequest, what: string): void {
  if (!teacher.mayAll(request)) throw new ChatError('not-allowed', forTheTeacher(what))
}

export const answerWith = (reply: FastifyReply, body: object) =>
  reply.header('cache-control', 'no-store').type('application/json').send(JSON.stringify(body))
