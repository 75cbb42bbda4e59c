/**
 * Who I am, as far as the server knows: what a browser needs for it is a cookie, which no script sees.
 * What changes here must reach every lane: a connection is opened as somebody, and stays theirs.
 */
import { request } from '../../lab/client/http.ts'
import { createListeners } from '../../lab/client/listeners.ts'
import type { Platform } from '../../lab/client/platform.ts'
import { parseJson, record } from '../../lab/wire/codec.ts'

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
  /** Null for nobody, and until the server has been asked. */
  readonly person: Person | null
  onChange(listener: () => void): () => void
  /** Resolves when the server has been asked once. */
  ready(): Promise<void>
  /** Asks the server. One that does not answer leaves it as it was. */
  refresh(): Promise<void>
  /** Comes as a guest, or changes a guest's name. Like all that follow, it throws ChatError. */
  enter(name: string): Promise<void>
  signUp(name: string, passphrase: string): Promise<void>
  signIn(name: string, passphrase: string): Promise<void>
  /** Signs out all other browsers too. */
  changePassphrase(before: string, passphrase: string): Promise<void>
  signOut(): Promise<void>
  tokens(): Promise<readonly Token[]>
  /** @returns the secret, which nobody can be told again */
  giveToken(label: string, scopes: readonly Scope[], room: string | null): Promise<string>
  takeBack(id: string): Promise<void>
}

/** The lanes wait for it: longer than a server takes that is there. */
const PATIENCE_MS = 3_000

/** @param origin of the server, as `http://host:port` */
export function createMe(platform: Pick<Platform, 'fetch'>, origin: string): Me {
  const listeners = createListeners<void>()
  let person: Person | null = null
  /** Answers may overtake each other: only the last question counts. */
  let asked = 0
  let first: Promise<void> | null = null

  const refresh = () =>
    become(ask('GET', '/session', undefined, AbortSignal.timeout(PATIENCE_MS))).catch(() => {})

  async function ask(method: string, path: string, body?: object, signal?: AbortSignal): Promise<unknown> {
    const response = await request({ platform }, new URL(path, origin), {
      method,
      ...(signal && { signal }),
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return text === '' ? null : parseJson(text, 'bad-answer')
  }
  async function become(answer: Promise<unknown>): Promise<void> {
    const mine = ++asked
    const now = personIn(await answer)
    if (mine !== asked) return
    const isSame = JSON.stringify(now) === JSON.stringify(person)
    person = now
    if (!isSame) listeners.tell()
  }

  return {
    get person() {
      return person
    },
    onChange: listeners.add,
    ready() {
      first ??= refresh()
      return first
    },
    refresh,
    enter: (name) => become(ask('POST', '/session', { name })),
    signUp: (name, passphrase) => become(ask('POST', '/people', { name, passphrase })),
    signIn: (name, passphrase) => become(ask('POST', '/session', { name, passphrase })),
    changePassphrase: (passphrase, newPassphrase) =>
      become(ask('PUT', '/people/me/passphrase', { passphrase, newPassphrase })),
    signOut: () => become(ask('DELETE', '/session')),
    async tokens() {
      const { tokens } = record(await ask('GET', '/tokens'), 'bad-answer', 'the answer')
      return tokens as Token[]
    },
    async giveToken(label, scopes, room) {
      const body = { label, scopes, ...(room !== null && { room }) }
      const { token } = record(await ask('POST', '/tokens', body), 'bad-answer', 'the answer')
      return String(token)
    },
    async takeBack(id) {
      await ask('DELETE', `/tokens/${encodeURIComponent(id)}`)
    },
  }
}

function personIn(answer: unknown): Person | null {
  const { person } = (answer ?? {}) as { readonly person?: Person | null }
  return person ? { id: String(person.id), name: String(person.name), kind: person.kind } : null
}
