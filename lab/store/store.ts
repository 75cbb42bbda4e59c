/**
 * Where a room's log is kept, so that it outlives the process.
 *
 * A room appends, reads a run of messages by their numbers, and asks whether a draft is known.
 * Nothing here waits: the room must see its own log without letting anybody in between, and what
 * is asked costs microseconds. The one thing that takes time, writing to the disk, is done once for
 * all that a turn of the event loop has brought (lab/hub/group-commit.ts).
 *
 * Another way of keeping is another file beside this one, and store.test.ts says whether it does.
 */
import type { ChatMessage, Draft } from '../wire/message.ts'
import type { RecordChange, Records } from './records.ts'

export interface Store {
  /** What is kept of a room. A room without messages is `{ oldest: 1, newest: 0 }`, and has an epoch too. */
  open(room: string): Kept
  /** Rooms of which something is kept. */
  readonly rooms: number
  /**
   * Keeps all of it, or nothing. When it returns, neither a crash of the process nor one of the
   * machine can take it back. What is beyond the retention goes, a few messages at a time.
   *
   * A message that removes another takes its text, and its file, out of what is kept, by the same
   * transaction: `erased` in lab/wire/message.ts says what stays.
   *
   * @param place how far this store has come in a log that several servers share: kept with the batch, or neither is
   * @param records what the same entries of that log have changed besides messages, kept with both
   * @throws Error when it could not be kept: the disk is full, as a rule
   */
  append(batch: readonly Append[], place?: LogPlace, records?: readonly RecordChange[]): void
  /** The place that was kept last; null for a store that follows no shared log. */
  place(): LogPlace | null
  /** The number of the oldest message that can still be read; it grows by {@link append} only. */
  oldest(room: string): number
  /** The messages `from`, `from + 1`, …: at most `count`, those that are kept. */
  read(room: string, from: number, count: number): ChatMessage[]
  /** What became of a draft, as long as that is kept. */
  find(room: string, draft: Pick<Draft, 'author' | 'draftId'>): ChatMessage | null
  /** Null when there is none of this id, or none any more. */
  file(room: string, id: string): KeptFile | null
  /** Bytes of all files that are kept, or of one room's. */
  fileBytes(room?: string): number
  /** Removes a room and all its messages. Its numbers begin at 1 again. */
  forget(room: string): void
  /** What is kept besides the messages, in the same place. */
  readonly records: Records
  /** Whether it outlives the process. */
  readonly isOnDisk: boolean
  /**
   * All that is kept now, to be read over many turns of the event loop while the store goes on.
   *
   * @throws StoreError when there can be none
   */
  view(): StoreView
  /**
   * Begins to put the copy of another store in the place of all that is kept here. Until {@link Replacement.commit} this store reads as
   * before, and must not be written.
   *
   * @throws StoreError when there can be none; what the disk says
   */
  replace(): Replacement
  close(): void
}

export interface Kept {
  /**
   * 1 to 32 of a-z and 0-9: tells this log from every other. It stays the same for as long as the
   * store does, so that a cursor from before a crash is good after it.
   */
  readonly epoch: string
  readonly oldest: number
  readonly newest: number
}

/** What one turn adds to one room: consecutive numbers, following on what is kept. */
export interface Append {
  readonly room: string
  readonly messages: readonly ChatMessage[]
  /** The bytes of the files that these messages announce, by the file's id. */
  readonly files?: ReadonlyMap<string, Uint8Array>
  /** Whether all that was kept of the room goes first, as by {@link Store.forget}: the messages, if any, begin at 1. */
  readonly isForgotten?: boolean
}

export interface KeptFile {
  /** The number of the message that announces it, and says what it is. */
  readonly seq: number
  readonly bytes: Uint8Array
}

/** Some of what a store has. */
export type CopyPart =
  /** Messages of one room that follow on each other, with the bytes of the files that they announce; the oldest part of a room comes first. */
  | { readonly kind: 'messages'; readonly append: Required<Omit<Append, 'isForgotten'>> }
  | { readonly kind: 'records'; readonly records: readonly RecordChange[] }

/**
 * A whole store, to be copied into another one of whichever kind. A view stays as it was at one moment, with the place in the log that belongs
 * to it, while the store goes on. It is read a part at a time, so that no turn of the event loop has to read all of it. A
 * replacement takes effect at once and as a whole, or not at all, also when the process is killed under way.
 */
export interface StoreView {
  /** Null for a store that follows no shared log. */
  readonly place: LogPlace | null
  /** Once. Each part is small, but for a file. */
  parts(): Iterator<CopyPart>
  /** It holds what has been erased meanwhile, and on a disk keeps it from being overwritten: close it soon. */
  close(): void
}

export interface Replacement {
  /** @throws Error when the messages of a room do not follow on each other, and what the disk says */
  add(part: CopyPart): void
  /** From now on the store has what was added and nothing else. @throws Error what the disk says: then all is as it was */
  commit(place: LogPlace): void
  /** All is as it was. After a commit it does nothing. */
  abort(): void
}

/** A place in the log that several servers share (lab/store/engine). */
export interface LogPlace {
  /** The name of that log. */
  readonly log: string
  /** The place of the last entry that was applied. It must not be applied again. */
  readonly applied: number
  /** The place after which to follow; it is earlier when an entry was still in pieces. */
  readonly followAfter: number
}

/** Most messages of a part: of the longest text, 1 MiB. A part with a file ends there. */
export const PART_MESSAGES = 64
/** Most records of a part. */
export const PART_RECORDS = 64

/** The kind of record that is a store's own: how far it is in the log. */
export const OWN_KIND = 'log-place'

export interface StoreOptions {
  /** How many messages of each room are kept. */
  readonly keep: number
}

/** How many messages of each room are kept without `--keep`: a year of a lively chat, some 22 MB. */
export const KEEP_MESSAGES = 100_000

/**
 * How many messages too old to keep may go with one append, beside as many as it brings. A retention
 * that was set lower then takes effect over many commits, none of which keeps anybody waiting.
 */
export const TRIM_BITE = 64

/** The number that the oldest message has after `added` more and the trimming that goes with them. */
export function oldestAfter({ oldest, newest }: Omit<Kept, 'epoch'>, added: number, keep: number): number {
  return Math.max(oldest, Math.min(newest + added - keep + 1, oldest + added + TRIM_BITE))
}

/** The store cannot be used, and why: a line for the person who starts the server. */
export class StoreError extends Error {
  override readonly name = 'StoreError'
}
