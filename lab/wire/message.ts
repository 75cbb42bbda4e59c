/**
 * The words every part of the lab shares: what a client may say, what the
 * server answers, and how a reader names its place in the conversation.
 *
 * Nothing in this folder may import from outside it. It runs unchanged in the
 * browser and in Node.
 */

/** What a client asks the hub to publish. */
export interface Draft {
  /** Chosen by the sender, so that a send that is tried again is not said twice. */
  readonly draftId: string
  readonly author: string
  readonly text: string
}

/** A draft that the hub has accepted and given a place in a room's log. */
export interface ChatMessage extends Draft {
  /** 1, 2, 3, … without holes, for as long as the log lives. */
  readonly seq: number
  /** The hub's clock, in milliseconds since the Unix epoch. For people; order comes from `seq`. */
  readonly publishedAt: number
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
}
