/** The one cookie that the lab has, and when it is believed. */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_MS } from '../../people/sessions.ts'
import type { Origins } from './origins.ts'

/**
 * Cookies do not know ports (RFC 6265 §8.5): two labs on one host would overwrite each other's, so the port
 * is in the name. Under https it is a name that browsers let nobody else on the host, or on a host
 * beside it, set (RFC 6265bis §4.1.3.2).
 */
const nameFor = (request: FastifyRequest): string =>
  isSecure(request) ? '__Host-lab' : `lab_${request.raw.socket.localPort ?? 0}`

const isSecure = ({ protocol }: FastifyRequest) => protocol === 'https'

/** What the cookie holds; null when there is none. */
export function readCookie(request: FastifyRequest): string | null {
  const { cookie } = request.headers
  if (cookie === undefined) return null
  return parseCookie(cookie)[nameFor(request)] ?? null
}

/**
 * Gives the browser a cookie, or takes it away.
 *
 * No script can read it (HttpOnly), and it is not sent with what another site asks for (SameSite=Strict).
 *
 * @param secret null to take it away
 */
export function writeCookie(request: FastifyRequest, reply: FastifyReply, secret: string | null): void {
  const line = stringifySetCookie({
    name: nameFor(request),
    value: secret ?? '',
    maxAge: secret === null ? 0 : SESSION_MS / 1_000,
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: isSecure(request),
  })
  // Not by Fastify's reply: transports write their answers past it.
  reply.raw.setHeader('set-cookie', line)
}

/**
 * Whether a page of ours may have asked, and not one of somebody else: then the cookie counts.
 *
 * SameSite keeps it from other sites, but a page on another port of this host is of the same site. It could
 * not read the answer, but it could have us do something. `Origin` tells (RFC 6454 §7), and where a browser
 * sends none, `Sec-Fetch-Site` does (Fetch Metadata §2.2); a program sends neither.
 */
export function isFromOurPage({ headers }: FastifyRequest, origins: Origins): boolean {
  const { origin } = headers
  if (origin !== undefined) return origins.isOurs(origin)
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}
