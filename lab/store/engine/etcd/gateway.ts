/**
 * How etcd is spoken to: its JSON gateway over HTTP, by plain `fetch`. Keys and values are base64 there, and 64-bit numbers are texts.
 *
 * One member is asked after the other: what one does not answer goes to the next. A question that has no answer may have been done, so all
 * that is asked here may be asked twice.
 */

import { closed, EngineError } from '../engine.ts'
import { ATTEMPT_MS } from '../reach/again.ts'
import type { EtcdAddress } from './address.ts'

export interface KeyValue {
  readonly key: string
  readonly value?: string
  readonly mod_revision: string
  /** Under which it was put. */
  readonly lease?: string
}

export interface RangeResponse {
  readonly kvs?: readonly KeyValue[]
}

export interface TxnResponse {
  readonly header: { readonly revision: string }
  readonly succeeded?: boolean
  readonly responses?: readonly { readonly response_range?: RangeResponse }[]
}

export interface Gateway {
  /**
   * @param ms how long the answer may take; {@link ATTEMPT_MS} unless given
   * @throws EngineError `unavailable`, `full`, `unusable` or `closed`; {@link GrpcError} for what only the caller can judge
   */
  ask<T>(path: string, body: object, ms?: number): Promise<T>
  /**
   * Opens a stream of lines of JSON. It breaks when another question finds that its member does not answer: one that stands still
   * would be silent on it for ever.
   *
   * @param signal ends it
   * @throws EngineError when it cannot be opened, or breaks
   */
  stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<unknown>
  /**
   * What each member is asked by itself, such as to give pages of its disk back: one after the other, since a member does nothing else meanwhile. One
   * that does not answer is left out.
   */
  askEach(path: string, body: object): Promise<void>
  /** The version of one that answers. */
  version(): Promise<string>
  close(): void
}

/** What etcd answered, when it is no matter of being away or full. */
export class GrpcError extends Error {
  override readonly name = 'GrpcError'
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}

/** Of gRPC's codes, those that mean something here (google.golang.org/grpc/codes). */
export const GRPC = {
  invalid: 3,
  notFound: 5,
  denied: 7,
  exhausted: 8,
  precondition: 9,
  outOfRange: 11,
  unauthenticated: 16,
} as const

/** How long one member may take to give pages of its disk back, in milliseconds. */
const EACH_MS = 10_000

export const b64 = (text: string | Uint8Array): string => Buffer.from(text).toString('base64')
export const bytesFrom = (text = ''): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'))
export const textFrom = (text = ''): string => Buffer.from(text, 'base64').toString()

export const unavailable = (why: string, cause?: unknown) => new EngineError('unavailable', why, { cause })
export const unusable = (why: string, cause?: unknown) => new EngineError('unusable', why, { cause })

export function openGateway({ servers, tls, credentials }: EtcdAddress): Gateway {
  const bases = servers.map((one) => `${tls ? 'https' : 'http'}://${one}`)
  const ending = new AbortController()
  /** Which member is asked. */
  let at = 0
  /** Ends the streams of that member. */
  let leaving = new AbortController()
  /** What etcd has given for the credentials; it forgets it after some minutes, and when it is begun again. */
  let token: string | null = null

  /** The next member is asked from now on, unless that has been decided already. */
  function leave(base: string): void {
    if (base !== bases[at]) return
    at = (at + 1) % bases.length
    if (base === bases[at]) return // there is no other
    leaving.abort()
    leaving = new AbortController()
  }

  async function post(base: string, path: string, body: object, signal: AbortSignal): Promise<Response> {
    if (ending.signal.aborted) throw closed()
    if (credentials && token === null && path !== 'auth/authenticate') await authenticate()
    try {
      return await fetch(`${base}/v3/${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          // A member that has lost the others ends its streams then, and does not stay silent.
          'grpc-metadata-hasleader': 'true',
          ...(token !== null && { authorization: token }),
        },
        body: JSON.stringify(body),
        redirect: 'error',
        signal: AbortSignal.any([signal, ending.signal]),
      })
    } catch (error) {
      throw ending.signal.aborted ? closed() : notReached(base, error)
    }
  }

  async function ask<T>(path: string, body: object, ms = ATTEMPT_MS): Promise<T> {
    const base = bases[at]!
    try {
      const response = await post(base, path, body, AbortSignal.timeout(ms))
      const text = await response.text()
      return answerOf<T>(response, text, base)
    } catch (error) {
      if (error instanceof GrpcError && error.code === GRPC.unauthenticated && token !== null) {
        token = null
        throw unavailable('etcd has forgotten who this server is', error)
      }
      if (error instanceof GrpcError) throw error
      leave(base)
      if (error instanceof EngineError) throw error
      throw ending.signal.aborted ? closed() : notReached(base, error)
    }
  }

  async function authenticate(): Promise<void> {
    const { user, pass } = credentials as { readonly user: string; readonly pass: string }
    try {
      const given = await ask<{ readonly token: string }>('auth/authenticate', { name: user, password: pass })
      token = given.token
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error
      // Credentials may be given to an etcd on this machine that asks for none.
      if (/authentication is not enabled/.test(error.message)) token = ''
      else throw unusable(`etcd at ${servers.join(', ')} does not take these credentials`, error)
    }
  }

  return {
    ask,
    async *stream(path, body, signal) {
      const base = bases[at]!
      try {
        const response = await post(base, path, body, AbortSignal.any([signal, leaving.signal]))
        if (!response.ok || !response.body) answerOf(response, await response.text(), base)
        yield* linesOf(response.body!)
      } catch (error) {
        if (signal.aborted) return
        if (error instanceof GrpcError && error.code === GRPC.unauthenticated) token = null
        leave(base)
        throw error instanceof EngineError ? error : notReached(base, error)
      }
    },
    async askEach(path, body) {
      for (const base of bases) {
        try {
          await (await post(base, path, body, AbortSignal.timeout(EACH_MS))).arrayBuffer()
        } catch {}
      }
    },
    async version() {
      const base = bases[at]!
      try {
        const response = await fetch(`${base}/version`, { signal: AbortSignal.timeout(ATTEMPT_MS) })
        const { etcdserver } = (await response.json()) as { readonly etcdserver?: unknown }
        return String(etcdserver)
      } catch (error) {
        leave(base)
        throw error instanceof SyntaxError
          ? unusable(`what answers at ${base} is not etcd`, error)
          : notReached(base, error)
      }
    },
    close: () => ending.abort(),
  }
}

function answerOf<T>({ ok, status }: Response, text: string, base: string): T {
  let answer: { readonly error?: string; readonly message?: string; readonly code?: number }
  try {
    answer = JSON.parse(text) as typeof answer
  } catch (error) {
    throw unavailable(`etcd at ${base} gave no JSON (HTTP ${status})`, error)
  }
  if (ok) return answer as T
  throw judged(answer.code ?? 0, answer.message ?? answer.error ?? `HTTP ${status}`)
}

/** What etcd says, by what can be done about it. */
function judged(code: number, message: string): Error {
  if (/database space exceeded/.test(message))
    return new EngineError(
      'full',
      `the log is full (${message}): give etcd a larger --quota-backend-bytes, or make room and disarm the alarm`,
    )
  if (/user name is empty/.test(message))
    return unusable('this etcd wants credentials; give a name and a password in the address')
  if (code === GRPC.denied) return unusable(`etcd does not let this user do it (${message})`)
  const isForUs =
    code === GRPC.notFound || code === GRPC.outOfRange || code === GRPC.invalid || code === GRPC.precondition
  if (isForUs || code === GRPC.unauthenticated) return new GrpcError(code, message)
  return unavailable(`etcd did not do it: ${message}`)
}

function notReached(base: string, error: unknown): EngineError {
  const { cause, message } = error as Error & { readonly cause?: Error & { readonly code?: string } }
  const why = `${cause?.code ?? ''} ${cause?.message ?? message}`.trim()
  if (/CERT|SELF_SIGNED|ALTNAME|VERIFY_LEAF|ISSUER/i.test(why))
    return unusable(`etcd at ${base} has a certificate that is not believed (${why})`, error)
  if (/ERR_SSL|EPROTO/i.test(why))
    return unusable(`etcd at ${base} has no TLS, so nothing was said to it`, error)
  if (/before secure TLS/i.test(why))
    return unavailable(
      `what answers at ${base} speaks no TLS, or is going away; nothing was said to it`,
      error,
    )
  return unavailable(`no etcd answers at ${base} (${why}); start one (etcd), or give another address`, error)
}

async function* linesOf(body: NonNullable<Response['body']>): AsyncGenerator<unknown> {
  const decoder = new TextDecoder()
  let rest: string[] = []
  for await (const chunk of body) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n')
    rest.push(parts.shift()!)
    for (const part of parts) {
      const line = rest.join('')
      rest = [part]
      if (line !== '') yield JSON.parse(line)
    }
  }
}
