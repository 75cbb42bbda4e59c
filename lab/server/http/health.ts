/** `GET /healthz`: for whoever must know whether to send people here. 503 `stopping` once the server closes (shutdown.ts). */
import type { FastifyInstance } from 'fastify'

export function serveHealth(app: FastifyInstance): void {
  app.get('/healthz', (_request, reply) => {
    reply.header('cache-control', 'no-store').type('application/json').send('{"status":"ok"}')
  })
}
