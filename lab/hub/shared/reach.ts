/**
 * Waits for a place that this server has not come to yet. A reader that comes from another server of the same log, or an edit of
 * a message that its author has read there, names one as soon as this server is some milliseconds behind.
 */
import type { Cursor, Note } from '../../wire/message.ts'
import type { Room } from '../room.ts'

/**
 * How long an answer is held for it, in milliseconds. An answer without messages and with the same cursor loses nothing either, so
 * it need not be longer than proxies are patient.
 */
const AHEAD_MS = 5_000

/** No log has this epoch. */
const OF_NO_LOG = '0:0' as Cursor

/**
 * @param signal ends the wait
 * @returns null when there is nothing to wait for. Otherwise the cursor from which to read: the same, when this server is there, or
 *   the time is up; one of no log, when the place has turned out to be of none
 */
export function reach(room: Room, cursor: Cursor | null, signal?: AbortSignal): Promise<Cursor> | null {
  if (cursor === null || !room.isAhead(cursor)) return null
  return new Promise((resolve) => {
    const follower = room.follow(cursor, () => {
      if (follower.isLost) end(OF_NO_LOG)
      else if (!room.isAhead(cursor)) end(cursor)
    })
    const late = () => end(cursor)
    const timer = setTimeout(late, AHEAD_MS)
    signal?.addEventListener('abort', late)
    const end = (from: Cursor) => {
      follower.stop()
      clearTimeout(timer)
      signal?.removeEventListener('abort', late)
      resolve(from)
    }
  })
}

/** The same for the message that a note is about. */
export const reachMessage = (room: Room, note: Note | undefined): Promise<Cursor> | null =>
  note && 'seq' in note ? reach(room, room.cursorAt(note.seq)) : null
