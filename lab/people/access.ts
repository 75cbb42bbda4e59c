/** What somebody may do in a room. */
import { ChatError } from '../wire/errors.ts'
import type { Note } from '../wire/message.ts'
import type { Caller, Scope } from './caller.ts'

export interface Access {
  /**
   * @throws ChatError `not-found` when there is no such room, and also when there is one that the caller may
   * not know of; `not-signed-in` or `not-allowed` when the caller may know of it
   */
  check(caller: Caller, room: string, scope: Scope): void
  /**
   * Whether the caller may edit or remove this message: its own, or any if they moderate the room.
   *
   * @throws ChatError `not-allowed`, `not-found`
   */
  checkNote(caller: Caller, room: string, note: Note): void
  /** Calls `onEnd`, once, when the caller may no longer read the room. Returns how to stop watching. */
  watch(caller: Caller, room: string, onEnd: (why: ChatError) => void): () => void
}

/** Rooms that are open to all: only scopes and sessions count. */
export const publicAccess: Access = {
  check({ scopes, session }, _room, scope) {
    if (scopes.has(scope)) return
    if (!session) throw new ChatError('not-signed-in', 'sign in first')
    throw new ChatError('not-allowed', `what you have signed in with does not allow you to ${scope}`)
  },
  checkNote() {
    throw new ChatError('not-allowed', 'messages of this room are not edited')
  },
  watch({ session }, _room, onEnd) {
    if (!session) return () => {}
    return session.onEnd(() => onEnd(new ChatError('not-signed-in', 'the session has ended')))
  },
}
