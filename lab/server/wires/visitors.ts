/**
 * Visitors: whose a request is, for the wires.
 *
 * Who has signed in is known by the session, by cookie or by token. A browser that has not gets a cookie here, which
 * opens nothing but its own faults and records. A program that shows none of these is no visitor.
 */
import { createHash, randomBytes } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { TOKEN_PREFIX } from '../../people/sessions.ts'
import type { Shown } from '../../wires/connection.ts'
import type { RequestHead } from '../../wires/heads/request-heads.ts'
import { type CookieRequest, isFromOurPage } from '../http/cookies.ts'
import type { Origins } from '../http/origins.ts'
import type { Identity } from '../identity/identity.ts'

export interface Visitors {
  /** Whose the head of a request is that a lane has seen. */
  identify(head: RequestHead, isSecure: boolean, serverPort: number): Shown
  /** Whose a request is. */
  of(request: FastifyRequest): Shown
  /** Makes a visitor, by a cookie, of a browser that is none yet. */
  welcome(request: FastifyRequest, reply: FastifyReply): void
  /** Calls when the session ends by which this request is a visitor's. Returns how to stop listening. */
  onEnd(request: FastifyRequest, listener: () => void): () => void
}

/** 144 bits: as hard to guess as a session's. */
const SECRET_BYTES = 18
const SECRET = /^[\w-]{24}$/

export function createVisitors(identity: Identity, origins: Origins): Visitors {
  const { accounts, cookies } = identity
  const isOfBrowser = (secret: string) => accounts.sessions.find(secret)?.label === null

  function shownBy(request: CookieRequest, authorization: string | undefined): Shown {
    const [, token] = /^bearer[ \t]+(\S+)$/i.exec(authorization?.trim() ?? '') ?? []
    if (token !== undefined) {
      const session = token.startsWith(TOKEN_PREFIX) ? accounts.sessions.find(token) : null
      return session?.label == null ? NONE : { visitor: keyOfSession(session), before: [] }
    }
    if (!isFromOurPage(request, origins)) return NONE
    const secret = cookies.readVisitor(request)
    const visitor = secret !== null && SECRET.test(secret) ? keyOfVisitor(secret) : null
    const own = cookies.read(request, isOfBrowser)
    const session = own === null ? null : accounts.sessions.find(own)
    if (!session || session.label !== null) return { visitor, before: [] }
    return { visitor: keyOfSession(session), before: visitor === null ? [] : [visitor] }
  }

  function of(request: FastifyRequest): Shown {
    const shown = identity.shownBy(request)
    if (shown.kind === 'ticket') return { visitor: keyOfSession(shown.session), before: [] }
    return shown.kind === 'refused' ? NONE : shownBy(request, request.headers.authorization)
  }

  return {
    identify({ headers }, isSecure, serverPort) {
      const [cookie, origin] = [headers.get('cookie'), headers.get('origin')]
      const site = headers.get('sec-fetch-site')
      return shownBy(
        {
          headers: { cookie, origin, 'sec-fetch-site': site },
          protocol: isSecure ? 'https' : 'http',
          raw: { socket: { localPort: serverPort } },
        },
        headers.get('authorization'),
      )
    },
    of,
    welcome(request, reply) {
      // Not for a page of another site: it could take a browser's cookie away by giving it another.
      if (of(request).visitor !== null || !isFromOurPage(request, origins)) return
      cookies.writeVisitor(request, reply, randomBytes(SECRET_BYTES).toString('base64url'))
    },
    onEnd(request, listener) {
      const shown = identity.shownBy(request)
      return 'session' in shown ? shown.session.onEnd(listener) : () => {}
    },
  }
}

const NONE: Shown = { visitor: null, before: [] }
const keyOfSession = ({ id }: { readonly id: string }) => `session ${id}`
/** The secret itself is kept nowhere. */
const keyOfVisitor = (secret: string) => `visitor ${createHash('sha256').update(secret).digest('base64url')}`
