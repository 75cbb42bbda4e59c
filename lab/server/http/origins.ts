/**
 * Origins: whose pages may write to this server.
 *
 * A browser sends its cookies to us whichever page made the request, and opens a WebSocket
 * without asking the server first (RFC 6455 §10.2), so the server must look at `Origin` itself. The
 * list is exact. Comparing Origin with Host would not do: a name that an attacker
 * points at 127.0.0.1 is the same in both (DNS rebinding).
 *
 * A program sends no Origin at all and is let through; only browsers need this guard.
 */
import type { AddressInfo } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { Server as TlsServer } from 'node:tls'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ChatError } from '../../wire/errors.ts'
import { isUpgrade } from './upgrades.ts'

export interface Origins {
  /** Whether pages of this origin are ours, or are let in. */
  isOurs(origin: string): boolean
  /** Another origin of this server: of a lane's port. */
  add(origin: string): void
}

/**
 * Refuses writes and upgrades that come from a page of another origin.
 *
 * @param names of the machine by which the server is reached, besides those of its address
 */
export function guardOrigins(
  app: FastifyInstance,
  alsoAllowed: readonly string[],
  names: readonly string[] = [],
): Origins {
  const allowed = new Set(alsoAllowed)
  app.addHook('onListen', async () => {
    const { address, port } = app.server.address() as AddressInfo
    const scheme = app.server instanceof TlsServer ? 'https' : 'http'
    for (const host of [...namesFor(address), ...names]) {
      const url = `${scheme}://${host}:${port}`
      if (URL.canParse(url)) allowed.add(new URL(url).origin)
    }
  })
  app.addHook('onRequest', (request, _reply, done) => {
    const { origin } = request.headers
    const isForeign = origin !== undefined && !allowed.has(origin) && (writes(request) || isUpgrade(request))
    done(
      isForeign
        ? new ChatError('foreign-origin', `a page of ${origin} may not write here (see --origin)`)
        : undefined,
    )
  })
  return { isOurs: (origin) => allowed.has(origin), add: (origin) => void allowed.add(origin) }
}

const writes = ({ method }: FastifyRequest) => method !== 'GET' && method !== 'HEAD'

/** The names under which a browser may know the address that we listen on. */
export function namesFor(address: string): string[] {
  if (address === '127.0.0.1' || address === '::1') return ['localhost', bracketed(address)]
  if (address !== '0.0.0.0' && address !== '::') return [bracketed(withoutZone(address))]
  const own = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? [])
  return ['localhost', hostname(), ...own.map((one) => bracketed(withoutZone(one.address)))]
}

/** An IPv6 address stands in brackets in a URL (RFC 3986 §3.2.2). */
export const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address)

/** `fe80::1%eth0`: the zone is for this machine's eyes only, and no part of a URL in a browser (RFC 9844). */
export const withoutZone = (address: string): string => address.replace(/%.*$/, '')
