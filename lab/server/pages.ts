/** The pages for people, and what a browser is allowed to do with them. */
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/**
 * Only our own files, and no script or style written into a page: what somebody types into
 * the chat cannot become either, even if it were ever shown as markup.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
].join('; ')

export async function servePages(app: FastifyInstance, folder: string): Promise<void> {
  await app.register(fastifyStatic, {
    root: folder,
    cacheControl: false,
    setHeaders(reply) {
      reply.header('content-security-policy', POLICY)
      reply.header('x-content-type-options', 'nosniff')
      reply.header('referrer-policy', 'no-referrer')
      reply.header('cache-control', 'no-cache') // ask each time, by ETag: the files change as you learn
    },
  })
}
