/** `POST /drain`, and what a server that drains refuses: new readers and writes, with 503, so that a balancer takes them elsewhere. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import * as v from 'valibot'
import { ChatError } from '../../wire/errors.ts'
import { isUpgrade } from '../http/upgrades.ts'
import { isFromHere } from '../limits/from-here.ts'
import { answerWith, forTheTeacher, orderOf } from '../wires/orders.ts'
import type { Teacher } from '../wires/teacher.ts'
import { type Drain, drainRefusal, LONGEST_MS, USUAL_MS } from './drain.ts'

/** Refuses while it lasts. Call it before any guard that counts what it lets through. */
export function refuseWhileDraining(app: FastifyInstance, drain: Drain): void {
  app.addHook('onRequest', (request, reply, done) => {
    if (!drain.now || !isRefused(request)) return done()
    // A balancer that knows connections and no requests gives the client another server by its next one.
    if (request.raw.httpVersionMajor === 1) reply.header('connection', 'close')
    done(drainRefusal())
  })
}

const DrainOrderSchema = v.strictObject({
  withinMs: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(LONGEST_MS)), USUAL_MS),
})

export function serveDrain(app: FastifyInstance, drain: Drain, teacher: Teacher): void {
  app.post('/drain', (request, reply) => {
    // Nearer than for faults: a proxy's word that its client is on this machine does not do.
    if (!isFromHere(request) && !teacher.shows(request))
      throw new ChatError('not-allowed', forTheTeacher('draining this server is'))
    const { withinMs } = request.body ? orderOf(DrainOrderSchema, request) : { withinMs: USUAL_MS }
    return answerWith(reply.code(202), drain.begin(withinMs))
  })
}

/**
 * A read of a transport becomes a reader, or is a poll that may as well be answered elsewhere. A write is refused so that it is not
 * underway when the server stops. Not refused are signs of life, which those who are still here must give, and what is asked of this very
 * server: its health, its wires, to drain.
 */
function isRefused(request: FastifyRequest): boolean {
  const path = request.url.replace(/\?.*$/s, '')
  if (request.method === 'GET' || request.method === 'HEAD')
    return isUpgrade(request) || path.startsWith('/transports/')
  return !(path === '/drain' || path.startsWith('/wires') || path.endsWith('/presence'))
}
