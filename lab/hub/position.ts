/**
 * Where a reader stands: its place in the log, and beside it the version of who is here that it was last told.
 *
 * They are two things, and two fields everywhere in the server. On the wire they are one opaque string, the
 * cursor, because a browser's EventSource carries exactly one from an answer to the next request
 * (`Last-Event-ID`, WHATWG HTML §9.2.4): `EPOCH:SEQ` of the log, then `.VERSION` for a reader with a client id.
 */
import type { Cursor } from '../wire/message.ts'

export interface Position {
  /** In the log, as the room gives it; null for a reader that has read nothing. Not checked: the room does that. */
  readonly cursor: Cursor | null
  /** The version of who is here; null for a reader that was told nothing of it. */
  readonly presence: number | null
}

/** What the cursor on the wire says. What is not of this form is left to the room, which refuses it. */
export function positionOf(text: Cursor | null): Position {
  const dot = text?.lastIndexOf('.') ?? -1
  if (text === null || dot < 0) return { cursor: text, presence: null }
  const version = text.slice(dot + 1)
  if (!/^[0-9]{1,15}$/.test(version)) return { cursor: text, presence: null }
  return { cursor: text.slice(0, dot) as Cursor, presence: Number(version) }
}

/** The other way round. */
export const cursorFor = ({ cursor, presence }: Position & { readonly cursor: Cursor }): Cursor =>
  presence === null ? cursor : (`${cursor}.${presence}` as Cursor)
