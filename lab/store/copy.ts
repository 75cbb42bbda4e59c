/**
 * A whole store, to be copied into another one, of whichever kind: what a server begins from when the log that it shares no longer
 * has what it missed.
 *
 * A view stays as it was at one moment, with the place in the log that belongs to it, while the store goes on. It is read a part at a time, so
 * that no turn of the event loop has to read all of it. What has been erased by then is not in it. A replacement takes
 * effect at once and as a whole, or not at all, also when the process is killed under way.
 */
import type { RecordChange } from './records.ts'
import type { Append, LogPlace } from './store.ts'

/** Some of what a store has. */
export type CopyPart =
  /** Messages of one room that follow on each other, with the bytes of the files that they announce; the oldest part of a room comes first. */
  | { readonly kind: 'messages'; readonly append: Required<Omit<Append, 'isForgotten'>> }
  | { readonly kind: 'records'; readonly records: readonly RecordChange[] }

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

/** Most messages of a part: of the longest text, 1 MiB. A part with a file ends there. */
export const PART_MESSAGES = 64
/** Most records of a part. */
export const PART_RECORDS = 64

/** The kind of record that is a store's own: how far it is in the log. */
export const OWN_KIND = 'log-place'
