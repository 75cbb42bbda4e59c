/** What the transports over plain HTTP share: a question, an answer, and what goes wrong between. */
import { parseErrorBody, parseJson, parseMessage } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Draft } from '../wire/message.ts'
import type { Platform } from './platform.ts'
import type { OpenOptions } from './transport.ts'

type Http = Pick<OpenOptions, 'baseUrl' | 'platform'>

/** The URL of `path` in the room, carrying the reader's place if it has one. */
export function urlSince(path: string, baseUrl: URL, since: Cursor | null): URL {
  const url = new URL(path, baseUrl)
  if (since !== null) url.searchParams.set('since', since)
  return url
}

/** Like `fetch`, but it resolves only for success, and every failure is a {@link ChatError}. */
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
  if (response.ok) return response

  const text = await response.text().catch(() => '')
  const body = parseErrorBody(text)
  if (body) throw new ChatError(body.code, body.message, body)
  // Not our server's words: a proxy that has lost its server may find it again.
  const passing = response.status >= 500 || [408, 425, 429].includes(response.status)
  throw new ChatError(
    passing ? 'unreachable' : 'refused',
    `HTTP ${response.status} from something in between`,
    { retryAfterS: secondsIn(response.headers.get('retry-after')) },
  )
}

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
