/**
 * What people do with their names: come as a guest, make a name theirs, sign in and out, give tokens to
 * programs. Each of these is one write to the disk, or nothing (keep.ts).
 *
 * Every sign-in gives the person a new secret. The browser's earlier one may have been put there by an
 * attacker who knows it (session fixation).
 */
import type { Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'
import type { Person } from './caller.ts'
import { sessionEnded } from './ended.ts'
import { type Change, take } from './keep.ts'
import { keyOf } from './names.ts'
import { createPassphrases } from './passphrases.ts'
import { createPeople, type People } from './people.ts'
import {
  createSessions,
  MAX_TOKENS,
  type OpenSession,
  SESSION_MS,
  type Sessions,
  type TokenOptions,
} from './sessions.ts'

/** Who has signed in, and the secret that shows it from now on. */
export interface SignedIn {
  readonly person: Person
  readonly secret: string
}

/** In each, `session` is what the browser has shown so far; null for nothing. */
export interface Accounts {
  readonly people: People
  readonly sessions: Sessions
  /**
   * Comes as a guest. A guest whose name no other user has seen changes it; any other becomes a new person.
   *
   * @throws ChatError `name-taken`, `not-stored`
   */
  signInAsGuest(name: string, session: OpenSession | null): SignedIn
  /**
   * Holds a name by a passphrase. A guest who gives its own name stays who it is, with all its sessions.
   *
   * @throws ChatError `name-taken`, `not-stored`, `too-many-requests`
   */
  signUp(name: string, passphrase: string, session: OpenSession | null): Promise<SignedIn>
  /** @throws ChatError `wrong-passphrase`, `not-stored`, `too-many-requests` */
  signIn(name: string, passphrase: string, session: OpenSession | null): Promise<SignedIn>
  /** Who that is, without signing in. @throws ChatError as {@link Accounts.signIn} */
  prove(name: string, passphrase: string): Promise<Person>
  /**
   * Holds the name by another passphrase. The session goes on under a new secret, and all other browsers are
   * signed out: one of them may be why. Tokens stay; each is taken back by itself.
   *
   * @param before the passphrase so far: a stranger who finds a browser open does not get the name with it
   * @throws ChatError as {@link Accounts.signIn}; `not-signed-in` when the session has ended meanwhile
   */
  changePassphrase(session: OpenSession, before: string, passphrase: string): Promise<SignedIn>
  /** Ends it for all that was opened with it. @throws ChatError `not-stored`: then it goes on */
  signOut(session: OpenSession): void
  /** A browser that keeps coming stays signed in. Whether it was time for that: then its cookie lasts longer too. */
  renew(session: OpenSession): boolean
  /** @throws ChatError `not-allowed` when there are too many, `not-stored` */
  giveToken(person: Person, options: TokenOptions): { session: OpenSession; secret: string }
  /** Ends what is too old. To be called now and then. */
  sweep(): void
}

/** @param now milliseconds since the Unix epoch */
export function createAccounts(
  records: Records,
  now: () => number = Date.now,
  maxPeople?: number,
  passphrases = createPassphrases(),
): Accounts {
  const people = createPeople(records, now, maxPeople)
  const sessions = createSessions(records, people, now)

  /** Ends a session; and a guest whose name no other user has seen is forgotten with the last. */
  function leave(session: OpenSession): Change {
    const { person } = session
    const ending = sessions.end(session)
    const isLast = sessions.of(person).length === 1
    if (!isLast || people.isUsed(person)) return ending
    const forgetting = people.forget(person)
    return {
      changes: [...ending.changes, ...forgetting.changes],
      apply() {
        ending.apply()
        forgetting.apply()
      },
    }
  }
  /** Signs this person in on this browser, in place of the one who was signed in there. */
  function replace(person: Person, session: OpenSession | null, ...others: readonly Change[]): SignedIn {
    const leaving = session && !session.isOver ? [leave(session)] : []
    return { person, secret: take(records, sessions.begin(person), ...others, ...leaving) }
  }
  /** Adds a new person, and signs them in. */
  function welcome(name: string, hash: string | null, session: OpenSession | null): SignedIn {
    const added = people.add(name, hash)
    const { person, insteadOf } = added
    const others = insteadOf ? sessions.of(insteadOf).filter((one) => one !== session) : []
    return replace(person, session, added, ...others.map(sessions.end))
  }
  /** The same session under a new secret, with whatever else becomes of its person. */
  function goOn(session: OpenSession, ...others: readonly Change[]): SignedIn {
    return { person: session.person, secret: take(records, sessions.rotate(session), ...others) }
  }
  /** Whether this is the session of a guest of that name. */
  function isGuest(session: OpenSession | null, name: string): session is OpenSession {
    if (!session || session.isOver || session.person.kind !== 'guest') return false
    return keyOf(session.person.name) === keyOf(name)
  }

  /** @param words what to say when it does not fit: the same, whichever of the two is wrong */
  async function proveOr(words: string, name: string, passphrase: string): Promise<Person> {
    const person = people.named(name)
    const hash = person && people.hashOf(person)
    const fits = await passphrases.fits(hash, passphrase)
    // What was right when it was said may have been changed meanwhile.
    if (!person || !fits || people.hashOf(person) !== hash) throw new ChatError('wrong-passphrase', words)
    return person
  }
  const prove = (name: string, passphrase: string) =>
    proveOr('there is no such name with this passphrase', name, passphrase)

  return {
    people,
    sessions,
    signInAsGuest(name, session) {
      const guest = session && !session.isOver && session.person.kind === 'guest' ? session : null
      if (guest && !people.isUsed(guest.person)) return goOn(guest, people.rename(guest.person, name))
      if (isGuest(session, name)) return goOn(session)
      return welcome(name, null, session)
    },
    async signUp(name, passphrase, session) {
      if (!isGuest(session, name)) people.checkFree(name)
      const hash = await passphrases.hash(passphrase)
      // Asked again: much can happen while a hash is made.
      if (isGuest(session, name)) return goOn(session, people.secure(session.person, hash))
      return welcome(name, hash, session)
    },
    async signIn(name, passphrase, session) {
      return replace(await prove(name, passphrase), session)
    },
    prove,
    async changePassphrase(session, before, passphrase) {
      const { person } = session
      await proveOr('the passphrase so far is another', person.name, before)
      const hash = await passphrases.hash(passphrase)
      if (session.isOver) throw sessionEnded()
      const others = sessions.of(person).filter((one) => one !== session && one.label === null)
      return goOn(session, people.secure(person, hash), ...others.map(sessions.end))
    },
    signOut: (session) => take(records, leave(session)),
    renew(session) {
      const { endsAt } = session
      if (endsAt === null || endsAt - now() >= SESSION_MS / 2) return false
      take(records, sessions.extend(session))
      return true
    },
    giveToken(person, options) {
      const tokens = sessions.of(person).filter(({ label }) => label !== null)
      if (tokens.length >= MAX_TOKENS) {
        throw new ChatError('not-allowed', `you have ${MAX_TOKENS} tokens: take one back first`)
      }
      return take(records, sessions.beginToken(person, options))
    },
    sweep() {
      for (const session of sessions.expired()) take(records, leave(session))
    },
  }
}
