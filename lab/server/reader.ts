/** What the door gives to who may read a room. */
import type { File } from '../hub/log.ts'
import type { ChatError } from '../wire/errors.ts'
import type { Cursor, Page } from '../wire/message.ts'
import type { Sign } from '../wire/presence.ts'

/**
 * A room, as far as its readers see it. One with a tab counts as here from its first `read` or `follow` on that
 * throws nothing. So a transport does first what can refuse it, and is let in by the one of the two that it needs.
 */
export interface Reader {
  /** Throws what `read` would throw for this cursor, while there still is a status to refuse it with. */
  check(cursor: Cursor | null): void
  /** What comes after `cursor`, a page at most; see {@link Room.read}. */
  read(cursor: Cursor | null): Page
  /** Backwards; see {@link Room.readBack}. */
  readBack(cursor: Cursor | null): Page
  /** A file that was posted here, as long as its message is kept. */
  file(id: string): File | null
  /**
   * Follows the room; see {@link Room.follow}.
   *
   * @param onEnd called, at most once, when the reader may not read on: signed out, no member any more, or
   *   not heard of for too long, if it has a tab
   */
  follow(cursor: Cursor | null, ring: () => void, onEnd?: (why: ChatError) => void): Place
  /**
   * For who reads with a tab, and over a connection on which a reader can speak: takes a sign of life.
   * Absent for all others.
   */
  readonly sign?: (sign: Sign) => void
}

/** A reader's place in the log; see Follower in lab/hub/room.ts. */
export interface Place {
  next(): Page | null
  stop(): void
}
