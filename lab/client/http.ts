/** What the transports over plain HTTP share: a question, an answer, and what goes wrong between. */
import { parseErrorBody, parseJson, parseMessage } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Draft } from '../wire/message.ts'
import { type PresenceUpdate, RENEW_MS } from '../wire/presence.ts'
import type { Platform } from './platform.ts'
import type { OpenOptions } from './transport.ts'

type Http = Pick<OpenOptions, 'baseUrl' | 'platform'>

/** The URL of `path` in the room, carrying the reader's place and its client id (`tab`), if it has them. */
export function urlSince(
  path: string,
  { baseUrl, clientId }: Pick<OpenOptions, 'baseUrl' | 'clientId'>,
  since: Cursor | null,
): URL {
  const url = new URL(path, baseUrl)
  if (since !== null) url.searchParams.set('since', since)
  if (clientId !== null) url.searchParams.set('tab', clientId)
  return url
}

/**
 * Like `fetch`, but it resolves only for success, and every failure is a {@link ChatError}.
 *
 * A refusal is final only in our server's own words, `{code, message}`. Between us and it there may be a
 * portal that wants a login first (403, 407, 511, or 200 with a page), and tomorrow there may be none.
 */
export async function request(
  { platform }: { readonly platform: Pick<Platform, 'fetch'> },
  url: URL,
  init: RequestInit,
): Promise<Response> {
  let response: Response
  try {
    response = await platform.fetch(url, init)
  } catch (cause) {
    throw ChatError.from(cause)
  }
  if (response.ok && !isForPeople(response)) return response

  const text = await response.text().catch(() => '')
  const body = parseErrorBody(text)
  if (body) throw new ChatError(body.code, body.message, body)
  const { status } = response
  const seen = `something between us answered ${status}${text.trim() === '' ? '' : ' with a page of its own'}`
  // The one status that is about the message itself, even from a proxy: the same message would be refused again.
  if (status === 413) throw new ChatError('too-large', `${seen}: it takes no message of this size`)
  // A proxy that has lost its server may find it again.
  const passing = status >= 500 || [408, 425, 429].includes(status)
  throw new ChatError(passing ? 'unreachable' : 'refused', seen, {
    retryAfterS: secondsIn(response.headers.get('retry-after')),
  })
}

/** Whether it is a page to look at, which no address of this protocol answers with. */
const isForPeople = ({ headers }: Response) =>
  /^(text|application)\/(x?html|xhtml\+xml)\b/i.test(headers.get('content-type') ?? '')

/** `Retry-After` in seconds (RFC 9110 §10.2.3). Its other form, a date, would need our clock to agree with theirs. */
const secondsIn = (value: string | null) => (/^\d{1,6}$/.test(value ?? '') ? Number(value) : undefined)

/** How every half-duplex transport sends: one POST per message. */
export async function postDraft(http: Http, draft: Draft, signal: AbortSignal): Promise<ChatMessage> {
  const response = await request(http, new URL('messages', http.baseUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(draft),
    signal,
  })
  return parseMessage(parseJson(await response.text(), 'bad-answer'))
}

/** A request that tells of leaving is given up after so long: on a dead connection, it would wait for ever. */
const GOODBYE_MS = 2_000

/**
 * How every half-duplex transport gives a sign of life that is not a request of its own kind anyway. One
 * that is lost is no harm: the next one follows, or the lease runs out.
 */
export async function postPresence(
  { baseUrl, clientId, platform, signal }: OpenOptions,
  update: PresenceUpdate,
): Promise<void> {
  const init = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ tab: clientId, ...update }),
  }
  const url = new URL('presence', baseUrl)
  if (!update.leaving) return void (await request({ platform }, url, { ...init, signal }).catch(() => {}))
  // Who leaves has hung up already, and its page may be gone before the answer: a browser sends it all the same.
  const over = new AbortController()
  const cancel = platform.clock.after(GOODBYE_MS, () => over.abort())
  await request({ platform }, url, { ...init, keepalive: true, signal: over.signal }).catch(() => {})
  cancel()
}

/**
 * For a stream, on which a reader cannot send: tells the server again and again that this client still reads.
 *
 * @returns call it whenever something has come by the stream. A page that is hidden has its timers slowed down to
 *   one call a minute, and is woken by what comes, the server's heartbeat at the latest.
 */
export function renewLease(options: OpenOptions): () => void {
  if (options.clientId === null) return () => {}
  const { clock } = options.platform
  let renewedAt = clock.now()

  function renew(): void {
    renewedAt = clock.now()
    void postPresence(options, {}) // not awaited: one that hangs must not hold up the next
  }
  async function renewByTimer(): Promise<void> {
    for (;;) {
      await options.pause(RENEW_MS)
      if (options.signal.aborted) return
      renew()
    }
  }
  void renewByTimer()
  return () => {
    if (clock.now() - renewedAt >= RENEW_MS) renew()
  }
}
