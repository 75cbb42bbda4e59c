/**
 * `GET /certificate.json` and `/certificate.pem`: what a program must be told to believe before it talks to this lab.
 *
 * No program believes a self-signed certificate of its own accord. The pages of the course put
 * it into their commands, so they must learn whether there is one, and where. A certificate is public: each
 * client that connects is shown it. A browser whose user told it to go on fetches it from here, over the connection
 * it was told to trust, so a user who compared the fingerprint once need not compare it again.
 */
import { X509Certificate } from 'node:crypto'
import { relative, resolve } from 'node:path'
import type { TLSSocket } from 'node:tls'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { isLoopback } from '../limits/trust.ts'
import { standsFor } from './certificates.ts'

/** @param file where the certificate is kept, if it is the lab's own */
export function serveCertificate(app: FastifyInstance, file: string | undefined): void {
  app.get('/certificate.json', (request, reply) => {
    const isOwn = certificateFor(request) !== null
    // A path of this machine is of use on this machine only.
    const path =
      isOwn && file !== undefined && isLoopback(request.raw.socket.remoteAddress ?? '') ? file : null
    reply.header('cache-control', 'no-store').send({ isOwn, file: path && fromRepository(path) })
  })
  app.get('/certificate.pem', (request, reply) => {
    const certificate = certificateFor(request)
    if (!certificate)
      throw new ChatError('not-found', 'there is no certificate here that one must be told of')
    reply
      .header('cache-control', 'no-store')
      .header('content-disposition', 'attachment; filename="lab-certificate.pem"')
      .type('application/x-pem-file')
      .send(certificate.toString())
  })
}

/**
 * The certificate that this client was shown, if it is self-signed. Null otherwise: no TLS, a certificate that an
 * authority has signed, or a proxy that shows one of its own.
 */
function certificateFor({ raw: { socket }, headers, hostname }: FastifyRequest): X509Certificate | null {
  const shown = (socket as Partial<TLSSocket>).getCertificate?.()
  if (!shown || !('raw' in shown)) return null
  const certificate = new X509Certificate(shown.raw)
  // Not checkIssued: it wants a key that may sign others, and ours must not (certificates.ts).
  if (certificate.issuer !== certificate.subject || !certificate.verify(certificate.publicKey)) return null
  const isForwarded = FORWARDED.some((name) => headers[name] !== undefined)
  // A name that it does not stand for is one of a proxy, or one under which belief would not help.
  return !isForwarded && standsFor(certificate, hostname.replace(/^\[|\]$/g, '')) ? certificate : null
}

const FORWARDED = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded', 'via']

/** Short where it can be: the commands of the course are typed in the folder of the repository. */
function fromRepository(file: string): string {
  const path = relative(resolve(import.meta.dirname, '../../..'), file)
  return path.startsWith('..') ? file : path
}
