/**
 * The words every part of the lab shares: what a client may say, what the
 * server answers, and how a reader names its place in the conversation.
 *
 * Nothing in this folder may import from outside it. It runs unchanged in the
 * browser and in Node.
 */
import type { Here } from './presence.ts'

/** What a client asks the hub to publish. */
export interface Draft {
  /** Chosen by the sender, so that a send that is tried again is not said twice. */
  readonly draftId: string
  readonly author: string
  readonly text: string
  /** What this is, when it is not only its text. */
  readonly note?: Note
}

/** A draft, and who has proven to be its author. */
export interface SignedDraft extends Draft {
  /** Absent when nobody has: then `author` is only what was claimed. */
  readonly authorId?: string
}

/** A draft that the hub has accepted and given a place in a room's log. */
export interface ChatMessage extends SignedDraft {
  /** 1, 2, 3, … without holes, for as long as the log lives. */
  readonly seq: number
  /** The hub's clock, in milliseconds since the Unix epoch. For people; order comes from `seq`. */
  readonly publishedAt: number
}

/**
 * What a message is, when it is not only its text. The log is append-only, so whatever happens to a
 * message is another message, which names it.
 *
 * A reader that does not know a kind shows the text, which is always there to be shown; that is how
 * kinds can be added (docs/reference/message.schema.json holds those that there are).
 */
export type Note =
  /** From here on, message `seq` says this text. By its author, or by a moderator. */
  | { readonly kind: 'edited'; readonly seq: number }
  /** Message `seq` is gone, from the log too. By its author, or by a moderator. */
  | { readonly kind: 'removed'; readonly seq: number }
  /** A file lies in the room. */
  | { readonly kind: 'file'; readonly file: FileRef }
  /** Somebody has become a member of the room, or is none any more. The server's word. */
  | { readonly kind: 'joined' | 'left'; readonly person: string }

/** A file that was posted to a room, and under which name it is fetched again. */
export interface FileRef {
  /** 20 of a-z and 0-9; `GET /rooms/ROOM/files/ID` has the bytes. */
  readonly id: string
  /** As its sender called it. */
  readonly name: string
  /** A media type (RFC 6838). */
  readonly type: string
  /** In bytes. */
  readonly size: number
}

/** What a message is after another has removed it: its place and who said it, and nothing of what was said. */
export function erased({ note, ...message }: ChatMessage): ChatMessage {
  return { ...message, text: '', ...(note && note.kind !== 'file' && { note }) }
}

/** Whether the text of `message` goes when message `seq` is removed: its own, and what it was edited to. */
export function goesWith(seq: number, { seq: own, note }: ChatMessage): boolean {
  return own === seq || (note?.kind === 'edited' && note.seq === seq)
}

declare const cursorBrand: unique symbol

/** A place in a room's log. Opaque to clients: keep it, hand it back, never look inside. */
export type Cursor = string & { readonly [cursorBrand]: true }

/** A run of consecutive messages, and where to go on reading after them. */
export interface Page {
  readonly messages: readonly ChatMessage[]
  readonly cursor: Cursor
  /** True when what came between the reader's cursor and this page can no longer be had. */
  readonly gap: boolean
  /** True when the log already holds messages after this page: do not wait, read on. */
  readonly more: boolean
  /** Who is here, when that has changed since this reader was last told. Only for readers with a tab. */
  readonly here?: Here
  /**
   * Present when the reader's own rooms have changed since it was last told: it was invited, made a member or
   * moderator, sent away, or a room is gone. `GET /rooms` says how they stand now. The number tells two changes apart and
   * means nothing else. Only for readers with a tab who have signed in.
   */
  readonly rooms?: number
}
