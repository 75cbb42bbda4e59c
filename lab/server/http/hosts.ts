/**
 * Hosts: by which names this server may be called.
 *
 * A page at a name that an attacker has pointed at 127.0.0.1 (DNS rebinding) is, to the browser, of the
 * same origin as we are: it may read every answer. But it cannot hide the name, which stands in `Host`.
 * So the names are a list. An address is no name, and an attacker cannot point it elsewhere; it passes, and so
 * does any port, since a proxy or a tunnel on this machine has another.
 */
import type { AddressInfo } from 'node:net'
import { isIP } from 'node:net'
import type { FastifyInstance } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { forwardedHost, trustNone } from '../limits/trust.ts'
import { namesFor } from './origins.ts'

/**
 * Refuses what is asked under a name that is not ours, reads and handshakes too.
 *
 * @param origins whose hosts are ours besides
 * @param trust in the proxy that says what it was asked for; its own Host must be ours as well, since some let
 *   the client's `X-Forwarded-Host` through
 * @param names of the machine by which the server is reached, besides those of its address
 */
export function guardHosts(
  app: FastifyInstance,
  origins: readonly string[],
  trust = trustNone,
  names: readonly string[] = [],
): void {
  const ours = new Set([
    'localhost',
    ...origins.map((origin) => new URL(origin).hostname),
    ...names.map((name) => name.toLowerCase()),
  ])
  app.addHook('onListen', async () => {
    for (const name of namesFor((app.server.address() as AddressInfo).address)) ours.add(name.toLowerCase())
  })
  /** The last one that was: it is the next one too, for as long as a server has one name. No name is ever taken away. */
  let wasOurs = ''
  const isOurs = (host: string) => {
    if (host === wasOurs) return true
    const name = nameIn(host)
    if (name === null || !(ours.has(name) || isIP(name.replace(/^\[|\]$/g, '')) > 0)) return false
    wasOurs = host
    return true
  }

  app.addHook('onRequest', (request, _reply, done) => {
    const { raw, url } = request
    const { host } = raw.headers
    // What Host is to HTTP/1.1, `:authority` is to HTTP/2 (RFC 9113 §8.3.1); if Host is there too, both count.
    const authority = raw.headers[':authority'] as string | undefined
    // Two of them, and a proxy may have looked at the other one (RFC 9112 §3.2).
    if (countOf('host', raw.rawHeaders) > 1) return done(new ChatError('bad-request', 'more than one Host'))
    // HTTP/1.1 must have one (RFC 9112 §3.2); HTTP/1.0 may leave it out, and no browser does.
    if (host === undefined && raw.httpVersion === '1.1')
      return done(new ChatError('bad-request', 'Host is missing'))
    // An absolute target counts instead of Host (RFC 9112 §3.2.2); here, both must be ours.
    const inTarget = url.startsWith('/') ? undefined : hostInTarget(url)
    const foreign = [host, authority, inTarget, forwardedHost(request, trust)].find(
      (one) => one !== undefined && !isOurs(one),
    )
    done(
      foreign === undefined
        ? undefined
        : new ChatError(
            'foreign-host',
            `this server is not called ${JSON.stringify(foreign)} (see --origin)`,
          ),
    )
  })
}

/** `name:port` without the port; null when it is no such thing. */
function nameIn(host: string): string | null {
  const [, name] = /^([a-z0-9._-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.exec(host) ?? []
  return name?.toLowerCase() ?? null
}

/** The authority of an absolute target, user and password included: those make it no name of ours. */
const hostInTarget = (target: string) => /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(target)?.[1]

/** How often a header stands in a request. Node keeps the first `Host` and drops the others. */
function countOf(name: string, rawHeaders: readonly string[]): number {
  let count = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const one = rawHeaders[i]!
    if (one.length === name.length && one.toLowerCase() === name) count++
  }
  return count
}
