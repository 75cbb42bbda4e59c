/**
 * A server's way to the log, with a switch in it: what a network or an engine does to a server, for a reader who wants to see it.
 *
 * Nothing of the server knows. It appends, and is told that the engine does not answer; it follows, and nothing comes.
 */
import { type Engine, EngineError } from '../../../store/engine/engine.ts'
import { gateBefore } from './gate.ts'

/** `away`: nothing gets through in either direction. `held`: what is appended arrives, and no entry comes. */
export type Way = 'open' | 'held' | 'away'

export interface SwitchedEngine extends Engine {
  /** To be called when {@link wayNow} may say something else: what was held back comes at once, when it is open. */
  look(): void
}

const away = () => new EngineError('unavailable', 'the log does not answer')

/** How long an entry is tried to be handed in before it is given up, in milliseconds: as an engine over a network would be. */
const TRIES_MS = 5_000

/**
 * @param wayNow asked at each call and for each entry
 * @param triesMs see {@link TRIES_MS}
 */
export function switched(engine: Engine, wayNow: () => Way, triesMs = TRIES_MS): SwitchedEngine {
  const writers = new Set<() => void>()
  const reachable = () => {
    if (wayNow() === 'away') throw away()
  }

  /** Resolves when the way is not cut. @throws EngineError `unavailable` when that takes too long */
  function wayToWrite(): Promise<void> | null {
    if (wayNow() !== 'away') return null
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer)
        writers.delete(look)
      }
      const look = () => {
        if (wayNow() === 'away') return
        end()
        resolve()
      }
      const timer = setTimeout(() => {
        end()
        reject(away())
      }, triesMs).unref()
      writers.add(look)
    })
  }

  const gate = gateBefore(engine, () => wayNow() === 'open')

  return {
    log: engine.log,
    follow: gate.follow,
    look() {
      gate.look()
      for (const look of [...writers]) look()
    },
    async append(entry) {
      await wayToWrite()
      return engine.append(entry)
    },
    async newest() {
      reachable()
      return engine.newest()
    },
    async trim(before) {
      reachable()
      return engine.trim(before)
    },
    async erase(position) {
      reachable()
      return engine.erase(position)
    },
    close: () => engine.close(),
  }
}
