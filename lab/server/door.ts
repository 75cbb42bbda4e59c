/**
 * The door to a room: the only way by which a transport comes to one.
 *
 * Who may read and who may write is decided here, once for all transports, so that none of them can
 * forget it. What a transport is given is a Reader or a Speaker of one room, and nothing to ask for more.
 */
import type { FastifyRequest } from 'fastify'
import type { Hub } from '../hub/hub.ts'
import type { Room } from '../hub/room.ts'
import { type Access, publicAccess } from '../people/access.ts'
import { type Caller, VISITOR } from '../people/caller.ts'
import { parseDraft } from '../wire/codec.ts'
import type { ChatError } from '../wire/errors.ts'
import type { ChatMessage, Cursor, Page } from '../wire/message.ts'
import { type Admit, admitAll, writerOf } from './rate-limit.ts'
import { isUpgrade } from './upgrades.ts'

/** A room, as far as its readers see it. */
export interface Reader {
  /** What comes after `cursor`, a page at most; see {@link Room.read}. */
  read(cursor: Cursor | null): Page
  /** Backwards; see {@link Room.readBack}. */
  readBack(cursor: Cursor | null): Page
  /**
   * Follows the room; see {@link Room.follow}.
   *
   * @param onEnd called, at most once, when the reader may not read on: signed out, or no member any more
   */
  follow(cursor: Cursor | null, ring: () => void, onEnd?: (why: ChatError) => void): Place
}

/** A reader's place in the log; see Follower in lab/hub/room.ts. */
export interface Place {
  next(): Page | null
  stop(): void
}

/** A room, as far as its writers see it. */
export interface Speaker {
  /**
   * Says it, if the caller may: that is looked up anew each time.
   *
   * @param draft as it came, parsed from JSON and no further
   * @throws ChatError for whatever is wrong with it, or with who says it
   */
  publish(draft: unknown): Published
}

export interface Published {
  readonly message: ChatMessage
  /** Acknowledge when this has settled; null for at once. See {@link Room.kept}. */
  readonly kept: Promise<void> | null
}

export interface Door {
  /** Lets a reader into the room that the request names. @throws ChatError when they may not read it */
  enter(request: FastifyRequest): Reader
  /** Lets the request's sender speak there. */
  speak(request: FastifyRequest): Speaker
}

export interface DoorOptions {
  readonly hub: Pick<Hub, 'room'>
  /** Counts what does not come by POST; posts have been counted before their body was read. */
  readonly admit?: Admit
  readonly callerOf?: (request: FastifyRequest) => Caller
  readonly access?: Access
  /** @throws ChatError when somebody who has not signed in may not call themselves so */
  readonly checkUnsigned?: (author: string) => void
}

export function createDoor({
  hub,
  admit = admitAll,
  callerOf = () => VISITOR,
  access = publicAccess,
  checkUnsigned = () => {},
}: DoorOptions): Door {
  return {
    enter(request) {
      const caller = callerOf(request)
      const name = roomNameOf(request)
      access.check(caller, name, 'read')
      const room = hub.room(name)
      // Who has not signed in is in no room that they could be turned out of.
      return caller.session ? watched(room, caller, access) : room
    },
    speak(request) {
      const caller = callerOf(request)
      const name = roomNameOf(request)
      const writer = isUpgrade(request) ? writerOf(request) : null
      return {
        publish(value) {
          if (writer !== null) admit(writer)
          access.check(caller, name, 'write')
          const { person } = caller
          const draft = parseDraft(value, person?.name)
          if (!person) checkUnsigned(draft.author)
          if (draft.note) access.checkNote(caller, name, draft.note)
          const room = hub.room(name)
          const message = room.publish(person ? { ...draft, authorId: person.id } : draft)
          return { message, kept: room.kept(message) }
        },
      }
    },
  }
}

/** The room, for a reader whose leave to read may end. */
function watched(room: Room, caller: Caller, access: Access): Reader {
  return {
    read: (cursor) => room.read(cursor),
    readBack: (cursor) => room.readBack(cursor),
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

const roomNameOf = (request: FastifyRequest) => (request.params as { readonly room: string }).room
