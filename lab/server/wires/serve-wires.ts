/** `/wires`: what the lanes are, what passes on them, and who breaks them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { MAX_CAPTURE_BYTES } from '../../wires/tap.ts'
import type { WiresState } from '../../wires/control.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Identity } from '../identity/identity.ts'
import type { Lanes } from './lanes.ts'
import { streamRecords } from './stream-records.ts'
import type { Teacher } from './teacher.ts'
import type { Visitors } from './visitors.ts'

export interface WiresRoutesOptions {
  /** Null when all transports share the server's port. */
  readonly lanes: Lanes | null
  readonly identity: Identity
  readonly visitors: Visitors
  readonly teacher: Teacher
  readonly shutdown: AbortSignal
}

export function serveWires(app: FastifyInstance, options: WiresRoutesOptions): void {
  const { lanes, identity, visitors, teacher, shutdown } = options

  app.get('/wires', (request, reply) => {
    refuseBadCredentials(request)
    visitors.welcome(request, reply)
    const state: WiresState = {
      single: lanes === null,
      lanes: (lanes?.at ?? []).map(({ name, port }) => ({
        ...{ name, port },
        origin: `${request.protocol}://${request.hostname}:${port}`,
      })),
      ...{ faults: [], presets: [], active: [], others: 0 },
      mayAll: teacher.mayAll(request),
      maxCaptureBytes: MAX_CAPTURE_BYTES,
    }
    return answerWith(reply, state)
  })

  app.get('/wires/records', (request, reply) => {
    refuseBadCredentials(request)
    const visitor = visitorOf(request)
    const reader = lanes?.wires.read(visitor) ?? null
    if (lanes && !reader)
      throw new ChatError('too-many-connections', 'too many visitors are recorded already', { retryAfterS: 30 })
    streamRecords({ reader, reply, shutdown, onEnd: (end) => visitors.onEnd(request, end) })
  })

  app.get('/wires/connections', (request, reply) => {
    refuseBadCredentials(request)
    const visitor = visitorOf(request)
    const connections = lanes?.wires.viewOf(visitor) ?? []
    const all = lanes?.wires.connections.size ?? 0
    return answerWith(reply, { connections, others: all - connections.length })
  })

  /** A credential that is not valid is refused on reads too: its owner would take an empty record for the truth. */
  function refuseBadCredentials(request: FastifyRequest): void {
    const shown = identity.shownBy(request)
    if (shown.kind === 'refused') throw shown.why
  }

  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  function visitorOf(request: FastifyRequest): string {
    const { visitor } = visitors.of(request)
    if (visitor !== null) return visitor
    throw new ChatError('not-signed-in', 'ask GET /wires first: it gives the cookie by which your connections are known')
  }
}

const answerWith = (reply: FastifyReply, body: object) =>
  reply.header('cache-control', 'no-store').type('application/json').send(JSON.stringify(body))
