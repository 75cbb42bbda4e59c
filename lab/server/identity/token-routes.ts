/** `/tokens`: what a person gives to a program. Only the person deals with them, never a token. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Person, Scope } from '../../people/caller.ts'
import { parsePassphrase } from '../../people/passphrases.ts'
import { ALL_SCOPES, type OpenSession, type TokenOptions } from '../../people/sessions.ts'
import { parseNewName, parseRoomName } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { SignInLimits } from '../limits/identity-limits.ts'
import type { Identity } from './identity.ts'
import { answerWith, bodyOf, browserSessionOf, nameIn, refuseUnknown } from './identity-routes.ts'

export function serveTokens(app: FastifyInstance, identity: Identity, limits: SignInLimits): void {
  const { accounts } = identity

  app.get('/tokens', (request, reply) => {
    const tokens = tokensOf(personAt(request)).map(withoutSecret)
    return answerWith(reply, { tokens })
  })

  app.post('/tokens', async (request, reply) => {
    const { name, passphrase, ...fields } = bodyOf(request)
    const byPassphrase = passphrase !== undefined || name !== undefined
    const asker = byPassphrase ? null : personAt(request)
    const options = parseToken(fields)
    const person = asker ?? (await prove(request, name, passphrase))
    const { session, secret } = await accounts.giveToken(person, options)
    return answerWith(reply.code(201), { ...withoutSecret(session), token: secret })
  })

  app.delete('/tokens/:id', async (request, reply) => {
    const { id } = request.params as { readonly id: string }
    const session = tokensOf(personAt(request)).find((one) => one.id === id)
    if (!session) throw new ChatError('not-found', 'you have no such token')
    await accounts.signOut(session)
    return reply.code(204).send()
  })

  const tokensOf = (person: Person) => accounts.sessions.of(person).filter(({ label }) => label !== null)

  /** The person at a browser. If a token could make tokens, revoking it would not be enough. */
  const personAt = (request: FastifyRequest): Person =>
    browserSessionOf(identity, request, 'a token cannot deal with tokens: sign in with your passphrase')
      .person

  /** For a program that has no place for a cookie. */
  async function prove(request: FastifyRequest, name: unknown, passphrase: unknown): Promise<Person> {
    const who = nameIn(name)
    const said = parsePassphrase(passphrase)
    limits.admitTry(request, who)
    return accounts.prove(who, said)
  }
}

function parseToken({ label, scopes, room, ...unknown }: Record<string, unknown>): TokenOptions {
  refuseUnknown(unknown)
  const name = parseNewName(label, 'bad-person', 'label')
  const isList = Array.isArray(scopes) && scopes.length > 0 && scopes.every(isScope)
  if (!isList) throw new ChatError('bad-person', `scopes must be some of ${ALL_SCOPES.join(', ')}`)
  return { label: name, scopes: [...new Set(scopes)], room: room === undefined ? null : parseTokenRoom(room) }
}

const isScope = (value: unknown): value is Scope => (ALL_SCOPES as readonly unknown[]).includes(value)

/** Does not check whether the room exists: the error must not tell that of a room that the caller may not read. */
function parseTokenRoom(value: unknown): string {
  if (typeof value === 'string' && value.startsWith('~')) {
    parseRoomName(value.slice(1))
    return value
  }
  return parseRoomName(value)
}

const withoutSecret = ({ id, label, scopes, room, madeAt }: OpenSession) => ({
  id,
  label,
  scopes: [...scopes],
  ...(room !== null && { room }),
  madeAt,
})
