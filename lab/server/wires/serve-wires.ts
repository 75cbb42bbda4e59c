/** `/wires`: what the lanes are, what passes on them, and who breaks them. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Clock, epochNow } from '../../wire/clock.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ConnectionsView, WiresState } from '../../wires/control.ts'
import { FAULTS } from '../../wires/faults/catalogue.ts'
import { PRESETS } from '../../wires/presets.ts'
import { MAX_CAPTURE_BYTES } from '../../wires/tap.ts'
import type { Identity } from '../identity/identity.ts'
import type { Trust } from '../limits/trust.ts'
import { serveClasses } from './class/class-routes.ts'
import { type CrowdRoutesOptions, serveCrowd } from './crowd/crowd-routes.ts'
import { serveFaults } from './fault-routes.ts'
import type { Lanes } from './lanes.ts'
import { answerWith } from './orders.ts'
import { servePitfalls } from './pitfall-routes.ts'
import type { Pitfall, PitfallSwitches } from './pitfalls.ts'
import { serveRaw } from './raw/raw-routes.ts'
import { RESTART, type Restart } from './restart.ts'
import type { Clusters } from './servers/clusters.ts'
import { serveServers } from './servers/server-routes.ts'
import { streamRecords } from './stream-records.ts'
import type { Teacher } from './teacher.ts'
import type { Visitors } from './visitors.ts'

export interface WiresRoutesOptions {
  /** Null when all transports share the server's port. */
  readonly lanes: Lanes | null
  readonly identity: Identity
  readonly visitors: Visitors
  readonly teacher: Teacher
  readonly restart: Restart
  readonly shutdown: AbortSignal
  readonly trust: Trust | undefined
  readonly clock: Clock
  /** Those that can be switched on; none without lanes. */
  readonly pitfalls: readonly Pitfall[]
  readonly switches: PitfallSwitches
  /** How tabs are simulated, and where; null where they cannot be. */
  readonly crowd: Pick<CrowdRoutesOptions, 'hub' | 'secure' | 'readerOf'> | null
  /** Visitors' own servers on a log; null in a lab that is one of several, whose front would send a request elsewhere. */
  readonly clusters: Clusters | null
}

export function serveWires(app: FastifyInstance, options: WiresRoutesOptions): void {
  const {
    lanes,
    identity,
    visitors,
    teacher,
    restart,
    shutdown,
    trust,
    clock,
    pitfalls,
    switches,
    crowd,
    clusters,
  } = options
  const faults = lanes?.wires.faults

  app.get('/wires', (request, reply) => {
    refuseBadCredentials(request)
    const { visitor } = visitors.of(request)
    visitors.welcome(request, reply)
    const mayAll = teacher.mayAll(request)
    const single = lanes ? null : SINGLE
    const state: WiresState = {
      now: epochNow(),
      single: lanes === null,
      lanes: (lanes?.at ?? []).map(({ name, port }) => ({
        ...{ name, port },
        origin: `${request.protocol}://${request.hostname}:${port}`,
      })),
      faults: [
        ...FAULTS.map(({ about }) => ({ ...about, off: single })),
        { ...RESTART, off: mayAll ? null : NOT_ALL },
      ],
      presets: lanes ? PRESETS : [],
      active: [
        ...(faults?.of(visitor, mayAll) ?? []),
        ...(restart.active ? [{ ...restart.active, mine: mayAll }] : []),
      ],
      pitfalls: switches.of(visitor),
      others: faults?.othersThan(visitor) ?? 0,
      mayAll,
      maxCaptureBytes: MAX_CAPTURE_BYTES,
    }
    return answerWith(reply, state)
  })

  app.get('/wires/records', (request, reply) => {
    refuseBadCredentials(request)
    const visitor = visitorOf(request)
    const reader = lanes?.wires.read(visitor) ?? null
    if (lanes && !reader)
      throw new ChatError('too-many-connections', 'too many visitors are recorded already', {
        retryAfterS: 30,
      })
    streamRecords({ reader, reply, shutdown, onEnd: (end) => visitors.onEnd(request, end) })
  })

  app.get('/wires/connections', (request, reply) => {
    refuseBadCredentials(request)
    const visitor = visitorOf(request)
    const own = lanes?.wires.viewOf(visitor) ?? { connections: [], totals: [] }
    const all = lanes?.wires.connections.size ?? 0
    const view: ConnectionsView = { now: epochNow(), ...own, others: all - own.connections.length }
    return answerWith(reply, view)
  })

  app.delete('/wires/connections/:id', (request, reply) => {
    const { id } = request.params as { readonly id: string }
    const visitor = visitorOf(request)
    const own = [...(lanes?.wires.connections ?? [])].find(
      (one) => one.owner === visitor && one.id === Number(id),
    )
    // Of another visitor's connection, no more is told than of one that is not there.
    if (!own) throw new ChatError('not-found', `there is no connection ${JSON.stringify(id)} of yours`)
    own.line.drop('end', 'server')
    return reply.code(204).send()
  })

  serveFaults(app, { lanes, restart, teacher, visitorOf })
  serveClasses(app, { teacher, identity, visitorOf })
  serveRaw(app, { lanes, teacher, visitorOf, shutdown, trust, clock })
  if (clusters) serveServers(app, { clusters, visitorOf, onEnd: visitors.onEnd })
  if (crowd) serveCrowd(app, { ...crowd, teacher, shutdown, clock })
  if (lanes && pitfalls.length > 0)
    servePitfalls(app, { pitfalls, lanes: lanes.names, switches, teacher, visitorOf })

  /** A credential that is not valid is refused on reads too: its owner would take an empty record for the truth. */
  function refuseBadCredentials(request: FastifyRequest): void {
    const shown = identity.shownBy(request)
    if (shown.kind === 'refused') throw shown.why
  }

  /** @throws ChatError `not-signed-in` for one of whom nothing is known */
  function visitorOf(request: FastifyRequest): string {
    const { visitor } = visitors.of(request)
    if (visitor !== null) return visitor
    throw new ChatError(
      'not-signed-in',
      'ask GET /wires first: it gives the cookie by which your connections are known',
    )
  }
}

const SINGLE = 'All transports share one port here (--single-port), so their wires cannot be broken.'
const NOT_ALL = 'It touches all, so it takes a page on the server’s machine, or the teacher’s token.'
