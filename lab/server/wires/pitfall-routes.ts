/** `/wires/pitfalls`: what a visitor can put into a lane of their own, and has put there. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { epochNow } from '../../wire/clock.ts'
import { ChatError } from '../../wire/errors.ts'
import { type PitfallAbout, PitfallOrderSchema, type PitfallsState } from '../../wires/pitfalls/control.ts'
import { answerWith, badRequest, forTheTeacher, mustBeTeacher, orderOf } from './orders.ts'
import { lanesOf } from './pitfall-mounts.ts'
import type { Pitfall, PitfallSwitches } from './pitfalls.ts'
import type { Teacher } from './teacher.ts'

export interface PitfallRoutesOptions {
  readonly pitfalls: readonly Pitfall[]
  /** The lanes' names. */
  readonly lanes: readonly string[]
  readonly switches: PitfallSwitches
  readonly teacher: Teacher
  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  readonly visitorOf: (request: FastifyRequest) => string
}

const PITFALLS_ARE = 'pitfalls are'

export function servePitfalls(app: FastifyInstance, options: PitfallRoutesOptions): void {
  const { pitfalls, lanes, switches, teacher, visitorOf } = options
  const abouts = pitfalls.map((pitfall) => aboutOf(pitfall, lanes))

  app.get('/wires/pitfalls', (request, reply) => {
    const state: PitfallsState = {
      now: epochNow(),
      pitfalls: abouts,
      active: switches.of(visitorOf(request)),
      off: teacher.mayAll(request) ? null : forTheTeacher(PITFALLS_ARE),
    }
    return answerWith(reply, state)
  })

  app.post('/wires/pitfalls', (request, reply) => {
    const order = orderOf(PitfallOrderSchema, request)
    mustBeTeacher(teacher, request, PITFALLS_ARE)
    const visitor = visitorOf(request)
    const about = abouts.find(({ name }) => name === order.pitfall)
    if (!about) throw badRequest(`there is no pitfall ${JSON.stringify(order.pitfall)}`)
    if (!about.lanes.includes(order.lane)) {
      const lane = JSON.stringify(order.lane)
      throw badRequest(`${about.name} is not for the lane ${lane}; it is for ${about.lanes.join(', ')}`)
    }
    const active = switches.switchOn(visitor, order.lane, about.name, request.raw.socket)
    if (!active)
      throw new ChatError('too-many-requests', 'too many visitors have a pitfall on already', {
        retryAfterS: 60,
      })
    return answerWith(reply.code(201), active)
  })

  app.delete('/wires/pitfalls', (request, reply) => {
    switches.switchOff(visitorOf(request), null, request.raw.socket)
    return reply.code(204).send()
  })

  app.delete('/wires/pitfalls/:lane', (request, reply) => {
    const { lane } = request.params as { readonly lane: string }
    switches.switchOff(visitorOf(request), lane, request.raw.socket)
    return reply.code(204).send()
  })
}

function aboutOf({ client, server, ...about }: Pitfall, names: readonly string[]): PitfallAbout {
  const side = client && server ? 'both' : server ? 'server' : 'client'
  return { ...about, side, lanes: lanesOf(about, names) }
}
