/**
 * How far a server is behind the log that it shares, in entries and in time.
 *
 * In time it is the age of the oldest entry that is there and not applied here. No entry has a clock in it that could be compared with this
 * server's: servers' clocks differ, and the age would be wrong by the difference. So the end of the log is noted now and then with this
 * server's own clock. An entry is at least as old as the first note in which it was; so the age is exact to the time between two notes, and never too large.
 */
import type { Position } from '../../store/engine/engine.ts'

/** Most notes that are kept: an hour, at one each second. Beyond it the newest is moved, and what is newer than it looks too young. */
const MAX_NOTES = 3_600

interface Note {
  /** Where the log ended. */
  newest: Position
  /** When that was known, in milliseconds by a clock that does not go backwards. */
  at: number
}

export class Lag {
  readonly #now: () => number
  #applied: Position
  /** Those beyond what is applied, in order, none twice. */
  #notes: Note[] = []

  constructor(applied: Position, now: () => number = () => performance.now()) {
    this.#applied = applied
    this.#now = now
  }

  /** The engine has said that the log ends here. Its answers may overtake each other. */
  note(newest: Position): void {
    const last = this.#notes.at(-1)
    if (newest <= Math.max(this.#applied, last?.newest ?? 0)) return
    const at = this.#now()
    if (last && this.#notes.length === MAX_NOTES) Object.assign(last, { newest, at })
    else this.#notes.push({ newest, at })
  }

  /** This server has come there. */
  advance(applied: Position): void {
    this.#applied = applied
    if (this.#notes.length > 0 && this.#notes[0]!.newest <= applied)
      this.#notes = this.#notes.filter(({ newest }) => newest > applied)
  }

  get entries(): number {
    return (this.#notes.at(-1)?.newest ?? this.#applied) - this.#applied
  }

  /** In milliseconds; 0 when nothing is known to be missing. */
  get ms(): number {
    const [oldest] = this.#notes
    return oldest ? Math.round(this.#now() - oldest.at) : 0
  }
}
