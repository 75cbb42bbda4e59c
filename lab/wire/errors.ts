/**
 * Every way in which the chat can fail. The list is closed on purpose: one code
 * means the same on every transport, and docs/reference/errors.md explains each.
 */
import * as v from 'valibot'
import { ifKnown, type Parsed } from './field.ts'

interface ErrorKind {
  /** The HTTP status that carries it. Null when only a WebSocket or only the client can say it. */
  readonly status: number | null
  /** The WebSocket close code (RFC 6455 §7.4.1). Null when the connection stays open. */
  readonly closeCode: number | null
  /** Whether trying again, unchanged, could succeed. */
  readonly retryable: boolean
}

export const ERROR_KINDS = {
  // The server says these.
  'bad-json': { status: 400, closeCode: 1008, retryable: false },
  'bad-draft': { status: 400, closeCode: null, retryable: false },
  'bad-frame': { status: null, closeCode: 1008, retryable: false },
  'bad-room': { status: 400, closeCode: null, retryable: false },
  'bad-cursor': { status: 400, closeCode: null, retryable: false },
  'bad-query': { status: 400, closeCode: null, retryable: false },
  'bad-request': { status: 400, closeCode: 1002, retryable: false },
  'bad-person': { status: 400, closeCode: null, retryable: false },
  'not-signed-in': { status: 401, closeCode: 1008, retryable: false },
  'wrong-passphrase': { status: 401, closeCode: null, retryable: false },
  'not-allowed': { status: 403, closeCode: 1008, retryable: false },
  'foreign-origin': { status: 403, closeCode: null, retryable: false },
  'foreign-host': { status: 421, closeCode: null, retryable: false },
  'not-found': { status: 404, closeCode: 1008, retryable: false },
  'too-slow': { status: 408, closeCode: null, retryable: true },
  'name-taken': { status: 409, closeCode: null, retryable: false },
  'last-owner': { status: 409, closeCode: null, retryable: false },
  'draft-conflict': { status: 409, closeCode: null, retryable: false },
  'too-large': { status: 413, closeCode: 1009, retryable: false },
  'wrong-type': { status: 415, closeCode: 1003, retryable: false },
  'upgrade-required': { status: 426, closeCode: null, retryable: false },
  'too-many-requests': { status: 429, closeCode: null, retryable: true },
  'headers-too-large': { status: 431, closeCode: null, retryable: false },
  internal: { status: 500, closeCode: 1011, retryable: true },
  'not-implemented': { status: 501, closeCode: null, retryable: false },
  stopping: { status: 503, closeCode: 1001, retryable: true },
  'not-stored': { status: 503, closeCode: null, retryable: true },
  'too-many-rooms': { status: 503, closeCode: null, retryable: true },
  'too-many-connections': { status: 503, closeCode: null, retryable: true },
  // The client finds these out by itself.
  offline: { status: null, closeCode: null, retryable: true },
  refused: { status: null, closeCode: null, retryable: true },
  unreachable: { status: null, closeCode: null, retryable: true },
  silent: { status: null, closeCode: 1008, retryable: true },
  'bad-answer': { status: null, closeCode: null, retryable: true },
  'outbox-full': { status: null, closeCode: null, retryable: false },
  closed: { status: null, closeCode: null, retryable: false },
} as const satisfies Record<string, ErrorKind>

export type ChatErrorCode = keyof typeof ERROR_KINDS

/** What an HTTP error response carries, and the `error` and `rejected` frames of a WebSocket. */
export const ErrorBodySchema = v.object({
  code: v.picklist(Object.keys(ERROR_KINDS) as ChatErrorCode[]),
  message: v.string(),
  /**
   * Not before so many seconds, when that is known: as `Retry-After` says it over HTTP (RFC 9110 §10.2.3).
   * Only what a timer can wait: more than 2³¹ ms would fire at once.
   */
  retryAfterS: ifKnown(v.pipe(v.number(), v.minValue(0), v.ltValue(1e6))),
})
export type ErrorBody = Parsed<typeof ErrorBodySchema>

export interface ChatErrorOptions extends ErrorOptions {
  readonly retryAfterS?: number | undefined
}

export class ChatError extends Error {
  override readonly name = 'ChatError'
  readonly code: ChatErrorCode
  /** Seconds to wait before the next try; undefined when the server cannot say. */
  readonly retryAfterS: number | undefined

  constructor(code: ChatErrorCode, message: string, options: ChatErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.retryAfterS = options.retryAfterS
  }

  /** The HTTP status for this error; 500 for what no server should have let out. */
  get status(): number {
    return ERROR_KINDS[this.code].status ?? 500
  }

  /** The close code for this error, or null when the WebSocket stays open. */
  get closeCode(): number | null {
    return ERROR_KINDS[this.code].closeCode
  }

  /** Whether trying again, unchanged, could succeed. */
  get retryable(): boolean {
    return ERROR_KINDS[this.code].retryable
  }

  toJSON(): ErrorBody {
    const { code, message, retryAfterS } = this
    return retryAfterS === undefined ? { code, message } : { code, message, retryAfterS }
  }

  /** Whatever was thrown, as one of ours; what we do not know becomes `fallback`. */
  static from(thrown: unknown, fallback: ChatErrorCode = 'unreachable'): ChatError {
    if (thrown instanceof ChatError) return thrown
    const message = thrown instanceof Error ? thrown.message : String(thrown)
    return new ChatError(fallback, message, { cause: thrown })
  }
}

export function isErrorCode(value: unknown): value is ChatErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_KINDS, value)
}
