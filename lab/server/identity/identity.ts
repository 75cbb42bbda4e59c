/**
 * Who asks: what a request shows, and what that proves.
 *
 * A browser sends a cookie, a program a token in `Authorization: Bearer` (RFC 6750 §2.1), and a client that can
 * set no header a ticket in the address. A credential that is not valid is refused. Otherwise a program whose
 * token was revoked would go on as a visitor, in rooms that are open to all, and its owner would not notice. Only
 * a cookie of an ended session counts as none when the request reads: the browser sends it by itself, and the
 * page is to go on. A request without credentials costs nothing.
 */

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Accounts } from '../../people/accounts.ts'
import { ANONYMOUS, type Caller, type Person } from '../../people/caller.ts'
import { notAToken, sessionEnded } from '../../people/ended.ts'
import type { Transactor } from '../../people/keep.ts'
import { type OpenSession, TOKEN_PREFIX } from '../../people/sessions.ts'
import { createSharedTickets } from '../../people/shared/tickets-shared.ts'
import { createTickets, type Tickets } from '../../people/tickets.ts'
import { isPrivate } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import { isolated } from '../../wire/names.ts'
import { type Cookies, createCookies, isFromOurPage, mayShowCookie } from '../http/cookies.ts'
import type { Origins } from '../http/origins.ts'

/** What a request has shown. */
export type Shown =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'cookie' | 'token' | 'ticket'; readonly session: OpenSession }
  | { readonly kind: 'ended cookie'; readonly lately: boolean }
  | { readonly kind: 'refused'; readonly why: ChatError }

export interface Identity {
  readonly accounts: Accounts<boolean>
  readonly tickets: Pick<Tickets<boolean>, 'give'>
  readonly cookies: Cookies
  /** The secret that the cookie holds; null when there is none. */
  cookieOf(request: FastifyRequest): string | null
  /**
   * For servers that share a log, before anything else is asked of a request: another server may have begun the session
   * that it shows, a moment ago. A browser must not be told here to throw its new cookie away.
   *
   * @returns what to wait for; null when there is nothing. @throws ChatError `not-stored` by the promise, for a ticket
   */
  lookUp(request: FastifyRequest): Promise<void> | null
  /** Never throws. The same answer for the same request: a ticket is used only once. */
  shownBy(request: FastifyRequest): Shown
  /** @throws ChatError `not-signed-in` when what is shown does not hold */
  callerOf(request: FastifyRequest): Caller
  /**
   * The same for a connection that is not HTTP, where a token is all that can be shown.
   *
   * @param token null for a peer that does not sign in
   * @param room that it asks for
   * @throws ChatError `not-signed-in` when it is none of ours, or was taken back
   */
  callerWith(token: string | null, room: string): Caller
  /** Who has signed in; null for everybody else, also for those whom {@link Identity.callerOf} refuses. */
  personOf(request: FastifyRequest): Person | null
  /** @throws ChatError `not-signed-in`, `name-taken` when a visitor without a session may not use this name */
  checkUnsigned(author: string): void
}

export interface IdentityOptions {
  readonly origins: Origins
  readonly accounts: Accounts<boolean>
  /** Whether only those may write who have signed in. */
  readonly signIn: boolean
  /** Of lab-id.ts; none unless given. */
  readonly labId?: string
  /** Milliseconds since the Unix epoch. */
  readonly now: () => number
}

export function createIdentity({ origins, accounts, signIn, labId, now }: IdentityOptions): Identity {
  const { transactor, sessions } = accounts
  const shared = isShared(transactor) ? createSharedTickets(transactor, sessions, now) : null
  const alone = createTickets(now)
  const cookies = createCookies(labId, shared !== null)
  const known = new WeakMap<FastifyRequest, Shown>()
  /** By {@link Identity.lookUp}. */
  const taken = new WeakMap<FastifyRequest, OpenSession | null>()
  const take = (ticket: string, request: FastifyRequest) =>
    shared ? (taken.get(request) ?? null) : alone.take(ticket)

  const isOfBrowser = (secret: string) => accounts.sessions.find(secret)?.label === null
  const cookieOf = (request: FastifyRequest) => cookies.read(request, isOfBrowser)

  function look(request: FastifyRequest): Shown {
    const byToken = tokenIn(request)
    const byTicket = ticketIn(request)
    const token = byToken === null ? null : accounts.sessions.find(byToken)
    if (byToken !== null && token?.label == null) return { kind: 'refused', why: notAToken() }
    if (byTicket === null && token) return { kind: 'token', session: token }

    const secret = isFromOurPage(request, origins) ? cookieOf(request) : null
    const found = secret === null ? null : accounts.sessions.find(secret)
    const cookie = found?.label === null ? found : null
    if (byTicket === null) {
      if (secret === null) return NOTHING
      if (cookie) return { kind: 'cookie', session: cookie }
      return { kind: 'ended cookie', lately: accounts.sessions.endedLately(secret) }
    }
    const session = mayUseTicket(request) ? take(byTicket, request) : null
    const isOfAnother = [token, cookie].some((other) => other && other !== session)
    if (!session || isOfAnother) return refused('this ticket is none, or was used, or is too old')
    return { kind: 'ticket', session }
  }

  function shownBy(request: FastifyRequest): Shown {
    if (showsNothing(request)) return NOTHING
    const before = known.get(request)
    if (before) return before
    const shown = look(request)
    known.set(request, shown)
    return shown
  }

  const isUnknown = (secret: string | null) =>
    secret !== null && secret !== '' && !sessions.find(secret) && !sessions.endedLately(secret)

  async function lookUp(request: FastifyRequest, ticket: string | null): Promise<void> {
    await transactor.caughtUp?.()
    if (ticket !== null && shared) taken.set(request, await shared.take(ticket))
  }

  return {
    accounts,
    tickets: shared ?? alone,
    cookies,
    cookieOf,
    lookUp(request) {
      if (!shared || showsNothing(request)) return null
      const ticket = mayUseTicket(request) ? ticketIn(request) : null
      const isBehind = ticket !== null || [tokenIn(request), cookieOf(request)].some(isUnknown)
      return isBehind ? lookUp(request, ticket) : null
    },
    shownBy,
    callerOf(request) {
      const shown = shownBy(request)
      if (shown.kind === 'nothing') return ANONYMOUS
      if (shown.kind === 'refused') throw shown.why
      if (shown.kind === 'ended cookie') {
        // Of a private room, a visitor is told that there is none: whose session has ended is told what helps.
        if (isReading(request) && !isPrivate(roomIn(request) ?? '')) return ANONYMOUS
        throw sessionEnded()
      }
      const { session, kind } = shown
      if (!opens(session, roomIn(request))) return { person: null, scopes: NONE, session }
      return kind === 'ticket' ? { ...session.caller, scopes: onlyReading(session) } : session.caller
    },
    callerWith(token, room) {
      if (token === null) return ANONYMOUS
      const session = token.startsWith(TOKEN_PREFIX) ? accounts.sessions.find(token) : null
      if (session?.label == null) throw notAToken()
      return opens(session, room) ? session.caller : { person: null, scopes: NONE, session }
    },
    personOf(request) {
      const shown = shownBy(request)
      return 'session' in shown ? shown.session.person : null
    },
    checkUnsigned(author) {
      if (signIn) throw new ChatError('not-signed-in', 'sign in first: here, only those write who have')
      if (accounts.people.named(author)) {
        throw new ChatError(
          'name-taken',
          `the name ${isolated(author)} is taken: sign in, or write under another name`,
        )
      }
    },
  }
}

/**
 * For writes, before a body is read: refuses a writer whose credential is not valid, whether the route asks or not.
 * The gateway refuses a reader.
 *
 * @returns throws ChatError `not-signed-in`
 */
export const createCredentialGuard =
  ({ shownBy }: Identity) =>
  (request: FastifyRequest): void => {
    const shown = shownBy(request)
    if (shown.kind === 'refused' && !isReading(request)) throw shown.why
  }

/** Tells a browser whose session has ended to send its cookie no more. */
export function clearEndedCookies(
  { shownBy, cookies }: Identity,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  if (!mayShowCookie(request)) return
  const shown = shownBy(request)
  if (shown.kind === 'ended cookie' && !shown.lately) cookies.write(request, reply, null)
}

/** Whether other servers keep people with this one: then what is kept comes later. */
const isShared = (transactor: Transactor<boolean>): transactor is Transactor<true> =>
  transactor.caughtUp !== undefined

const NOTHING: Shown = { kind: 'nothing' }
const NONE: Caller['scopes'] = new Set()
const READ: Caller['scopes'] = new Set(['read'])

const refused = (why: string): Shown => ({ kind: 'refused', why: new ChatError('not-signed-in', why) })
/** A token for one room opens no other, and is no person's there: not even a member's. */
const opens = (session: OpenSession, room: string | undefined) =>
  session.room === null || session.room === room
const onlyReading = ({ scopes }: OpenSession) => (scopes.has('read') ? READ : NONE)

const isReading = ({ method }: FastifyRequest) => method === 'GET' || method === 'HEAD'
const mayUseTicket = (request: FastifyRequest) => isReadingOfRoom(request) || isSigningOut(request)
const isReadingOfRoom = (request: FastifyRequest) => isReading(request) && roomIn(request) !== undefined
/** A page whose browser keeps no cookie can end the session it was given only by its ticket. */
const isSigningOut = ({ method, routeOptions }: FastifyRequest) =>
  method === 'DELETE' && routeOptions.url === '/session'
const roomIn = ({ params }: FastifyRequest) => (params as { readonly room?: string } | undefined)?.room

const showsNothing = (request: FastifyRequest) =>
  request.headers.authorization === undefined &&
  !mayShowCookie(request) &&
  !request.raw.url?.includes('ticket=')

/** The token; '' when it is none of ours. Other schemes than Bearer are for a proxy before us: null. */
function tokenIn({ headers: { authorization = '' } }: FastifyRequest): string | null {
  const [, token] = /^bearer(?:[ \t]+(.*))?$/i.exec(authorization.trim()) ?? [null, null]
  if (token === null) return null
  return token?.startsWith(TOKEN_PREFIX) ? token : ''
}

/** The ticket; '' when there are several. */
function ticketIn({ query }: FastifyRequest): string | null {
  const { ticket = null } = (query ?? {}) as { readonly ticket?: string | string[] }
  return Array.isArray(ticket) ? '' : ticket
}
