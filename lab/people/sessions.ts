/**
 * Sessions: the secret that a client sends instead of the passphrase, once its person has signed in.
 *
 * A browser's session is a secret in a cookie. A token is the same for a program: it is given to one, is
 * called something, and may do less. Both end the same way, at once, for every connection that was opened
 * with them; and of both only a hash is kept.
 */
import type { RecordChange } from '../store/records.ts'
import type { Caller, Person, Scope, Session } from './caller.ts'
import { sessionEnded } from './ended.ts'
import { hashOf, randomName, randomSecret } from './ids.ts'
import { type Change, giving, together } from './keep.ts'
import type { People } from './people.ts'
import type { Kind, Tables } from './shared/tables.ts'

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

/** As it is kept. */
export interface SessionRecord {
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

export const SESSIONS: Kind<SessionRecord> = { kind: 'session', keys: { person: ({ person }) => [person] } }

export interface OpenSession extends Session, Pick<SessionRecord, 'room' | 'madeAt' | 'endsAt'> {
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
  /** Null when it is over. */
  byId(id: string): OpenSession | null
  of(person: Person): readonly OpenSession[]
  /** A new browser of the person of this id. Gives what the cookie must hold. */
  begin(personId: string): Change<string>
  /** A new token. Gives what the program must show. */
  beginToken(personId: string, options: TokenOptions): Change<{ session: OpenSession; secret: string }>
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
export function createSessions(tables: Tables, people: Pick<People, 'byId'>, now: () => number): Sessions {
  const byId = new Map<string, Living>()
  const byHash = new Map<string, Living>()
  for (const [id, kept] of tables.all(SESSIONS)) index(id, kept)
  tables.follow(SESSIONS, (id, kept) => {
    const session = byId.get(id)
    if (!session) {
      if (kept) index(id, kept)
      return undefined
    }
    if (kept?.hash !== session.kept.hash) forgetSecret(session.kept.hash)
    if (kept) {
      session.kept = kept
      byHash.set(kept.hash, session)
      return undefined
    }
    byId.delete(id)
    return () => session.end()
  })

  function index(id: string, kept: SessionRecord): void {
    const person = people.byId(kept.person)
    if (!person) return
    const session = new Living(id, person, kept)
    byId.set(id, session)
    byHash.set(kept.hash, session)
  }
  const record = (id: string, value: SessionRecord | null): RecordChange => ({
    kind: SESSIONS.kind,
    id,
    value,
  })
  const idsOf = (personId: string) => tables.idsUnder(SESSIONS, 'person', personId)
  const open = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? [])

  function add(kept: SessionRecord): Change<OpenSession> {
    const id = randomName()
    return {
      changes: [record(id, kept)],
      result() {
        const session = byId.get(id)
        if (!session) throw sessionEnded() // by another server, before this one could say that it began
        return session
      },
    }
  }
  const end = ({ id }: OpenSession): Change => ({ changes: [record(id, null)], result() {} })

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
  function become({ id }: OpenSession, change: Partial<SessionRecord>): Change {
    const kept = tables.find(SESSIONS, id)
    if (!kept) throw sessionEnded()
    return { changes: [record(id, { ...kept, ...change })], result() {} }
  }
  const isExpired = ({ endsAt }: OpenSession) => endsAt !== null && endsAt <= now()

  return {
    find(secret) {
      const session = byHash.get(hashOf(secret))
      return session && !isExpired(session) ? session : null
    },
    byId: (id) => byId.get(id) ?? null,
    of: ({ id }) => open(idsOf(id)),
    begin(personId) {
      const secret = randomSecret()
      const endsAt = now() + SESSION_MS
      const kept = { person: personId, hash: hashOf(secret), label: null, room: null, endsAt }
      const begun = add({ ...kept, scopes: ALL_SCOPES, madeAt: now() })
      const browsers = open(idsOf(personId)).filter(({ label }) => label === null)
      const beyond = browsers.slice(0, Math.max(0, browsers.length - MAX_BROWSERS + 1))
      return giving(together(begun, ...beyond.map(end)), () => secret)
    },
    beginToken(personId, { label, scopes, room }) {
      const secret = `${TOKEN_PREFIX}${randomSecret()}`
      const kept = { person: personId, hash: hashOf(secret), label, scopes, room }
      return giving(add({ ...kept, madeAt: now(), endsAt: null }), (session) => ({ session, secret }))
    },
    rotate(session) {
      const secret = randomSecret()
      return giving(become(session, { hash: hashOf(secret), endsAt: now() + SESSION_MS }), () => secret)
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
  kept: SessionRecord
  isOver = false
  readonly #listeners = new Set<() => void>()

  constructor(id: string, person: Person, kept: SessionRecord) {
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
