/**
 * What the two sides say, one JSON object per WebSocket message.
 *
 * HTTP pairs an answer with its request; a socket does not, so `accepted` and `rejected`
 * name the draft that they answer.
 */
import { errorBodyFrom, parseJson, parseMessage, parsePage, record } from '../../lab/wire/codec.ts'
import { ChatError, type ErrorBody } from '../../lab/wire/errors.ts'
import type { ChatMessage, Draft, Page } from '../../lab/wire/message.ts'
import type { PresenceUpdate } from '../../lab/wire/presence.ts'

/** From the client. */
export type ClientFrame =
  | { readonly type: 'send'; readonly draft: Draft }
  /** A sign of life, and what the reader does. Only for a socket with a tab. */
  | ({ readonly type: 'here' } & PresenceUpdate)

/** From the server. */
export type ServerFrame =
  | { readonly type: 'page'; readonly page: Page }
  | { readonly type: 'accepted'; readonly message: ChatMessage }
  | ({ readonly type: 'rejected'; readonly draftId: string } & ErrorBody)
  /** The last word before the server closes: what was wrong with what came. */
  | ({ readonly type: 'error' } & ErrorBody)
  /** Browsers hide pings from scripts, so a sign of life must be a message. */
  | { readonly type: 'heartbeat' }

/** Reads what the server sent. Types that we do not know yet are null: a newer server may have more. */
export function parseServerFrame(text: string): ServerFrame | null {
  const frame = record(parseJson(text, 'bad-answer'), 'bad-answer', 'a frame')
  const { type } = frame
  if (type === 'heartbeat') return { type }
  if (type === 'page') return { type, page: parsePage(frame.page) }
  if (type === 'accepted') return { type, message: parseMessage(frame.message) }
  if (type !== 'rejected' && type !== 'error') return null

  const error = errorBodyFrom(frame)
  if (!error) throw badAnswer(type)
  if (type === 'error') return { type, ...error }
  const { draftId } = frame
  if (typeof draftId !== 'string') throw badAnswer(type)
  return { type, draftId, ...error }
}

const badAnswer = (type: string) => new ChatError('bad-answer', `the server sent a malformed ${type} frame`)
