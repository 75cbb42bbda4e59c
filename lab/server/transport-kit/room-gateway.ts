/**
 * The gateway to the rooms: the only way by which a transport comes to one.
 *
 * Who may read and who may write is decided here, once for all transports, so that none of them can
 * forget it. What a transport is given is a Reader or a Writer of one room, and nothing to ask for more.
 */

import { createHash } from 'node:crypto'
import type { Hub } from '../../hub/hub.ts'
import type { Room } from '../../hub/room.ts'
import { reachMessage } from '../../hub/shared/reach.ts'
import type { Person } from '../../people/caller.ts'
import { whyEnded } from '../../people/ended.ts'
import type { Kept } from '../../people/keep.ts'
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
  /**
   * Told before a person's words are published: others will know the name.
   *
   * @returns what must be waited for, if anything: that is rare, and a draft is otherwise published in the turn in which it comes
   * @throws ChatError `not-stored`
   */
  readonly beforePublishing?: (person: Person) => Kept<boolean, void> | undefined
}

export function createRoomGateway({
  hub,
  admit = admitAll,
  access = publicAccess,
  checkUnsigned = () => {},
  presence = NO_PRESENCE,
  beforePublishing = () => undefined,
}: RoomGatewayOptions): RoomGateway {
  const rules: WriterRules = { hub, admit, access, checkUnsigned, presence, beforePublishing }
  return {
    openReader(peer, name, quietMs = RENEW_MS) {
      const { credentials } = peer
      access.check(credentials, name, 'read')
      const room = hub.room(name)
      const watchAccess = credentials.session
        ? (onEnd: (why: ChatError) => void) => access.watch(credentials, name, onEnd)
        : null
      const isCounted = peer.clientId !== null
      const arrive = isCounted ? () => presence.arrive(peer, name, quietMs, watchAccess) : null
      const rooms = (isCounted && credentials.person && access.roomsOf?.(credentials.person)) || null
      const reader = new RoomReader(room, watchAccess, arrive, rooms)
      peer.wire?.add(reader)
      return reader
    },
    openWriter: (peer, name, isCounted = false) => new RoomWriter(rules, peer, name, isCounted),
    renewPresence(peer, room, update) {
      access.check(peer.credentials, parseRoomName(room), 'read')
      presence.update(peer, room, update)
    },
  }
}

/** What decides about all writers. */
type WriterRules = Required<RoomGatewayOptions>

/** The one writer that there is. A class, as {@link RoomReader} is and for the same reason. */
class RoomWriter implements Writer {
  readonly #rules: WriterRules
  readonly #peer: Peer
  readonly #name: string
  readonly #isCounted: boolean

  constructor(rules: WriterRules, peer: Peer, name: string, isCounted: boolean) {
    this.#rules = rules
    this.#peer = peer
    this.#name = name
    this.#isCounted = isCounted
  }

  check(): void {
    const { credentials } = this.#peer
    if (credentials.session?.isOver) throw whyEnded(credentials.session)
    this.#rules.access.check(credentials, this.#name, 'write')
  }

  async publish(value: unknown): Promise<ChatMessage> {
    const { hub, admit, access, presence } = this.#rules
    const { address, credentials } = this.#peer
    const { person } = credentials
    if (!this.#isCounted) admit(...writersOf(address, person))
    this.check()
    const draft = this.#signed(value)
    const room = hub.room(this.#name)
    const reached = reachMessage(room, draft.note)
    if (reached) await reached // its author has read it at another server
    if (draft.note) access.checkNote(credentials, this.#name, draft.note, room.about(draft.note))
    const message = await this.#publish(room, draft)
    if (person) presence.stopTyping(this.#name, person)
    return message
  }

  async attach(
    value: unknown,
    { name: fileName, type, size }: Omit<FileRef, 'id'>,
    bytes: Uint8Array,
  ): Promise<ChatMessage> {
    this.check()
    const draft = this.#signed({ ...record(value, 'bad-draft', 'a draft'), text: fileName })
    const file: FileRef = { id: fileIdOf(draft, bytes), name: fileName, type, size }
    const room = this.#rules.hub.room(this.#name)
    return this.#publish(room, { ...draft, note: { kind: 'file', file } }, bytes)
  }

  #signed(value: unknown): SignedDraft {
    const { person } = this.#peer.credentials
    const draft = underName(parseDraft(value, person?.name), person)
    if (!person) this.#rules.checkUnsigned(draft.author)
    return person ? { ...draft, authorId: person.id } : draft
  }

  #publish(room: Room, draft: SignedDraft, bytes?: Uint8Array): Promise<ChatMessage> {
    const { person } = this.#peer.credentials
    const waiting = person && this.#rules.beforePublishing(person)
    if (!waiting) return room.publish(draft, bytes)
    return waiting.then(() => {
      this.check() // much can happen meanwhile
      return room.publish(draft, bytes)
    })
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
