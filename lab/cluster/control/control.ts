/**
 * The control of a cluster: an HTTP server of its own on loopback, which the front hands on as `/cluster/`. So only a page of the
 * front reaches it, by the guards that the lab has for its own: the name in Host, the origin of a write, and who may touch what all see.
 */
import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyRequest } from 'fastify'
import { answerErrors, createAnswerError } from '../../server/http/errors.ts'
import { NO_SCHEMAS } from '../../server/http/framework/no-schemas.ts'
import { guardHosts } from '../../server/http/hosts.ts'
import { createOrigins } from '../../server/http/origins.ts'
import { trustFrom } from '../../server/limits/trust.ts'
import { createServerMetrics } from '../../server/observe/server-metrics.ts'
import { answerWith, badRequest, mustBeTeacher, orderOf } from '../../server/wires/orders.ts'
import { createTeacher } from '../../server/wires/teacher.ts'
import { epochNow } from '../../wire/clock.ts'
import { createActor, type Parts } from './act.ts'
import { type LastSaid, lookAtEngines, lookAtServers } from './look.ts'
import { type ClusterState, MOST_TABS, OrderSchema, TAB_ID } from './words.ts'

/** An order is a name and a word. */
const MOST_BYTES = 1_024

const THE_CONTROL_IS = 'the control of a cluster is'

export interface Control {
  /** What a client must show that is not on this machine. */
  readonly token: string
  close(): Promise<void>
}

export interface ControlOptions {
  readonly cluster: Parts
  /** Where it listens, on loopback; 0 for any that is free. */
  readonly port: number
  /** Of the front: whose pages may give orders. */
  readonly origins: readonly string[]
}

export async function openControl({
  cluster,
  port,
  origins,
}: ControlOptions): Promise<Control & { port: number }> {
  const trust = trustFrom(['127.0.0.1']) // the front's word for whom it asks
  const teacher = createTeacher(trust)
  const app = Fastify({
    schemaController: NO_SCHEMAS,
    logger: false,
    bodyLimit: MOST_BYTES,
    trustProxy: trust,
    forceCloseConnections: true,
  })
  const actor = createActor(cluster)
  const lastSaid: LastSaid = new Map()
  answerErrors(app, createAnswerError(createServerMetrics()))
  guardHosts(app, origins, trust)
  const own = createOrigins(app, origins)
  app.removeAllContentTypeParsers()
  // JSON only: what a form of a foreign page can send is refused as what it is.
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  )
  app.addHook('onRequest', async (request) => {
    if (request.method !== 'GET') own.check(request)
    mustBeTeacher(teacher, request, THE_CONTROL_IS)
  })

  app.get('/cluster/state', async (request, reply) => answerWith(reply, await stateFor(tabsIn(request))))

  app.post('/cluster/orders', async (request, reply) => {
    await actor.act(orderOf(OrderSchema, request))
    return answerWith(reply.code(202), await stateFor([]))
  })

  async function stateFor(tabs: readonly string[]): Promise<ClusterState> {
    const [servers, engines] = await Promise.all([
      lookAtServers(cluster.servers, tabs, actor.problems, lastSaid),
      lookAtEngines(cluster.engines, actor.problems),
    ])
    return { now: epochNow(), servers, engines, quorum: Math.floor(engines.length / 2) + 1 }
  }

  await app.listen({ port, host: '127.0.0.1' })
  return {
    token: teacher.token,
    port: (app.server.address() as AddressInfo).port,
    async close() {
      actor.close()
      await app.close()
    },
  }
}

/** @throws ChatError `bad-request` */
function tabsIn({ query }: FastifyRequest): string[] {
  const { tabs = '' } = query as { readonly tabs?: unknown }
  const all = typeof tabs === 'string' && tabs !== '' ? tabs.split(',') : []
  if (typeof tabs !== 'string' || all.length > MOST_TABS || !all.every((tab) => TAB_ID.test(tab)))
    throw badRequest(`tabs must be at most ${MOST_TABS} ids of tabs, with commas between them`)
  return all
}
