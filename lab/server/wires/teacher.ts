/**
 * Who may break the wires of all: a program or page on this machine, and one that shows the teacher's token.
 *
 * The token is drawn when the lab starts and printed there, once; it is kept nowhere. It comes in a header that no form and no
 * foreign page can send.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { TEACHER_HEADER } from '../../wires/control.ts'
import { isFromHere } from '../limits/from-here.ts'
import type { Trust } from '../limits/trust.ts'

const TOKEN_BYTES = 15

export interface Teacher {
  /** What a teacher on another machine must show. */
  readonly token: string
  mayAll(request: FastifyRequest): boolean
  /** Whether the request shows the token. */
  shows(request: FastifyRequest): boolean
}

export function createTeacher(trust: Trust | undefined): Teacher {
  const token = randomBytes(TOKEN_BYTES).toString('base64url')
  const bytes = Buffer.from(token)
  const shows = (request: FastifyRequest) => {
    const shown = request.headers[TEACHER_HEADER]
    const given = Buffer.from(typeof shown === 'string' ? shown : '')
    return given.length === bytes.length && timingSafeEqual(given, bytes)
  }
  return { token, shows, mayAll: (request) => isFromHere(request, trust) || shows(request) }
}
