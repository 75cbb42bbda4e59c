/**
 * Where a reader stands: its place in the log, and beside it which states it was last told of.
 *
 * They are several things, and so many fields everywhere in the server. On the wire they are one opaque string, the
 * cursor, because a browser's EventSource carries exactly one from an answer to the next request
 * (`Last-Event-ID`, WHATWG HTML §9.2.4): `EPOCH:SEQ` of the log, then `.VERSION` of who is here for a reader with
 * a client id, then `-VERSION` of its own rooms for a person.
 */
import type { Cursor } from '../wire/message.ts'

export interface Position {
  /** In the log, as the room gives it; null for a reader that has read nothing. Not checked: the room does that. */
  readonly cursor: Cursor | null
  /** The version of who is here; null for a reader that was told nothing of it. */
  readonly presence: number | null
  /** The version of how the reader's own rooms stand; null for a reader that was told nothing of them. */
  readonly rooms: number | null
}

/** What the cursor on the wire says. What is not of this form is left to the room, which refuses it. */
export function positionOf(text: Cursor | null): Position {
  const match = text === null ? null : /^([^.]*)\.([0-9]{1,15})(?:-([0-9]{1,15}))?$/.exec(text)
  if (!match) return { cursor: text, presence: null, rooms: null }
  const [, cursor, presence, rooms] = match
  return {
    cursor: cursor as Cursor,
    presence: Number(presence),
    rooms: rooms === undefined ? null : Number(rooms),
  }
}

/** The other way round. */
export function cursorFor({ cursor, presence, rooms }: Position & { readonly cursor: Cursor }): Cursor {
  const withPresence = presence === null ? cursor : `${cursor}.${presence}`
  return (rooms === null ? withPresence : `${withPresence}-${rooms}`) as Cursor
}
