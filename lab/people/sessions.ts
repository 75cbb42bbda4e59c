/**
 * Sessions: the secret that a client sends instead of the passphrase, once its person has signed in.
 *
 * A browser's session is a secret in a cookie. A token is the same for a program: it is given to one, is
 * called something, and may do less. Both end the same way, at once, for every connection that was opened
 * with them; and of both only a hash is kept.
 */
import type { Records } from '../store/records.ts'
import type { Caller, Person, Scope, Session } from './caller.ts'
import { hashOf, randomName, randomSecret } from './ids.ts'
import type { Change } from './keep.ts'
import type { People } from './people.ts'

/** A browser that was not seen for so long has to sign in again. In milliseconds: 30 days. */
export const SESSION_MS = 30 * 24 * 3_600_000
/** Browsers of one person. Beyond it, the one that came longest ago is signed out: no person is locked out by their own old sign-ins. */
export const MAX_BROWSERS = 20
/** Tokens of one person: one for each program that a person can still keep apart. */
export const MAX_TOKENS = 20
/** Tells a token from anything else: for people who find one, and for programs that look for leaked ones. */
export const TOKEN_PREFIX = 'lab_'

/** Longer than a request is on its way, in milliseconds; and how many secrets are remembered so long. */
const LATELY_MS = 60_000
const MAX_ENDED = 10_000

export const ALL_SCOPES: readonly Scope[] = ['read', 'write', 'moderate']

const KIND = 'session'

/** As it is kept. */
interface Kept {
  readonly person: string
  readonly hash: string
  /** What a token is called; null for a browser. */
  readonly label: string | null
  readonly scopes: readonly Scope[]
  /** The one room that a token is good for; null for all. */
  readonly room: string | null
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number
  /** Milliseconds since the Unix epoch; null for when it is taken back. */
  readonly endsAt: number | null
}

export interface OpenSession extends Session, Pick<Kept, 'room' | 'madeAt' | 'endsAt'> {
  /** Names it, and is no secret. */
  readonly id: string
  readonly person: Person
  readonly scopes: ReadonlySet<Scope>
  /** Who asks by it: the same object each time. */
  readonly caller: Caller
}

export interface TokenOptions {
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly room: string | null
}

export interface Sessions {
  /** The session of a secret: its own kind, and not over; null otherwise. */
  find(secret: string): OpenSession | null
  of(person: Person): readonly OpenSession[]
  /** A new browser. Gives what the cookie must hold. */
  begin(person: Person): Change<string>
  /** A new token. Gives what the program must show. */
  beginToken(person: Person, options: TokenOptions): Change<{ session: OpenSession; secret: string }>
  /** The same session, and all that was opened with it, under another secret: the old one is good for nothing. */
  rotate(session: OpenSession): Change<string>
  /** The same session, for as long again as a new one. */
  extend(session: OpenSession): Change
  /** Over, for all that was opened with it. */
  end(session: OpenSession): Change
  /**
   * Whether this secret was good a moment ago. A browser that has been given another may have sent this one
   * meanwhile, and must not be told to throw its cookie away: that is the new one by then.
   */
  endedLately(secret: string): boolean
  /** Those whose time has come. */
  expired(): OpenSession[]
}

/** @param now milliseconds since the Unix epoch */
export function createSessions(records: Records, people: People, now: () => number): Sessions {
  const byHash = new Map<string, Living>()
  const byPerson = new Map<string, Set<Living>>()
  for (const [id, value] of records.all(KIND)) {
    const kept = value as Kept
    const person = people.byId(kept.person)
    if (person) index(new Living(id, person, kept))
  }

  function index(session: Living): Living {
    byHash.set(session.kept.hash, session)
    const own = byPerson.get(session.person.id) ?? new Set()
    byPerson.set(session.person.id, own.add(session))
    return session
  }
  function add(person: Person, kept: Kept): Change<Living> {
    const session = new Living(randomName(), person, kept)
    const changes = [{ kind: KIND, id: session.id, value: kept }]
    return { changes, apply: () => index(session) }
  }
  /** Only sessions of ours come back to us. */
  const own = (session: OpenSession) => session as Living

  function end(session: OpenSession): Change {
    return {
      changes: [{ kind: KIND, id: session.id, value: null }],
      apply() {
        forgetSecret(own(session).kept.hash)
        const others = byPerson.get(session.person.id)
        others?.delete(own(session))
        if (others?.size === 0) byPerson.delete(session.person.id)
        own(session).end()
      },
    }
  }
  /** Secrets that have ended, by their hash, and until when that is remembered; in this order. */
  const ended = new Map<string, number>()
  function forgetSecret(hash: string): void {
    byHash.delete(hash)
    for (const [one, until] of ended) {
      if (until > now() && ended.size < MAX_ENDED) break
      ended.delete(one)
    }
    ended.set(hash, now() + LATELY_MS)
  }
  function become(session: OpenSession, change: Partial<Kept>): Change {
    const before = own(session).kept
    const kept = { ...before, ...change }
    return {
      changes: [{ kind: KIND, id: session.id, value: kept }],
      apply() {
        if (kept.hash !== before.hash) forgetSecret(before.hash)
        own(session).kept = kept
        byHash.set(kept.hash, own(session))
      },
    }
  }
  const isExpired = ({ endsAt }: OpenSession) => endsAt !== null && endsAt <= now()

  return {
    find(secret) {
      const session = byHash.get(hashOf(secret))
      return session && !isExpired(session) ? session : null
    },
    of: (person) => [...(byPerson.get(person.id) ?? [])],
    begin(person) {
      const secret = randomSecret()
      const endsAt = now() + SESSION_MS
      const kept = { person: person.id, hash: hashOf(secret), label: null, room: null, endsAt }
      const begun = add(person, { ...kept, scopes: ALL_SCOPES, madeAt: now() })
      const browsers = this.of(person).filter(({ label }) => label === null)
      const beyond = browsers.slice(0, Math.max(0, browsers.length - MAX_BROWSERS + 1)).map(end)
      return {
        changes: [...begun.changes, ...beyond.flatMap(({ changes }) => changes)],
        apply() {
          for (const { apply } of beyond) apply()
          begun.apply()
          return secret
        },
      }
    },
    beginToken(person, { label, scopes, room }) {
      const secret = `${TOKEN_PREFIX}${randomSecret()}`
      const kept = { person: person.id, hash: hashOf(secret), label, scopes, room }
      const { changes, apply } = add(person, { ...kept, madeAt: now(), endsAt: null })
      return { changes, apply: () => ({ session: apply(), secret }) }
    },
    rotate(session) {
      const secret = randomSecret()
      const { changes, apply } = become(session, { hash: hashOf(secret), endsAt: now() + SESSION_MS })
      return {
        changes,
        apply() {
          apply()
          return secret
        },
      }
    },
    extend: (session) => become(session, { endsAt: now() + SESSION_MS }),
    end,
    endedLately: (secret) => (ended.get(hashOf(secret)) ?? 0) > now(),
    expired: () => [...byHash.values()].filter(isExpired),
  }
}

class Living implements OpenSession {
  readonly id: string
  readonly person: Person
  readonly scopes: ReadonlySet<Scope>
  readonly caller: Caller
  kept: Kept
  isOver = false
  readonly #listeners = new Set<() => void>()

  constructor(id: string, person: Person, kept: Kept) {
    this.id = id
    this.person = person
    this.kept = kept
    this.scopes = new Set(kept.scopes)
    this.caller = { person, scopes: this.scopes, session: this }
  }
  get label() {
    return this.kept.label
  }
  get room() {
    return this.kept.room
  }
  get madeAt() {
    return this.kept.madeAt
  }
  get endsAt() {
    return this.kept.endsAt
  }

  onEnd(listener: () => void): () => void {
    // Its own function: the same listener may be given twice, and each is taken away by itself.
    const own = () => listener()
    this.#listeners.add(own)
    // Not at once: who asks has not finished setting up what the listener will take down.
    if (this.isOver) queueMicrotask(() => this.#tell())
    return () => void this.#listeners.delete(own)
  }
  end(): void {
    this.isOver = true
    this.#tell()
  }
  #tell(): void {
    for (const listener of [...this.#listeners]) {
      if (this.#listeners.delete(listener)) listener()
    }
  }
}
