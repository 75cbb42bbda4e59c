/**
 * `GET /transports`: what this server offers. For a client that chooses among transports, and for the page, which says
 * where those listen that a browser cannot open.
 */
import type { FastifyInstance } from 'fastify'
import { isHttp, isTcp, type ServerTransport } from '../transport-kit/server-transport.ts'

/** Where a transport that is not carried by HTTP was told to listen; null while it was not, or does not yet. */
export type ListensAt = (name: string) => { readonly host: string; readonly port: number } | null

export function serveTransports(
  app: FastifyInstance,
  transports: ReadonlyMap<string, ServerTransport>,
  listensAt: ListensAt,
): void {
  app.get('/transports', (_request, reply) => {
    const offered = [...transports].flatMap(([name, transport]): object[] => {
      if (isHttp(transport)) return [{ name, carriedBy: 'http' }]
      return isTcp(transport) ? [{ name, carriedBy: 'tcp', at: listensAt(name) }] : []
    })
    reply.header('cache-control', 'no-store').type('application/json')
    reply.send(JSON.stringify({ transports: offered }))
  })
}
