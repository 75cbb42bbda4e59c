/**
 * `GET /healthz`: tells a load balancer whether to send clients here. 503 `stopping` once the server closes (shutdown.ts), and 503
 * while it is behind the log that it shares with others, or takes a copy of one of them: its readers would wait here for what they
 * can have elsewhere. And 503 `draining` from the moment at which it is told to give its readers away (lab/server/drain).
 */
import type { FastifyInstance } from 'fastify'
import type { Readiness } from '../../hub/shared/shared-log.ts'
import type { Drain } from '../drain/drain.ts'

/** @param readiness of a server that shares a log; null for one that has its rooms alone */
export function serveHealth(
  app: FastifyInstance,
  readiness: () => Readiness | null,
  drain: Pick<Drain, 'now'>,
): void {
  app.get('/healthz', (_request, reply) => {
    const { status: ready = 'ok', ...log } = readiness() ?? {}
    const draining = drain.now
    const status = draining ? 'draining' : ready
    const body = JSON.stringify({ status, ...draining, ...log })
    reply
      .code(status === 'ok' ? 200 : 503)
      .header('cache-control', 'no-store')
      .type('application/json')
      .send(body)
  })
}
