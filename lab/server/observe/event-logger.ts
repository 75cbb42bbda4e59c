/** What the person who runs the server is told. log.ts writes it as JSON lines. */
import type { ChatErrorCode } from '../../wire/errors.ts'

export interface EventLogger {
  /** Something that happens once in a while and is in order: started, stopped, a new certificate. */
  info(event: string, facts?: Facts): void
  /** Something to look into. */
  warn(event: string, facts?: Facts): void
  /** A fault of ours: with all that is known about it. */
  failed(error: unknown, facts?: Facts): void
  /**
   * A peer was refused. It can happen as often as a stranger likes, so not each is written.
   *
   * @param facts who it was, and what it asked for: an `address` at least
   */
  refused(code: ChatErrorCode, facts: Facts): void
}

/** Few and short, and never the request itself: a connection that lasts keeps them until it ends. */
export type Facts = Readonly<Record<string, string | number | boolean>>

/** For a server without a log, in a test say: only what must not stay unseen. */
export const plainLogger: EventLogger = {
  info() {},
  warn() {},
  failed: (error) => console.error(error),
  refused() {},
}
