/**
 * The readers of one connection, and how far they are behind their rooms.
 *
 * The gateway tells a connection of each reader that it opens there, so no wire knows of a transport, and no transport of a
 * wire. Nothing is counted when a message comes: the lag is looked up when it is asked for. What it costs is a place in a list
 * for each reader that is opened, which a poll is.
 */

/** A reader of a room, as far as a wire has to know of it. */
export interface ReaderOnWire {
  /** Messages of the room's log that it has not been given yet; null before it has read anything. */
  readonly lag: number | null
  /** Whether the room notifies it. One that does not follow has read once, and is over. */
  readonly isFollowing: boolean
}

export class ReadersOnWire {
  #readers: ReaderOnWire[] = []

  /** Forgets those that are over: of what has been opened on the connection, the newest and those that follow are left. */
  add(reader: ReaderOnWire): void {
    if (this.#readers.length > 0) this.#readers = this.#readers.filter(({ isFollowing }) => isFollowing)
    this.#readers.push(reader)
  }

  /**
   * Of the one that is farthest behind, of those that follow; or of the one that has read last, when none does: a poll's, between
   * two polls. Null when no reader was opened here, as on a connection that only sends.
   */
  get lag(): number | null {
    const following = this.#readers.filter(({ isFollowing }) => isFollowing)
    const lags = (following.length > 0 ? following : this.#readers).flatMap(({ lag }) => lag ?? [])
    return lags.length === 0 ? null : Math.max(...lags)
  }
}
