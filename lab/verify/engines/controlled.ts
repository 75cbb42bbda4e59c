/** A server's way to a log that a test can cut, hold back or fill up. What happens to it happens to this server alone. */
import { type Engine, EngineError, type LogFollower, type Position } from '../../store/engine/engine.ts'

export interface ControlledEngine extends Engine {
  /** While it is, nothing gets through in either direction. */
  isAway: boolean
  /** While it is, entries do not come to this server, which can write all the same: it falls behind. */
  isHeldBack: boolean
  /** While it is, no entry is taken. */
  isFull: boolean
  /** While it is, an entry is taken and its acknowledgement is lost. */
  isDeaf: boolean
  /** Entries that were appended here. */
  readonly appended: number
}

export function controlled(engine: Engine): ControlledEngine {
  const gives = new Set<() => void>()
  const state = { isAway: false, isHeldBack: false, isFull: false, isDeaf: false }
  let appended = 0
  const away = () => new EngineError('unavailable', 'the engine is away')
  const set = (change: Partial<typeof state>) => {
    Object.assign(state, change)
    for (const give of gives) give()
  }

  function follow(after: Position, follower: LogFollower): () => void {
    const due: (readonly [Position, Uint8Array])[] = []
    let isOver = false
    const stop = () => {
      isOver = true
      gives.delete(give)
      stopInner()
    }
    const end = (why: Error) => {
      if (isOver) return
      stop()
      follower.onEnd(why)
    }
    const give = () => {
      while (!isOver && !state.isAway && !state.isHeldBack && due.length > 0) {
        try {
          follower.onEntry(...due.shift()!)
        } catch (error) {
          end(error as Error)
        }
      }
    }
    gives.add(give)
    const stopInner = engine.follow(after, {
      onEntry(position, body) {
        due.push([position, body])
        give()
      },
      onEnd: end,
    })
    return stop
  }

  return {
    log: engine.log,
    get reconnects() {
      return engine.reconnects ?? 0
    },
    get isAway() {
      return state.isAway
    },
    set isAway(isAway) {
      set({ isAway })
    },
    get isHeldBack() {
      return state.isHeldBack
    },
    set isHeldBack(isHeldBack) {
      set({ isHeldBack })
    },
    get isFull() {
      return state.isFull
    },
    set isFull(isFull) {
      set({ isFull })
    },
    get isDeaf() {
      return state.isDeaf
    },
    set isDeaf(isDeaf) {
      set({ isDeaf })
    },
    get appended() {
      return appended
    },
    async append(entry) {
      if (state.isAway) throw away()
      if (state.isFull) throw new EngineError('full', 'the log is full')
      appended++
      const position = await engine.append(entry)
      if (state.isDeaf) throw away()
      return position
    },
    follow,
    trim: (before) => engine.trim(before),
    erase: (position) => engine.erase(position),
    async newest() {
      if (state.isAway) throw away()
      return engine.newest()
    },
    close: () => engine.close(),
  }
}
