/** A writer is told "accepted" before the commit: the defect of the contract and of the chaos runs. */
import type { Room } from '../../../hub/room.ts'
import type { ChatMessage } from '../../../wire/message.ts'

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
