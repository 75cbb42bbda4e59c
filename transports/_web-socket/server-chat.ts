/** What the servers that speak the chat's frames (`_formats/chat-frames.ts`) have in common. */

import { pageAsJson } from '../../lab/server/transport-kit/encode.ts'
import type { Writer } from '../../lab/server/transport-kit/room-gateway.ts'
import { parseJson, presenceUpdateFrom, record } from '../../lab/wire/codec.ts'
import { ChatError } from '../../lab/wire/errors.ts'
import type { Page } from '../../lab/wire/message.ts'
import { quoted } from '../../lab/wire/names.ts'
import type { PresenceUpdate } from '../../lab/wire/presence.ts'
import type { ServerFrame } from '../_formats/chat-frames.ts'

/** What a frame of the client may ask for. */
export interface FrameTaker {
  /** A sign of life, and what the reader does. */
  onHere(update: PresenceUpdate): void
  /** Tells the peer that its draft is committed, or why it is refused. */
  answer(frame: ServerFrame): void
  /** Told of what is no refusal but a fault of ours. */
  fail(thrown: unknown): void
}

/**
 * Does what a client's frame asks for.
 *
 * @throws ChatError `bad-frame` or `bad-json` when it is no frame of the chat
 */
export function takeClientFrame(text: string, writer: Writer, taker: FrameTaker): void {
  const { type, ...fields } = record(parseJson(text), 'bad-frame', 'a frame')
  if (type === 'here') taker.onHere(presenceUpdateFrom(fields, 'bad-frame'))
  else if (type === 'send') publish(writer, fields, taker)
  else throw new ChatError('bad-frame', 'the type of a frame must be "send" or "here"')
}

/** Publishes the draft of a `send` frame, and answers when the message is committed or the draft refused. */
function publish(writer: Writer, { draft, ...unknown }: Record<string, unknown>, taker: FrameTaker): void {
  const extra = Object.keys(unknown)[0]
  if (extra !== undefined) throw new ChatError('bad-frame', `unknown field ${quoted(extra)}`)
  const { draftId } = record(draft, 'bad-frame', 'draft')
  if (typeof draftId !== 'string') throw new ChatError('bad-frame', 'a draft must have a draftId')
  writer.publish(draft).then(
    (message) => taker.answer({ type: 'accepted', message }),
    (error) =>
      error instanceof ChatError
        ? taker.answer({ type: 'rejected', draftId, ...error.toJSON() })
        : taker.fail(error),
  )
}

/** A page as the text of one frame. */
export const pageAsFrame = (page: Page): string => `{"type":"page","page":${pageAsJson(page)}}`
