/** `GET /healthz`: tells a load balancer whether to send clients here. 503 `stopping` once the server closes (shutdown.ts). */
import type { FastifyInstance } from 'fastify'

export function serveHealth(app: FastifyInstance): void {
  app.get('/healthz', (_request, reply) => {
    reply.header('cache-control', 'no-store').type('application/json').send('{"status":"ok"}')
  })
}
