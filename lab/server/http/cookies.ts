/** The one cookie that the lab has, and when it is believed. */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_MS } from '../../people/sessions.ts'
import type { Origins } from './origins.ts'

export interface Cookies {
  /**
   * What the cookie holds; null when there is none.
   *
   * @param isGood whether this secret has a session here. One under the name that the cookie had in earlier versions
   *   counts only then: under https it may be another lab's.
   */
  read(request: FastifyRequest, isGood: (secret: string) => boolean): string | null
  /** Whether what {@link Cookies.read} has found stands under the earlier name: then write it under its own. */
  isUnderEarlierName(request: FastifyRequest): boolean
  /**
   * Gives the browser a cookie, or takes it away.
   *
   * No script can read it (HttpOnly), and it is not sent with what another site asks for (SameSite=Strict).
   *
   * @param secret null to take it away
   */
  write(request: FastifyRequest, reply: FastifyReply, secret: string | null): void
}

/**
 * Cookies do not know ports (RFC 6265 §8.5), and labs on one host would overwrite each other's. So the port is
 * in the name, and so is the lab's id: behind one proxy name, two labs on two machines listen on the same port.
 *
 * @param labId of lab-id.ts; '' for a lab that needs none
 */
export function createCookies(labId = ''): Cookies {
  const suffix = labId === '' ? '' : `_${labId}`
  // Under https, `__Host-`: browsers let no other port of the host, and no neighbouring host, set such a name
  // (RFC 6265bis §4.1.3.2).
  const nameFor = (request: FastifyRequest) =>
    `${isSecure(request) ? '__Host-' : ''}lab_${portOf(request)}${suffix}`

  function find(request: FastifyRequest, name: string): string | null {
    const { cookie } = request.headers
    return cookie === undefined ? null : (parseCookie(cookie)[name] ?? null)
  }
  const findOwn = (request: FastifyRequest) => find(request, nameFor(request))

  return {
    read(request, isGood) {
      if (!mayShowCookie(request)) return null
      const own = findOwn(request)
      if (own !== null) return own
      const earlier = find(request, earlierNameFor(request))
      return earlier !== null && isGood(earlier) ? earlier : null
    },
    isUnderEarlierName: (request) => findOwn(request) === null,
    write(request, reply, secret) {
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
    },
  }
}

/** Stands in each name that the cookie has or had. */
const IN_EACH_NAME = 'lab'

/**
 * Whether a request may have our cookie at all. Most cookies on a host are of others, and to look for ours among them
 * costs as much as all other guards of a poll.
 */
export const mayShowCookie = ({ headers }: FastifyRequest): boolean =>
  headers.cookie?.includes(IN_EACH_NAME) ?? false

const isSecure = ({ protocol }: FastifyRequest) => protocol === 'https'

const portOf = ({ raw }: FastifyRequest) => raw.socket.localPort ?? 0

/** The name up to November 2026. A person who signed in then must stay signed in. */
const earlierNameFor = (request: FastifyRequest) =>
  isSecure(request) ? '__Host-lab' : `lab_${portOf(request)}`

/**
 * Whether the request may come from a page of ours and not from another site's: then the cookie counts.
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
