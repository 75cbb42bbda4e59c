/** The lab's cookies, and when they are believed: the session's, and that of a browser which has not signed in. */
import { parseCookie, stringifySetCookie } from 'cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_MS } from '../../people/sessions.ts'
import type { Origins } from './origins.ts'

/** What of a request its cookies depend on: a lane knows no more of one than its head. */
export interface CookieRequest {
  readonly headers: {
    readonly cookie?: string | undefined
    readonly origin?: string | undefined
    readonly 'sec-fetch-site'?: string | string[] | undefined
  }
  readonly protocol: string
  readonly raw: { readonly socket: { readonly localPort?: number | undefined } }
}

export interface Cookies {
  /**
   * What the cookie holds; null when there is none.
   *
   * @param isGood whether this secret has a session here. One under the name that the cookie had in earlier versions
   *   counts only then: under https it may be another lab's.
   */
  read(request: CookieRequest, isGood: (secret: string) => boolean): string | null
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
  /** By which the wires know a browser that has not signed in (lab/server/wires/visitors.ts); null when it has none. */
  readVisitor(request: CookieRequest): string | null
  /** Gives it one, for as long as the browser is open. */
  writeVisitor(request: FastifyRequest, reply: FastifyReply, secret: string): void
}

/**
 * Cookies do not know ports (RFC 6265 §8.5), and labs on one host would overwrite each other's. So the port is
 * in the name, and so is the lab's id: behind one proxy name, two labs on two machines listen on the same port. Servers that
 * share a log are one lab, whichever their ports are, and must read each other's cookies.
 *
 * @param labId of lab-id.ts; '' for a lab that needs none. Of servers that share a log, the name of that
 */
export function createCookies(labId = '', isShared = false): Cookies {
  const suffix = labId === '' ? '' : `_${labId}`
  // Under https, `__Host-`: browsers let no other port of the host, and no neighbouring host, set such a name
  // (RFC 6265bis §4.1.3.2).
  const nameFor = (request: CookieRequest) =>
    `${isSecure(request) ? '__Host-' : ''}lab${isShared ? '' : `_${portOf(request)}`}${suffix}`
  const visitorNameFor = (request: CookieRequest) => `${nameFor(request)}_visitor`

  function find(request: CookieRequest, name: string): string | null {
    const { cookie } = request.headers
    return cookie === undefined ? null : (parseCookie(cookie)[name] ?? null)
  }
  const findOwn = (request: CookieRequest) => find(request, nameFor(request))

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
    readVisitor: (request) => find(request, visitorNameFor(request)),
    writeVisitor(request, reply, secret) {
      const line = stringifySetCookie({
        name: visitorNameFor(request),
        value: secret,
        path: '/',
        httpOnly: true,
        sameSite: 'strict',
        secure: isSecure(request),
      })
      reply.raw.appendHeader('set-cookie', line) // an ended session's cookie may have been taken away beside it
    },
  }
}

/** Stands in each name that the cookie has or had. */
const IN_EACH_NAME = 'lab'

/**
 * Whether a request may have our cookie at all. Most cookies on a host are of others, and to look for ours among them
 * costs as much as all other guards of a poll.
 */
export const mayShowCookie = ({ headers }: CookieRequest): boolean =>
  headers.cookie?.includes(IN_EACH_NAME) ?? false

const isSecure = ({ protocol }: CookieRequest) => protocol === 'https'

const portOf = ({ raw }: CookieRequest) => raw.socket.localPort ?? 0

/** The name up to November 2026. A person who signed in then must stay signed in. */
const earlierNameFor = (request: CookieRequest) =>
  isSecure(request) ? '__Host-lab' : `lab_${portOf(request)}`

/**
 * Whether the request may come from a page of ours and not from another site's: then the cookie counts.
 *
 * SameSite keeps it from other sites, but a page on another port of this host is of the same site. It could
 * not read the answer, but it could have us do something. `Origin` tells (RFC 6454 §7), and where a browser
 * sends none, `Sec-Fetch-Site` does (Fetch Metadata §2.2); a program sends neither.
 */
export function isFromOurPage({ headers }: Pick<CookieRequest, 'headers'>, origins: Origins): boolean {
  const { origin } = headers
  if (origin !== undefined) return origins.isOurs(origin)
  const site = headers['sec-fetch-site']
  return site === undefined || site === 'same-origin' || site === 'none'
}
