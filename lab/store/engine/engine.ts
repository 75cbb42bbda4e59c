/**
 * What several servers share: one ordered log of entries, kept by an engine that is not ours.
 *
 * A server appends an entry and follows the log from its own place. So a server is to the engine what a browser is
 * to a server: a cursor and a bell. An entry is what one turn of a server's event loop brings (turn.ts). Every server,
 * the writer too, applies the entries in the engine's order, and only then do messages have their numbers: no lock,
 * no owner, no compare-and-set (docs/decisions/074-one-ordered-log.md).
 *
 * An engine is one file beside memory.ts, which is the reference, and passes the suite in lab/verify/engines.
 */

/** A place in the log: 0 before the first entry, then growing. Only the engine knows what lies between two places. */
export type Position = number

export interface Engine {
  /**
   * Tells this log from every other, 1 to 32 of a-z and 0-9: the same for every server, and for as long as the log
   * lives. The epochs of the rooms come from it, so a cursor is good at each server.
   */
  readonly log: string
  /** How often the connection to it was lost and made again, since this way to it was opened; none where there is no connection. */
  readonly reconnects?: number
  /**
   * Resolves when the engine has it, where every follower will get it. An entry of the same id that is there is not
   * appended again: its position is given. Engines remember ids for {@link REPEAT_MS}, so an entry may be sent again
   * until it is acknowledged. The bytes are the engine's from now on.
   *
   * @throws EngineError by the promise: `too-large`, `full` and `closed`, and then it is not in the log;
   *   `unavailable`, and then it may still come into it: send the same id again, or say that it is unknown
   */
  append(entry: Entry): Promise<Position>
  /**
   * Gives all entries after a place, each once and in order, those that are there and those to come. An engine that
   * goes away and comes back is no end: the follower goes on where it was.
   *
   * @returns stops it: the follower is told nothing more, not even an end
   */
  follow(after: Position, follower: LogFollower): () => void
  /** Removes all entries before a place, for good. A place beyond the end leaves the log empty. */
  trim(before: Position): Promise<void>
  /** Removes what one entry says, for good and from the engine's disks. One that is not there is no error. */
  erase(position: Position): Promise<void>
  /** The place of the newest entry that was ever appended, as the engine knows it now. @throws EngineError `unavailable` */
  newest(): Promise<Position>
  /** Ends all that was begun here. The log stays, for others. */
  close(): Promise<void>
}

export interface Entry {
  /** Names it among all entries of all servers: 1 to 64 of a-z, 0-9 and hyphens. */
  readonly id: string
  /** 1 to {@link ENTRY_BYTES} bytes. */
  readonly body: Uint8Array
}

export interface LogFollower {
  /** Called for one entry after the other. When it throws, this entry has not been passed, and `onEnd` gets the error. */
  onEntry(position: Position, body: Uint8Array): void
  /**
   * Called once, and nothing after it. An EngineError `gone`: the next entry was trimmed or erased, so this server has
   * to begin from a copy of another one. `other-log`: the log is not the one that this place belongs to. `closed`.
   * Anything else was thrown by `onEntry`.
   */
  onEnd(why: Error): void
}

/** Most bytes of an entry. What a turn brings beyond it becomes several. NATS accepts 1 MiB by default, etcd 1.5 MiB. */
export const ENTRY_BYTES = 256 * 1024

/** How long an engine knows an id again, at least, in milliseconds: longer than a writer tries. */
export const REPEAT_MS = 120_000

export type EngineErrorCode =
  /** It does not answer, or has no majority. It may have done what was asked. */
  | 'unavailable'
  /** It takes no more entries. */
  | 'full'
  | 'too-large'
  /** What stood here was trimmed or erased. */
  | 'gone'
  /** A place that this log does not have: entries were lost, or it is another log. */
  | 'other-log'
  /** The engine cannot be used, for a reason that waiting does not mend: its version, its address, its configuration. */
  | 'unusable'
  | 'closed'

/** What the engine could not do: a line for the person who runs the server. It never has a password in it. */
export class EngineError extends Error {
  override readonly name = 'EngineError'
  readonly code: EngineErrorCode

  constructor(code: EngineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** @throws EngineError `too-large` */
export function checkEntry({ id, body }: Entry): void {
  if (!/^[a-z0-9-]{1,64}$/.test(id) || body.length === 0) throw new TypeError(`“${id}” is no entry`)
  if (body.length > ENTRY_BYTES)
    throw new EngineError(
      'too-large',
      `an entry has at most ${ENTRY_BYTES} bytes, and this has ${body.length}`,
    )
}

export const closed = (): EngineError => new EngineError('closed', 'this way to the log is closed')

/** Why a follower cannot go on. */
export const gone = (position: Position): EngineError =>
  new EngineError('gone', `entry ${position} of the log is gone; begin from a copy of another server`)

export const ahead = (after: Position, newest: Position): EngineError =>
  new EngineError(
    'other-log',
    `the log ends at ${newest}, and this server has been at ${after}: entries were lost, or it is another log`,
  )
