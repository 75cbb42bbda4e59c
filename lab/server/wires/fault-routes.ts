/** `/wires/faults`: sets faults and heals them. A visitor's own touch no other; what touches all is for the teacher. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { type ActiveFault, type FaultOrder, FaultOrderSchema } from '../../wires/control.ts'
import type { Lanes } from './lanes.ts'
import { answerWith, badRequest, mustBeTeacher, orderOf } from './orders.ts'
import type { Restart } from './restart.ts'
import { RESTART_FAULT } from './restart.ts'
import type { Teacher } from './teacher.ts'

export interface FaultRoutesOptions {
  readonly lanes: Lanes | null
  readonly restart: Restart
  readonly teacher: Teacher
  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  readonly visitorOf: (request: FastifyRequest) => string
}

const WHAT_TOUCHES_ALL = 'what touches all is'

export function serveFaults(app: FastifyInstance, options: FaultRoutesOptions): void {
  const { lanes, restart, teacher, visitorOf } = options

  app.post('/wires/faults', (request, reply) => {
    const order = orderOf(FaultOrderSchema, request)
    if (order.whose === 'all' || order.fault === RESTART_FAULT)
      mustBeTeacher(teacher, request, WHAT_TOUCHES_ALL)
    const active = order.fault === RESTART_FAULT ? orderRestart(order) : orderFault(order, request)
    return answerWith(reply.code(201), active)
  })

  app.delete('/wires/faults', (request, reply) => {
    const all = (request.query as { readonly whose?: string }).whose === 'all'
    if (all) mustBeTeacher(teacher, request, WHAT_TOUCHES_ALL)
    lanes?.wires.faults.healAllOf(visitorOf(request), all)
    if (all) restart.end()
    return reply.code(204).send()
  })

  app.delete('/wires/faults/:id', (request, reply) => {
    const { id } = request.params as { readonly id: string }
    const mayAll = teacher.mayAll(request)
    if (mayAll && restart.active?.id === Number(id)) restart.end()
    // Of a fault that is another visitor's, no more is told than of one that is not there.
    else if (!lanes?.wires.faults.heal(Number(id), visitorOf(request), mayAll))
      throw new ChatError('not-found', `there is no fault ${JSON.stringify(id)} of yours`)
    return reply.code(204).send()
  })

  function orderRestart({ settings, seconds }: FaultOrder): ActiveFault {
    if (Object.keys(settings).length > 0) throw badRequest(`the fault ${RESTART_FAULT} has no settings`)
    return restart.begin(seconds)
  }

  function orderFault(order: FaultOrder, request: FastifyRequest): ActiveFault {
    if (!lanes)
      throw badRequest('all transports share one port here (--single-port): their wires cannot be broken')
    const visitor = order.whose === 'all' ? null : visitorOf(request)
    const known = lanes.at.map(({ name }) => name)
    const names = order.lanes === 'all lanes' ? known : [...new Set(order.lanes)]
    const unknown = names.find((name) => !known.includes(name))
    if (unknown !== undefined)
      throw badRequest(`there is no lane ${JSON.stringify(unknown)}; the lanes are ${known.join(', ')}`)
    const { fault, settings, seconds } = order
    const active = asBadRequest(() =>
      lanes.wires.faults.order({ fault, lanes: names, settings, seconds, visitor }),
    )
    if (active) return active
    throw new ChatError('too-many-requests', 'there are too many faults on: heal some first', {
      retryAfterS: 10,
    })
  }
}

function asBadRequest<T>(act: () => T): T {
  try {
    return act()
  } catch (error) {
    throw error instanceof RangeError ? badRequest(error.message) : error
  }
}
