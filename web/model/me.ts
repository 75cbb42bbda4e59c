/**
 * Who I am, as far as the server knows: what a browser needs for it is a cookie, which no script sees.
 *
 * Only the server can say, and what it has said does not stay so: another tab signs out, a passphrase is changed
 * elsewhere, a server without a memory is started again. So it is asked again whenever something contradicts
 * what is believed here; and no sign-in is believed before the cookie has come back.
 * What changes here must reach every lane: a connection belongs to the person who opened it.
 */

import { backoff } from '../../lab/client/backoff.ts'
import { request } from '../../lab/client/http.ts'
import { createListeners } from '../../lab/client/listeners.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { parseJson, record } from '../../lab/wire/codec.ts'
import { ChatError, type ChatErrorCode } from '../../lab/wire/errors.ts'
import { isolated } from '../../lab/wire/names.ts'

export interface Person {
  readonly id: string
  readonly name: string
  readonly kind: 'guest' | 'member'
}

export type Scope = 'read' | 'write' | 'moderate'

/** What was given to a program. */
export interface Token {
  readonly id: string
  readonly label: string
  readonly scopes: readonly Scope[]
  readonly room?: string
}

export interface Me {
  /** Null for a visitor, and until the server has been asked. */
  readonly person: Person | null
  /** Whether the server has answered when it was asked last. Until it has, {@link person} may be out of date. */
  readonly isCertain: boolean
  /** A sign-in has shown that this browser keeps no cookie of ours: no name can be held in it. */
  readonly keepsNoCookie: boolean
  onChange(listener: () => void): () => void
  /** Resolves when the server has been asked once. */
  ready(): Promise<void>
  /**
   * Asks the server. When it does not answer, what was known stays, uncertain, and it is asked again
   * until it does. Never rejects; resolves after the first attempt.
   */
  refresh(): Promise<void>
  /** Call it with whatever was refused, by whichever way: if it can mean that I am not who I was, the server is asked. */
  refused(error: ChatError): void
  /** Resolves when no question is open: at once, as a rule. */
  settled(): Promise<void>
  /**
   * The writer of now, for an action that takes longer than a moment: it ends as the person who began it.
   *
   * @param name under which a visitor writes
   */
  writer(name: string): Writer
  /** Comes as a guest, or changes a guest's name. Like all that follow, it throws ChatError. */
  signInAsGuest(name: string): Promise<void>
  signUp(name: string, passphrase: string): Promise<void>
  signIn(name: string, passphrase: string): Promise<void>
  /** Signs out all other browsers too. */
  changePassphrase(before: string, passphrase: string): Promise<void>
  signOut(): Promise<void>
  tokens(): Promise<readonly Token[]>
  /** @returns the secret, which the server cannot tell again */
  giveToken(label: string, scopes: readonly Scope[], room: string | null): Promise<string>
  revokeToken(id: string): Promise<void>
}

export interface Writer {
  readonly name: string
  /** Before each step that is taken in this name. @throws ChatError when it is another's page by now */
  check(): Promise<void>
}

/** The other tabs of this browser. They have the same cookie. */
export interface Tabs {
  /** Tells them that a person has signed in or out. */
  tell(): void
  /** Called when another tab tells. */
  onTold: (listener: () => void) => void
}

export interface MeOptions {
  readonly tabs?: Tabs
  /** Whether the browser says that it keeps cookies at all. */
  readonly allowsCookies?: () => boolean
}

/** The lanes wait for it: longer than a server takes that is there. In milliseconds. */
const TIMEOUT_MS = 3_000

/** Refusals that can mean that I am not, or no longer, who I seem to be here. */
const DOUBTFUL: ReadonlySet<ChatErrorCode> = new Set([
  'not-signed-in',
  'not-allowed',
  'name-taken',
  'not-found',
])

/** @param origin of the server, as `http://host:port` */
export function createMe(
  platform: Pick<Platform, 'fetch' | 'clock' | 'random'>,
  origin: string,
  { tabs, allowsCookies = () => true }: MeOptions = {},
): Me {
  const listeners = createListeners<void>()
  let known: Pick<Me, 'person' | 'isCertain' | 'keepsNoCookie'> = {
    person: null,
    isCertain: true,
    keepsNoCookie: false,
  }
  /** Answers may overtake each other: only the last question counts. */
  let asked = 0
  let first: Promise<void> | null = null
  /** The questions that are open, as one; `again` when a reason to ask has come since the last was sent. */
  let asking: Promise<void> | null = null
  let again = false
  let failures = 0
  let cancelRetry = () => {}

  const settled = async () => void (await asking)

  async function ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown> {
    const response = await request({ platform }, new URL(path, origin), {
      method,
      ...(signal && { signal }),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return text === '' ? null : parseJson(text, 'bad-answer')
  }
  async function whoAmI(): Promise<Person | null> {
    const timeout = new AbortController()
    const cancel = platform.clock.after(TIMEOUT_MS, () =>
      timeout.abort(new ChatError('silent', 'the server does not say who you are')),
    )
    try {
      return personIn(await ask('GET', '/session', undefined, timeout.signal))
    } finally {
      cancel()
    }
  }

  function know(change: Partial<typeof known>): void {
    const next = { ...known, ...change }
    if (JSON.stringify(next) === JSON.stringify(known)) return
    known = next
    listeners.tell()
  }

  /** @param isTold whether another tab has told: then the others need not be told again */
  function refresh(isTold = false): Promise<void> {
    again = true
    asking ??= askWhileInDoubt(isTold).finally(() => {
      asking = null
    })
    return asking
  }
  async function askWhileInDoubt(isTold: boolean): Promise<void> {
    while (again) {
      again = false
      cancelRetry()
      const mine = ++asked
      try {
        const person = await whoAmI()
        failures = 0
        if (mine === asked) become(person, isTold)
      } catch {
        if (mine !== asked) continue
        know({ isCertain: false })
        cancelRetry = platform.clock.after(backoff(failures++, platform.random), () => void refresh())
      }
    }
  }

  function become(person: Person | null, isTold: boolean): void {
    const isAnother = JSON.stringify(person) !== JSON.stringify(known.person)
    know({ person, isCertain: true, ...(person && { keepsNoCookie: false }) })
    if (isAnother && !isTold) tabs?.tell()
  }

  /** Signs in one way or another, and believes it when the cookie has come back. */
  async function signInBy(method: string, path: string, body: object): Promise<void> {
    if (!allowsCookies()) {
      know({ keepsNoCookie: true })
      throw new ChatError('not-signed-in', NO_COOKIE)
    }
    const answer = await ask(method, path, { ...body, ticket: true })
    asked++ // a question that is open was asked before this
    await refresh()
    if (!known.isCertain)
      throw new ChatError('unreachable', 'the server does not say yet whether you are signed in')
    if (known.person !== null || personIn(answer) === null) return
    know({ keepsNoCookie: true })
    await endUnseen(answer)
    throw new ChatError('not-signed-in', NO_COOKIE)
  }

  /** Ends a session that no cookie shows: it would hold the name against the one who has just asked for it. */
  async function endUnseen(answer: unknown): Promise<void> {
    const { ticket } = (answer ?? {}) as { readonly ticket?: string }
    if (ticket === undefined) return
    await ask('DELETE', `/session?ticket=${encodeURIComponent(ticket)}`).catch(() => {})
  }

  return {
    get person() {
      return known.person
    },
    get isCertain() {
      return known.isCertain
    },
    get keepsNoCookie() {
      return known.keepsNoCookie
    },
    onChange: listeners.add,
    ready() {
      first ??= begin()
      return first
    },
    refresh: () => refresh(),
    refused({ code }) {
      if (first !== null && DOUBTFUL.has(code)) void refresh()
    },
    settled,
    writer(unsigned) {
      const { id, name } = known.person ?? { id: null, name: unsigned }
      return {
        name,
        async check() {
          await settled()
          if (id === null || id === known.person?.id) return
          throw new ChatError(
            'not-signed-in',
            `this was begun as ${isolated(name)}, who is no longer signed in here`,
          )
        },
      }
    },
    signInAsGuest: (name) => signInBy('POST', '/session', { name }),
    signUp: (name, passphrase) => signInBy('POST', '/people', { name, passphrase }),
    signIn: (name, passphrase) => signInBy('POST', '/session', { name, passphrase }),
    changePassphrase: (passphrase, newPassphrase) =>
      signInBy('PUT', '/people/me/passphrase', { passphrase, newPassphrase }),
    async signOut() {
      try {
        await ask('DELETE', '/session')
      } catch (thrown) {
        // It has ended elsewhere, which is what was wanted.
        if (ChatError.from(thrown).code !== 'not-signed-in') throw thrown
        return refresh()
      }
      asked++
      become(null, false)
    },
    async tokens() {
      const { tokens } = record(await ask('GET', '/tokens'), 'bad-answer', 'the answer')
      return tokens as Token[]
    },
    async giveToken(label, scopes, room) {
      const body = { label, scopes, ...(room !== null && { room }) }
      const { token } = record(await ask('POST', '/tokens', body), 'bad-answer', 'the answer')
      return String(token)
    },
    async revokeToken(id) {
      await ask('DELETE', `/tokens/${encodeURIComponent(id)}`)
    },
  }

  function begin(): Promise<void> {
    tabs?.onTold(() => void refresh(true))
    return refresh()
  }
}

/** For a person who has tried to sign in where no cookie is kept. */
const NO_COOKIE =
  'this browser keeps no cookie of this server, so it cannot hold the name: allow cookies here, or write unsigned'

function personIn(answer: unknown): Person | null {
  const { person } = (answer ?? {}) as { readonly person?: Person | null }
  return person ? { id: String(person.id), name: String(person.name), kind: person.kind } : null
}
