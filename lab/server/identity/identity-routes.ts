/** `/session` and `/people`: who I am, come as a guest, sign up, sign in, change the passphrase, sign out. */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { SignedIn } from '../../people/accounts.ts'
import { parseName } from '../../people/names.ts'
import { parseNewPassphrase, parsePassphrase } from '../../people/passphrases.ts'
import { ALL_SCOPES, type OpenSession } from '../../people/sessions.ts'
import { TICKET_S } from '../../people/tickets.ts'
import { parseJson, record } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import { isName, quoted } from '../../wire/names.ts'
import type { SignInLimits } from '../limits/identity-limits.ts'
import type { Identity } from './identity.ts'

export function serveIdentity(app: FastifyInstance, identity: Identity, limits: SignInLimits): void {
  const { accounts, tickets, cookies } = identity

  // Never 401 for a cookie: the page asks as it loads, and a browser writes each refusal into its console.
  app.get('/session', async (request, reply) => {
    const shown = identity.shownBy(request)
    if (shown.kind === 'refused') throw shown.why
    if (!('session' in shown)) return answerWith(reply, { person: null })
    const { session } = shown
    if (shown.kind === 'cookie' && ((await accounts.renew(session)) || cookies.isUnderEarlierName(request))) {
      cookies.write(request, reply, identity.cookieOf(request))
    }
    const { id, name, kind } = session.person
    const room = session.room === null ? {} : { room: session.room }
    return answerWith(reply, { person: { id, name, kind }, scopes: [...session.scopes], ...room })
  })

  app.post('/session', async (request, reply) => {
    const { name, passphrase, ticket, ...unknown } = bodyOf(request)
    refuseUnknown(unknown)
    const welcome = welcoming(request, reply, ticket)
    if (passphrase === undefined) {
      const wanted = parseName(name)
      limits.admitNew(request)
      return welcome(await accounts.signInAsGuest(wanted, browserOf(request)))
    }
    const who = nameIn(name)
    const said = parsePassphrase(passphrase)
    limits.admitTry(request, who)
    return welcome(await accounts.signIn(who, said, browserOf(request)))
  })

  app.post('/people', async (request, reply) => {
    const { name, passphrase, ticket, ...unknown } = bodyOf(request)
    refuseUnknown(unknown)
    const welcome = welcoming(request, reply, ticket)
    const wanted = parseName(name)
    const chosen = parseNewPassphrase(passphrase, wanted)
    limits.admitNew(request)
    return welcome(await accounts.signUp(wanted, chosen, browserOf(request)))
  })

  app.put('/people/me/passphrase', async (request, reply) => {
    const { passphrase, newPassphrase, ticket, ...unknown } = bodyOf(request)
    refuseUnknown(unknown)
    const welcome = welcoming(request, reply, ticket, 200)
    const session = browserSessionOf(identity, request, 'a token cannot change the passphrase')
    const { name, kind } = session.person
    if (kind === 'guest') throw new ChatError('not-allowed', 'a guest has no passphrase: sign up to have one')
    const before = parsePassphrase(passphrase)
    const chosen = parseNewPassphrase(newPassphrase, name)
    limits.admitTry(request, name)
    return welcome(await accounts.changePassphrase(session, before, chosen))
  })

  app.delete('/session', async (request, reply) => {
    await accounts.signOut(sessionOf(identity, request))
    cookies.write(request, reply, null)
    return reply.code(204).send()
  })

  app.post('/session/tickets', async (request, reply) => {
    const ticket = await tickets.give(sessionOf(identity, request))
    return answerWith(reply.code(201), { ticket, expiresInS: TICKET_S })
  })

  /** The session of the browser that asks; null when there is none, or none any more. */
  function browserOf(request: FastifyRequest): OpenSession | null {
    const shown = identity.shownBy(request)
    return shown.kind === 'cookie' ? shown.session : null
  }

  /**
   * Responds to a person who has just signed in.
   *
   * @param ticket whether they want one: with it, a browser that turns out to keep no cookie can end the session,
   *   which would otherwise hold a name that no client can use
   * @throws ChatError `bad-person`
   */
  function welcoming(request: FastifyRequest, reply: FastifyReply, ticket: unknown, status: 200 | 201 = 201) {
    if (ticket !== undefined && typeof ticket !== 'boolean') {
      throw new ChatError('bad-person', 'ticket must be true or false')
    }
    return async ({ person, secret }: SignedIn) => {
      cookies.write(request, reply, secret)
      const { id, name, kind } = person
      const session = ticket ? accounts.sessions.find(secret) : null
      return answerWith(reply.code(status), {
        person: { id, name, kind },
        scopes: ALL_SCOPES,
        ...(session && { ticket: await tickets.give(session) }),
      })
    }
  }
}

/** What the request has signed in with. @throws ChatError `not-signed-in` */
export function sessionOf(identity: Identity, request: FastifyRequest): OpenSession {
  const shown = identity.shownBy(request)
  if ('session' in shown) return shown.session
  throw shown.kind === 'refused' ? shown.why : new ChatError('not-signed-in', 'sign in first')
}

/**
 * The same, for a person at a browser: some things a program may not do in a person's name.
 *
 * @param words what to say to a token
 * @throws ChatError `not-signed-in`, `not-allowed`
 */
export function browserSessionOf(identity: Identity, request: FastifyRequest, words: string): OpenSession {
  const session = sessionOf(identity, request)
  if (session.label === null) return session
  throw new ChatError('not-allowed', words)
}

/** @throws ChatError `bad-json`, `bad-person` */
export const bodyOf = (request: FastifyRequest) =>
  record(parseJson((request.body as string | undefined) ?? ''), 'bad-person', 'what you send')

export function refuseUnknown(fields: Readonly<Record<string, unknown>>): void {
  const field = Object.keys(fields)[0]
  if (field !== undefined) throw new ChatError('bad-person', `unknown field ${quoted(field)}`)
}

/** A name that a client says is its person's. The error does not tell whether the name exists. */
export function nameIn(name: unknown): string {
  if (isName(name)) return name
  throw new ChatError('bad-person', 'name must be a name')
}

/** JSON that no cache on the way may keep. */
export const answerWith = (reply: FastifyReply, value: object) =>
  reply.header('cache-control', 'no-store').type('application/json').send(JSON.stringify(value))
