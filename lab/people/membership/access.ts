/** What a caller may do in a room. */
import { isPrivate } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ChatMessage, Note } from '../../wire/message.ts'
import type { Caller, Person, Scope } from '../caller.ts'
import { whyEnded } from '../ended.ts'

export interface Access {
  /**
   * @throws ChatError `not-found` when there is no such room, and also when there is one that the caller may
   * not know of; `not-signed-in` or `not-allowed` when the caller may know of it
   */
  check(caller: Caller, room: string, scope: Scope): void
  /**
   * Whether the caller may edit or remove this message: its own, or any if they moderate the room.
   *
   * @param about the message that the note names; null when it is not kept
   * @throws ChatError `not-signed-in`, `not-allowed`, `not-found`
   */
  checkNote(caller: Caller, room: string, note: Note, about: ChatMessage | null): void
  /** Calls `onEnd`, once, when the caller may no longer read the room. Returns how to stop watching. */
  watch(caller: Caller, room: string, onEnd: (why: ChatError) => void): () => void
  /** How the rooms of this person stand; absent where there are none that one could belong to. */
  roomsOf?(person: Person): RoomsOfPerson
}

/** What one is told of one's own rooms, wherever one reads. */
export interface RoomsOfPerson {
  /** Another number after each change of what the person is in some room. */
  version(): number
  /** Calls `notify` after each of those. Returns how to stop. */
  onChange(notify: () => void): () => void
}

/** Rooms that are open to all: only scopes and sessions count. They have no moderators, and none is private. */
export const publicAccess: Access = {
  check(caller, room, scope) {
    if (isPrivate(room)) throw noSuchRoom()
    checkScope(caller, scope)
  },
  checkNote: (caller, _room, note, about) => checkOwn(caller, note, about, false),
  watch({ session }, _room, onEnd) {
    if (!session) return () => {}
    return session.onEnd(() => onEnd(whyEnded(session)))
  },
}

/** The same words for a room that is not there and for one that the caller is not a member of. */
export const noSuchRoom = () => new ChatError('not-found', 'there is no such room, or you are not in it')

/** @throws ChatError `not-signed-in`, `not-allowed` */
export function checkScope({ scopes, session }: Caller, scope: Scope): void {
  if (scopes.has(scope)) return
  if (!session) throw new ChatError('not-signed-in', 'sign in first')
  throw new ChatError('not-allowed', `what you have signed in with does not allow you to ${scope}`)
}

/**
 * Whether what a note is about is the caller's own, by the id that was proven: a name is only a claim.
 *
 * @param mayAny whether they may edit and remove what others have said, too
 * @throws ChatError `not-signed-in`, `not-allowed`, `not-found`
 */
export function checkOwn({ person }: Caller, note: Note, about: ChatMessage | null, mayAny: boolean): void {
  if (!person) throw new ChatError('not-signed-in', 'sign in first: who you are must be known')
  if (!about) throw new ChatError('not-found', `there is no message that could be ${note.kind}`)
  if (about.authorId === person.id || mayAny) return
  throw new ChatError('not-allowed', 'this message is another person’s')
}
