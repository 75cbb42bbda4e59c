/**
 * The one rule by which every server makes rooms of the shared log: what becomes of a draft, given all that came before it.
 *
 * It reads the log and nothing else: no clock, no limit or disk of its own server, no chance. What it needs besides (the time
 * at which the writer's server took the draft, who has proven to be its author) stands in the entry. Then rooms and numbers agree everywhere,
 * because the order does (docs/decisions/076-the-rule.md).
 */
import { ChatError, type ChatErrorCode } from '../../wire/errors.ts'
import type { ChatMessage, SignedDraft } from '../../wire/message.ts'
import { checkNote, isSameDraft } from '../notes.ts'

/** What every change in an entry may say besides what it is. */
interface FromServer {
  /** Given by the server that appended it, which knows its own by it when it comes back. The rule does not look at it. */
  readonly id?: string
}

/** A draft, as it travels in an entry. */
export interface Publish extends FromServer {
  readonly kind: 'publish'
  readonly room: string
  readonly draft: SignedDraft
  /** By the clock of the writer's server, in milliseconds since the Unix epoch. */
  readonly at: number
  /** The bytes of the file that the draft announces, in base64. */
  readonly bytes?: string
}

/** A room whose last member has left: its messages go, at every server at the same place. */
export interface Forget extends FromServer {
  readonly kind: 'forget'
  readonly room: string
}

/** What is not the rooms': people, sessions, memberships. A rule of their own decides about it (lab/people/shared/rule.ts). */
export interface OfRecords extends FromServer {
  readonly kind: 'records'
}

/** What an entry may bring. */
export type Change = Publish | Forget | OfRecords

/** What has become of a draft. A refusal is as much a result as a message: it is the same at every server. */
export type Outcome =
  | { readonly kind: 'published' | 'known'; readonly message: ChatMessage }
  | { readonly kind: 'refused'; readonly code: ChatErrorCode; readonly why: string }
  | { readonly kind: 'forgotten' }
  /** Of records, and which rooms are forgotten by that. */
  | { readonly kind: 'took'; readonly forgotten?: readonly string[] }
  | { readonly kind: 'overtaken' }

/** The same for all servers of a log: a server that takes less would number otherwise. So is how many messages their stores keep. */
export interface SharedLimits {
  readonly maxRooms: number
  /** Most bytes of files, in one room and in all. */
  readonly maxFileBytes: number
  readonly maxAllFileBytes: number
}

/** All that the rule may know: how the log has left the rooms, as far as they are kept. */
export interface RoomsView {
  /** The number of a room's newest message; 0 before the first. */
  newest(room: string): number
  find(room: string, draft: SignedDraft): ChatMessage | null
  at(room: string, seq: number): ChatMessage | null
  /** Rooms with a message. */
  readonly rooms: number
  /** Bytes of files in one room, or in all. */
  fileBytes(room?: string): number
}

export function outcomeOf(change: Publish, view: RoomsView, limits: SharedLimits): Outcome {
  const { room, draft, at } = change
  try {
    const newest = view.newest(room)
    const known = view.find(room, draft)
    if (known && isSameDraft(known, draft.text, draft.note)) return { kind: 'known', message: known }
    if (known) throw new ChatError('draft-conflict', 'this draftId was already used for another text')
    if (newest === 0 && view.rooms >= limits.maxRooms)
      throw new ChatError('too-many-rooms', `there are already ${limits.maxRooms} rooms`)
    const { note } = draft
    if (note) checkNote(note, 'seq' in note ? view.at(room, note.seq) : null, [])
    if (note?.kind === 'file') admitFile(note.file.size, room, view, limits)
    const { draftId, author, text, authorId } = draft
    const message = {
      ...{ seq: newest + 1, publishedAt: at, draftId, author, text },
      ...(authorId !== undefined && { authorId }),
      ...(note && { note }),
    }
    return { kind: 'published', message }
  } catch (error) {
    if (!(error instanceof ChatError)) throw error
    return { kind: 'refused', code: error.code, why: error.message }
  }
}

function admitFile(size: number, room: string, view: RoomsView, limits: SharedLimits): void {
  if (view.fileBytes(room) + size > limits.maxFileBytes)
    throw new ChatError('too-large', `the files of a room may take ${limits.maxFileBytes} bytes`)
  if (view.fileBytes() + size > limits.maxAllFileBytes)
    throw new ChatError('not-stored', 'there is no place for more files; try again later')
}
