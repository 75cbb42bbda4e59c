/**
 * The door to a room: the only way by which a transport comes to one.
 *
 * Who may read and who may write is decided here, once for all transports, so that none of them can
 * forget it. What a transport is given is a Reader or a Speaker of one room, and nothing to ask for more.
 */
import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Hub } from '../hub/hub.ts'
import type { Room } from '../hub/room.ts'
import { type Access, publicAccess } from '../people/access.ts'
import { type Caller, type Person, VISITOR } from '../people/caller.ts'
import { keyOf } from '../people/names.ts'
import { base36 } from '../wire/base36.ts'
import { parseDraft, parseRoomName, parseSign, record } from '../wire/codec.ts'
import { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Draft, FileRef, SignedDraft } from '../wire/message.ts'
import { RENEW_MS } from '../wire/presence.ts'
import { type Attendance, NO_ATTENDANCE } from './attendance.ts'
import { tabOf } from './query.ts'
import { type Admit, admitAll, writersOf } from './rate-limit.ts'
import type { Reader } from './reader.ts'
import { isUpgrade } from './upgrades.ts'

export type { Place, Reader } from './reader.ts'

/** A room, as far as its writers see it. */
export interface Speaker {
  /**
   * Says it, if the caller may: that is looked up anew each time.
   *
   * @param draft as it came, parsed from JSON and no further
   * @throws ChatError for whatever is wrong with it, or with who says it
   */
  publish(draft: unknown): Published
  /** Whether the caller may say anything here, before they go to the length of it. @throws ChatError when not */
  check(): void
  /**
   * Says that here is a file.
   *
   * @param draft without a text, which is the file's name
   * @throws ChatError as {@link publish} does
   */
  attach(draft: unknown, file: Omit<FileRef, 'id'>, bytes: Uint8Array): Published
}

export interface Published {
  readonly message: ChatMessage
  /** Acknowledge when this has settled; null for at once. See {@link Room.kept}. */
  readonly kept: Promise<void> | null
}

export interface Door {
  /**
   * Lets a reader to the room that the request names. With a tab, it counts as here as soon as it reads there.
   *
   * @param quietMs how long the reader may rightly give no sign of life, if that is not as usual
   * @throws ChatError when they may not read it
   */
  enter(request: FastifyRequest, quietMs?: number): Reader
  /** Lets the request's sender speak there. */
  speak(request: FastifyRequest): Speaker
  /**
   * Takes a sign of life of a reader that cannot give it where it reads.
   *
   * @param sign as it came, parsed from JSON and no further
   */
  attend(request: FastifyRequest, sign: unknown): void
}

export interface DoorOptions {
  readonly hub: Pick<Hub, 'room'>
  /** Counts what does not come by POST; posts have been counted before their body was read. */
  readonly admit?: Admit
  readonly callerOf?: (request: FastifyRequest) => Caller
  readonly access?: Access
  /** @throws ChatError when somebody who has not signed in may not call themselves so */
  readonly checkUnsigned?: (author: string) => void
  /** Who is here; nobody is counted unless given. */
  readonly attendance?: Attendance
  /** Told before a person's words are published: others will know the name. @throws ChatError `not-stored` */
  readonly beforeSpeaking?: (person: Person) => void
}

export function createDoor({
  hub,
  admit = admitAll,
  callerOf = () => VISITOR,
  access = publicAccess,
  checkUnsigned = () => {},
  attendance = NO_ATTENDANCE,
  beforeSpeaking = () => {},
}: DoorOptions): Door {
  return {
    enter(request, quietMs = RENEW_MS) {
      const caller = callerOf(request)
      const name = roomNameOf(request)
      access.check(caller, name, 'read')
      const room = hub.room(name)
      // Who has not signed in is in no room that they could be turned out of.
      const reader = caller.session ? watched(room, caller, access) : room
      const tab = tabOf(request)
      return tab === null
        ? reader
        : attendance.enter(reader, { request, caller, room: name, tab, quietMs, access })
    },
    speak(request) {
      const caller = callerOf(request)
      const name = roomNameOf(request)
      const writers = isUpgrade(request) ? writersOf(request, caller.person) : null
      function check(): void {
        if (caller.session?.isOver) throw new ChatError('not-signed-in', 'the session has ended')
        access.check(caller, name, 'write')
      }
      function signed(value: unknown): SignedDraft {
        const { person } = caller
        const draft = underName(parseDraft(value, person?.name), person)
        if (!person) checkUnsigned(draft.author)
        return person ? { ...draft, authorId: person.id } : draft
      }
      function say(room: Room, draft: SignedDraft, bytes?: Uint8Array): Published {
        if (caller.person) beforeSpeaking(caller.person)
        const message = room.publish(draft, bytes)
        return { message, kept: room.kept(message) }
      }
      return {
        check,
        publish(value) {
          if (writers !== null) admit(...writers)
          check()
          const draft = signed(value)
          const room = hub.room(name)
          if (draft.note) access.checkNote(caller, name, draft.note, room.about(draft.note))
          const published = say(room, draft)
          if (caller.person) attendance.hasSpoken(name, caller.person)
          return published
        },
        attach(value, { name: fileName, type, size }, bytes) {
          check()
          const draft = signed({ ...record(value, 'bad-draft', 'a draft'), text: fileName })
          const file: FileRef = { id: fileIdOf(draft, bytes), name: fileName, type, size }
          return say(hub.room(name), { ...draft, note: { kind: 'file', file } }, bytes)
        },
      }
    },
    attend(request, value) {
      const caller = callerOf(request)
      const name = parseRoomName(roomNameOf(request))
      access.check(caller, name, 'read')
      const { tab, ...sign } = parseSign(value)
      attendance.sign(name, caller, tab, sign)
    },
  }
}

/** What somebody says is said under their name, as they write it themselves. @throws ChatError `not-allowed` for another's */
function underName(draft: Draft, person: Person | null): Draft {
  if (!person || draft.author === person.name) return draft
  if (keyOf(draft.author) === keyOf(person.name)) return { ...draft, author: person.name }
  throw new ChatError('not-allowed', `you have signed in as ${person.name}: leave author out`)
}

/** The room, for a reader whose leave to read may end. */
function watched(room: Room, caller: Caller, access: Access): Reader {
  return {
    check: (cursor) => room.check(cursor),
    read: (cursor) => room.read(cursor),
    readBack: (cursor) => room.readBack(cursor),
    file: (id) => room.file(id),
    follow(cursor, ring, onEnd = () => {}) {
      const follower = room.follow(cursor, ring)
      const stopWatching = access.watch(caller, room.name, onEnd)
      return {
        next: () => follower.next(),
        stop() {
          follower.stop()
          stopWatching()
        },
      }
    },
  }
}

/**
 * A file is named after what it is and who says it by which draft: a draft that is sent again names the
 * same file, and another file under the same draft is found out. Whoever could compute it has the file.
 */
function fileIdOf({ author, draftId }: Draft, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(`${author}\0${draftId}\0`).update(bytes).digest()
  return base36(hash.subarray(0, 20))
}

/** As the path names it. */
export const roomNameOf = (request: FastifyRequest) => (request.params as { readonly room: string }).room
