/**
 * The gateway to the rooms: the only way by which a transport comes to one.
 *
 * Who may read and who may write is decided here, once for all transports, so that none of them can
 * forget it. What a transport is given is a Reader or a Writer of one room, and nothing to ask for more.
 */

import { createHash } from 'node:crypto'
import type { Hub } from '../../hub/hub.ts'
import type { Room } from '../../hub/room.ts'
import type { Person } from '../../people/caller.ts'
import { whyEnded } from '../../people/ended.ts'
import { type Access, publicAccess } from '../../people/membership/access.ts'
import { keyOf } from '../../people/names.ts'
import { base36 } from '../../wire/base36.ts'
import { parseDraft, parseRoomName, record } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ChatMessage, Draft, FileRef, SignedDraft } from '../../wire/message.ts'
import { isolated } from '../../wire/names.ts'
import { type PresenceUpdate, RENEW_MS } from '../../wire/presence.ts'
import { type Admit, admitAll, writersOf } from '../limits/rate-limit.ts'
import type { Peer } from './peer.ts'
import { NO_PRESENCE, type PresenceDesk } from './presence.ts'
import { type Reader, RoomReader } from './reader.ts'

export type { Peer } from './peer.ts'
export type { Place, Reader } from './reader.ts'

/** A room, as far as its writers see it. */
export interface Writer {
  /**
   * Publishes a draft, if the peer may: that is looked up each time.
   *
   * @param draft as it came, parsed from JSON and no further
   * @returns the message as it stands in the log, when it is committed: then it may be acknowledged
   * @throws ChatError by the promise, for whatever is wrong with the draft, or with its writer
   */
  publish(draft: unknown): Promise<ChatMessage>
  /** Whether the peer may publish anything here, before it goes to the length of it. @throws ChatError when not */
  check(): void
  /**
   * Publishes a file.
   *
   * @param draft without a text, which is the file's name
   * @throws ChatError as {@link publish} does
   */
  attach(draft: unknown, file: Omit<FileRef, 'id'>, bytes: Uint8Array): Promise<ChatMessage>
}

export interface RoomGateway {
  /**
   * Lets a peer read a room. One with a client id counts as present as soon as it reads there.
   *
   * @param quietMs how long the reader may rightly give no sign of life, if that is not as usual
   * @throws ChatError when it may not read the room
   */
  openReader(peer: Peer, room: string, quietMs?: number): Reader
  /**
   * Lets a peer write there.
   *
   * @param isCounted whether the rate limit has counted it already: a POST has been, before its body was read.
   *   Otherwise each draft counts when it is published
   */
  openWriter(peer: Peer, room: string, isCounted?: boolean): Writer
  /**
   * Takes a sign of life of a reader that cannot give it on the connection on which it reads.
   *
   * @throws ChatError when the peer may not read the room
   */
  renewPresence(peer: Peer, room: string, update: PresenceUpdate): void
}

export interface RoomGatewayOptions {
  readonly hub: Pick<Hub, 'room'>
  /** Counts what does not come by POST. */
  readonly admit?: Admit
  readonly access?: Access
  /** @throws ChatError when a peer that has not signed in may not use this name */
  readonly checkUnsigned?: (author: string) => void
  /** Who is here; no reader is counted unless given. */
  readonly presence?: PresenceDesk
  /** Told before a person's words are published: others will know the name. @throws ChatError `not-stored` */
  readonly beforePublishing?: (person: Person) => void
}

export function createRoomGateway({
  hub,
  admit = admitAll,
  access = publicAccess,
  checkUnsigned = () => {},
  presence = NO_PRESENCE,
  beforePublishing = () => {},
}: RoomGatewayOptions): RoomGateway {
  return {
    openReader(peer, name, quietMs = RENEW_MS) {
      const { credentials } = peer
      access.check(credentials, name, 'read')
      const room = hub.room(name)
      const watchAccess = credentials.session
        ? (onEnd: (why: ChatError) => void) => access.watch(credentials, name, onEnd)
        : null
      if (peer.clientId === null) return new RoomReader(room, watchAccess, null)
      const arrive = () => presence.arrive(peer, name, quietMs, watchAccess)
      const rooms = credentials.person ? (access.roomsOf?.(credentials.person) ?? null) : null
      return new RoomReader(room, watchAccess, arrive, rooms)
    },
    openWriter({ address, credentials }, name, isCounted = false) {
      const { person, session } = credentials
      function check(): void {
        if (session?.isOver) throw whyEnded(session)
        access.check(credentials, name, 'write')
      }
      function signed(value: unknown): SignedDraft {
        const draft = underName(parseDraft(value, person?.name), person)
        if (!person) checkUnsigned(draft.author)
        return person ? { ...draft, authorId: person.id } : draft
      }
      function publish(room: Room, draft: SignedDraft, bytes?: Uint8Array): Promise<ChatMessage> {
        if (person) beforePublishing(person)
        return room.publish(draft, bytes)
      }
      return {
        check,
        async publish(value) {
          if (!isCounted) admit(...writersOf(address, person))
          check()
          const draft = signed(value)
          const room = hub.room(name)
          if (draft.note) access.checkNote(credentials, name, draft.note, room.about(draft.note))
          const message = await publish(room, draft)
          if (person) presence.stopTyping(name, person)
          return message
        },
        async attach(value, { name: fileName, type, size }, bytes) {
          check()
          const draft = signed({ ...record(value, 'bad-draft', 'a draft'), text: fileName })
          const file: FileRef = { id: fileIdOf(draft, bytes), name: fileName, type, size }
          return publish(hub.room(name), { ...draft, note: { kind: 'file', file } }, bytes)
        },
      }
    },
    renewPresence(peer, room, update) {
      access.check(peer.credentials, parseRoomName(room), 'read')
      presence.update(peer, room, update)
    },
  }
}

/** A person publishes under their own name, as they write it themselves. @throws ChatError `not-allowed` for another's */
function underName(draft: Draft, person: Person | null): Draft {
  if (!person || draft.author === person.name) return draft
  if (keyOf(draft.author) === keyOf(person.name)) return { ...draft, author: person.name }
  throw new ChatError('not-allowed', `you have signed in as ${isolated(person.name)}: leave author out`)
}

/**
 * A file is named after its bytes, its author and the draft: a draft that is sent again names the same file,
 * and another file under the same draft is found out. Only a client that has the file can compute its name.
 */
function fileIdOf({ author, draftId }: Draft, bytes: Uint8Array): string {
  const hash = createHash('sha256').update(`${author}\0${draftId}\0`).update(bytes).digest()
  return base36(hash.subarray(0, 20))
}
