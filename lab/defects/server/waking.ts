/** Defects in how a reader is woken, and in where it begins. */
import type { Room } from '../../hub/room.ts'
import type { Cursor, Page } from '../../wire/message.ts'
import type { RoomParts, ServerDefect } from './server-defect.ts'

export const startsAtTheEnd: ServerDefect = {
  name: 'a reader that comes back starts at the end',
  story: 'The subscription begins when it is made, and what was said in between is left out (phenomenon 7).',
  caughtBy: 'after a restart of the server, clients come back and hear what they missed',
  room: (room) => ({
    read: (cursor) => (cursor === null ? room.read(null) : endOf(room, cursor)),
    follow(cursor, notify) {
      const follower = room.follow(cursor, notify)
      if (cursor !== null) while (follower.next()) {}
      return follower
    },
  }),
}

/** The page after all that there is: it has no messages. */
function endOf(room: Room, cursor: Cursor): Page {
  let page = room.read(cursor)
  while (page.messages.length > 0) page = room.read(page.cursor)
  return page
}

/** What it takes to write down, in some database, that a reader waits, in milliseconds. */
const NOTE_MS = 2
/** The same on a slow day: long enough to be met by hand. */
const SLOW_NOTE_MS = 250

const WORDS = {
  name: 'lost wake-up',
  story: 'It subscribes after reading the log, and something is awaited in between (phenomenon 34).',
  caughtBy: 'each message wakes those who wait, however they come to wait',
}

export const lostWakeUp: ServerDefect = { ...WORDS, room: (room) => lookThenWait(room, NOTE_MS) }
export const lostWakeUpOften: ServerDefect = { ...WORDS, room: (room) => lookThenWait(room, SLOW_NOTE_MS) }

/** A room whose followers look, find nothing, note down that a reader waits, and only then subscribe. */
export function lookThenWait(
  room: Pick<RoomParts, 'read' | 'follow'>,
  noteMs = NOTE_MS,
): Pick<RoomParts, 'follow'> {
  return {
    follow(since, notify) {
      let cursor = since
      let stopWaiting = () => {}
      let isWaiting = false
      let isOver = false

      function wait(): void {
        isWaiting = true
        const subscribe = () => {
          if (isOver) return
          const follower = room.follow(cursor, () => {
            stopWaiting()
            isWaiting = false
            notify()
          })
          stopWaiting = () => follower.stop()
        }
        // After the end of the turn: on a busy machine the time may be over before the room has notified.
        const timer = setTimeout(() => setImmediate(subscribe), noteMs)
        stopWaiting = () => clearTimeout(timer)
      }
      return {
        next() {
          const page = room.read(cursor)
          cursor = page.cursor
          if (page.messages.length > 0) return page
          if (!isWaiting && !isOver) wait()
          return null
        },
        stop() {
          isOver = true
          stopWaiting()
        },
      }
    },
  }
}
