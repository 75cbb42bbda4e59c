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
import { type Change, giving, type Kept, keepHere, NOTHING, type Transactor, together } from './keep.ts'
import { keyOf } from './names.ts'
import { createPassphrases, type Passphrases } from './passphrases.ts'
import { createPeople, type People } from './people.ts'
import {
  createSessions,
  MAX_TOKENS,
  type OpenSession,
  SESSION_MS,
  type Sessions,
  type TokenOptions,
} from './sessions.ts'
import { tablesOf } from './tables-of.ts'

/** Who has signed in, and the secret that shows it from now on. */
export interface SignedIn {
  readonly person: Person
  readonly secret: string
}

/**
 * In each, `session` is what the browser has shown so far; null for nothing.
 *
 * `Later` is true where several servers share a log: there, all that changes people gives a promise, and throws by it.
 */
export interface Accounts<Later extends boolean = false> {
  readonly transactor: Transactor<Later>
  readonly people: People<Later>
  readonly sessions: Sessions
  /**
   * Comes as a guest. A guest whose name no other user has seen changes it; any other becomes a new person.
   *
   * @throws ChatError `name-taken`, `not-stored`
   */
  signInAsGuest(name: string, session: OpenSession | null): Kept<Later, SignedIn>
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
  signOut(session: OpenSession): Kept<Later, void>
  /** A browser that keeps coming stays signed in. Whether it was time for that: then its cookie lasts longer too. */
  renew(session: OpenSession): Kept<Later, boolean>
  /** @throws ChatError `not-allowed` when there are too many, `not-stored` */
  giveToken(person: Person, options: TokenOptions): Kept<Later, { session: OpenSession; secret: string }>
  /** Ends what is too old. To be called now and then. */
  sweep(): Kept<Later, void>
}

/**
 * @param kept the records of a server that is alone, or what keeps them for several
 * @param now milliseconds since the Unix epoch
 */
export function createAccounts(
  kept: Records,
  now?: () => number,
  maxPeople?: number,
  passphrases?: Passphrases,
): Accounts
export function createAccounts<Later extends boolean>(
  kept: Transactor<Later>,
  now?: () => number,
  maxPeople?: number,
  passphrases?: Passphrases,
): Accounts<Later>
export function createAccounts(
  kept: Records | Transactor<boolean>,
  now: () => number = Date.now,
  maxPeople?: number,
  passphrases = createPassphrases(),
): Accounts<boolean> {
  return accountsOf('tables' in kept ? kept : keepHere(kept, tablesOf(kept)), now, maxPeople, passphrases)
}

function accountsOf<Later extends boolean>(
  transactor: Transactor<Later>,
  now: () => number,
  maxPeople: number | undefined,
  passphrases: Passphrases,
): Accounts<Later> {
  const people = createPeople(transactor, now, maxPeople)
  const sessions = createSessions(transactor.tables, people, now)

  /** Ends a session; and a guest whose name no other user has seen is forgotten with the last. */
  function leave(session: OpenSession): Change {
    if (session.isOver) return NOTHING
    const { person } = session
    const ending = sessions.end(session)
    const isLast = sessions.of(person).length === 1
    return isLast && !people.isUsed(person) ? together(ending, people.forget(person)) : ending
  }
  /** Signs a person in on this browser, in place of the one who was signed in there. */
  function replace(
    personId: string,
    session: OpenSession | null,
    ...others: readonly Change[]
  ): Change<string> {
    const leaving = session ? [leave(session)] : []
    return together(sessions.begin(personId), ...others, ...leaving)
  }
  /** Adds a new person, and signs them in. */
  function welcome(name: string, hash: string | null, session: OpenSession | null): Change<SignedIn> {
    const added = people.add(name, hash)
    const { insteadOf } = added
    const others = insteadOf ? sessions.of(insteadOf).filter((one) => one !== session) : []
    const adding = giving(added, () => {})
    const begun = replace(added.id, session, adding, ...others.map(sessions.end))
    return giving(begun, (secret) => ({ person: added.result(), secret }))
  }
  /** The same session under a new secret, with whatever else becomes of its person. */
  function goOn(session: OpenSession, ...others: readonly Change[]): Change<SignedIn> {
    const { person } = session
    return giving(together(sessions.rotate(session), ...others), (secret) => ({ person, secret }))
  }
  /** Whether this is the session of a guest of that name. */
  function isGuest(session: OpenSession | null, name: string): session is OpenSession {
    if (!session || session.isOver || !people.isGuest(session.person)) return false
    return keyOf(session.person.name) === keyOf(name)
  }

  /** @param words what to say when it does not fit: the same, whichever of the two is wrong */
  async function proveOr(words: string, name: string, passphrase: string): Promise<Proven> {
    const person = people.named(name)
    const hash = person && people.hashOf(person)
    const fits = await passphrases.fits(hash, passphrase)
    const wrong = () => new ChatError('wrong-passphrase', words)
    if (!person || !fits) throw wrong()
    // What was right when it was said may have been changed meanwhile.
    const check = () => {
      if (people.hashOf(person) !== hash) throw wrong()
    }
    check()
    return { person, check }
  }
  const proving = (name: string, passphrase: string) =>
    proveOr('there is no such name with this passphrase', name, passphrase)

  /** Where it is asynchronous in any case: a promise, whether what is kept comes later or at once. */
  const change = async (decide: () => Change<SignedIn>): Promise<SignedIn> => {
    const done: Promise<SignedIn> | SignedIn = transactor.change(decide)
    return done
  }

  return {
    transactor,
    people,
    sessions,
    signInAsGuest: (name, session) =>
      transactor.change(() => {
        const guest = session && !session.isOver && people.isGuest(session.person) ? session : null
        if (guest && !people.isUsed(guest.person)) return goOn(guest, people.rename(guest.person, name))
        if (isGuest(session, name)) return goOn(session)
        return welcome(name, null, session)
      }),
    async signUp(name, passphrase, session) {
      if (!isGuest(session, name)) people.checkFree(name)
      const hash = await passphrases.hash(passphrase)
      // Asked again: much can happen while a hash is made.
      return change(() =>
        isGuest(session, name)
          ? goOn(session, people.secure(session.person, hash))
          : welcome(name, hash, session),
      )
    },
    async signIn(name, passphrase, session) {
      const { person, check } = await proving(name, passphrase)
      return change(() => {
        check()
        return giving(replace(person.id, session), (secret) => ({ person, secret }))
      })
    },
    prove: async (name, passphrase) => (await proving(name, passphrase)).person,
    async changePassphrase(session, before, passphrase) {
      const { person } = session
      const { check } = await proveOr('the passphrase so far is another', person.name, before)
      const hash = await passphrases.hash(passphrase)
      return change(() => {
        if (session.isOver) throw sessionEnded()
        check()
        const others = sessions.of(person).filter((one) => one !== session && one.label === null)
        return goOn(session, people.secure(person, hash), ...others.map(sessions.end))
      })
    },
    signOut: (session) => transactor.change(() => leave(session)),
    renew: (session) =>
      transactor.change(() => {
        const { endsAt } = session
        if (session.isOver || endsAt === null || endsAt - now() >= SESSION_MS / 2)
          return giving(NOTHING, () => false)
        return giving(sessions.extend(session), () => true)
      }),
    giveToken: (person, options) =>
      transactor.change(() => {
        people.checkKnown(person)
        const tokens = sessions.of(person).filter(({ label }) => label !== null)
        if (tokens.length >= MAX_TOKENS) {
          throw new ChatError('not-allowed', `you have ${MAX_TOKENS} tokens: take one back first`)
        }
        return sessions.beginToken(person.id, options)
      }),
    sweep: () => transactor.inTurn(sessions.expired().map((session) => () => leave(session))),
  }
}

interface Proven {
  readonly person: Person
  /** Whether the passphrase that was shown is still theirs. @throws ChatError `wrong-passphrase` */
  readonly check: () => void
}
