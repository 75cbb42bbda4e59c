/**
 * How far this server has come in the shared log, and whether that is the end.
 *
 * A reader that comes from another server may have been where this one is not yet. Only the engine can say whether it is
 * this server that is behind, or the reader that names a place which the log never had.
 */
import { type Engine, EngineError, type Position } from '../../store/engine/engine.ts'
import { Lag } from './lag.ts'

export interface CatchUpOptions {
  readonly engine: Pick<Engine, 'newest'>
  /** The place of the last entry that was applied. */
  readonly applied: Position
  readonly after: (ms: number, act: () => void) => () => void
  /** Milliseconds by a clock that does not go backwards; the process's own unless given. */
  readonly now?: (() => number) | undefined
}

/** How long until an engine that does not answer is asked again, and how often this server looks how far it is. In milliseconds. */
const LOOK_MS = 1_000

export class CatchUp {
  readonly #options: CatchUpOptions
  #applied: Position
  /** Entries that were applied since the start: places need not follow each other. */
  #entries = 0
  readonly #lag: Lag
  /** Where the log ended when the engine was asked last; null until it has answered. */
  #newest: Position | null = null
  /** When that was known, by `performance.now()`, if it is not reached yet. */
  #behindSince: number | null = null
  #reached: (() => void) | null = null
  /** Those who came since the engine was asked: its answer may be older than what they have seen. */
  #next = new Set<() => void>()
  #isAsking = false
  #cancel = () => {}
  #stopNoting = () => {}
  #isClosed = false

  constructor(options: CatchUpOptions) {
    this.#options = options
    this.#applied = options.applied
    this.#lag = new Lag(options.applied, options.now)
    this.#look()
  }

  get applied(): Position {
    return this.#applied
  }

  /** Entries that the log had when the engine was asked last, and this server has not applied; null until it has answered. */
  get behind(): number | null {
    return this.#newest === null ? null : this.#lag.entries
  }

  /** For how long the oldest of them has been there, at least, in milliseconds; exact to a second. */
  get behindMs(): number | null {
    return this.#newest === null ? null : this.#lag.ms
  }

  get entries(): number {
    return this.#entries
  }

  /** Whether readers are served what the others serve: this server has been at the end, and is there within a second each time. */
  get isThere(): boolean {
    if (this.#newest === null) return false
    return this.#behindSince === null || performance.now() - this.#behindSince < LOOK_MS
  }

  /** The entry at this place has been applied. */
  advance(position: Position): void {
    if (position > this.#applied) {
      this.#applied = position
      this.#entries++
      this.#lag.advance(position)
    }
    if (this.#newest === null || this.#applied < this.#newest) return
    this.#behindSince = null
    this.#reached?.()
    this.#reached = null
  }

  /**
   * Calls `act` once, when this server has applied all that the log had when this was called. While the engine does not
   * answer, that is not known.
   *
   * @returns calls it off
   */
  when(act: () => void): () => void {
    const next = this.#next
    next.add(act)
    if (!this.#isAsking) void this.#ask()
    return () => void next.delete(act)
  }

  close(): void {
    this.#isClosed = true
    this.#cancel()
    this.#stopNoting()
  }

  async #ask(): Promise<void> {
    this.#isAsking = true
    while (this.#next.size > 0 && !this.#isClosed) {
      const asked = this.#next
      this.#next = new Set()
      if (await this.#comeTo(await this.#end())) for (const act of asked) act()
    }
    this.#isAsking = false
  }

  /** Where the log ends now; null when this has been closed before the engine could say. */
  async #end(): Promise<Position | null> {
    while (!this.#isClosed) {
      try {
        return await this.#options.engine.newest()
      } catch (error) {
        if (error instanceof EngineError && error.code === 'closed') return null
        await new Promise<void>((resolve) => this.#options.after(LOOK_MS, resolve))
      }
    }
    return null
  }

  async #comeTo(newest: Position | null): Promise<boolean> {
    if (newest === null || this.#isClosed) return false
    this.#newest = newest
    this.#lag.note(newest)
    if (this.#applied >= newest) {
      this.#behindSince = null
      return true
    }
    this.#behindSince ??= performance.now()
    this.#noteMeanwhile()
    await new Promise<void>((resolve) => {
      this.#reached = resolve
    })
    this.#stopNoting()
    return true
  }

  /** While this server is behind, the log grows on: how far behind it is has to be asked. */
  #noteMeanwhile(): void {
    let isOver = false
    const note = async () => {
      try {
        this.#lag.note(await this.#options.engine.newest())
      } catch {} // it is away: a writer is told by its append
      if (!isOver) cancel = this.#options.after(LOOK_MS, note)
    }
    let cancel = this.#options.after(LOOK_MS, note)
    this.#stopNoting = () => {
      isOver = true
      cancel()
    }
  }

  /** Once a second: what is not asked for by a reader has to be known too. */
  #look(): void {
    this.when(() => {
      if (!this.#isClosed) this.#cancel = this.#options.after(LOOK_MS, () => this.#look())
    })
  }
}
