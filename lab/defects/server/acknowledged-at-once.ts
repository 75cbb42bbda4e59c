/** A writer is told "accepted" before the commit: the defect of the contract, of the chaos runs and of a lane. */
import type { Room } from '../../hub/room.ts'
import { shutdownListenersOn } from '../../server/transport-kit/shutdown.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ChatMessage } from '../../wire/message.ts'
import { over, type ServerDefect } from './server-defect.ts'

/** A room whose `publish` does not wait: it guesses the number that the message will be given. */
export function acknowledgedAtOnce(room: Room): Pick<Room, 'publish'> {
  /** What waits for its commit, with the answer that was given in advance. */
  const waiting = new Map<Promise<ChatMessage>, ChatMessage>()
  return {
    async publish(draft) {
      const publishing = room.publish(draft)
      // A draft that is known is answered at once, and so is one that is refused for what it says.
      const settled = await Promise.race([publishing, Promise.resolve(null)])
      if (settled) return settled
      const before = waiting.get(publishing)
      if (before) return before
      const guess = { seq: room.lastSeq + waiting.size + 1, publishedAt: Date.now(), ...draft }
      waiting.set(publishing, guess)
      const forget = () => waiting.delete(publishing)
      publishing.then(forget, forget)
      return guess
    },
  }
}

const WORDS = {
  name: 'acknowledged before it is stored',
  story:
    'The number is counted beforehand and the answer sent at once, since writing takes time and hardly ever fails.',
  caughtBy: 'a draft is acknowledged when it is stored, and refused when it cannot be',
}

/** For a room with a store, which takes its time by itself. */
export const acknowledgedBeforeStored: ServerDefect = { ...WORDS, room: acknowledgedAtOnce }

/** How long what was acknowledged lies in memory, in milliseconds. */
const STORED_AFTER_MS = 1_000

/** The same where no store takes time: storing is done every so often, and what waits for it dies with the process. */
export const acknowledgedLongBefore: ServerDefect = {
  ...WORDS,
  room: (room, shutdown) => acknowledgedAtOnce(over(room, { publish: storedLater(room, shutdown) })),
}

function storedLater(room: Room, shutdown: AbortSignal): Room['publish'] {
  const waiting = new Map<string, Promise<ChatMessage>>()
  const stops = shutdownListenersOn(shutdown)
  return (draft, bytes) => {
    const known = waiting.get(draft.draftId)
    if (known) return known
    const storing = new Promise<ChatMessage>((resolve, reject) => {
      const timer = setTimeout(() => {
        stops.delete(stop)
        room.publish(draft, bytes).then(resolve, reject)
      }, STORED_AFTER_MS)
      const stop = {
        onShutdown() {
          stops.delete(stop)
          clearTimeout(timer)
          reject(new ChatError('stopping', 'the server went away before it was stored'))
        },
      }
      stops.add(stop)
    })
    waiting.set(draft.draftId, storing)
    const forget = () => waiting.delete(draft.draftId)
    storing.then(forget, forget)
    return storing
  }
}
