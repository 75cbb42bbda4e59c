/** A server's way to a log that a test can cut, hold back or fill up. What happens to it happens to this server alone. */
import { gateBefore } from '../../server/wires/servers/gate.ts'
import { type Engine, EngineError } from '../../store/engine/engine.ts'

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
  const state = { isAway: false, isHeldBack: false, isFull: false, isDeaf: false }
  let appended = 0
  const away = () => new EngineError('unavailable', 'the engine is away')
  const gate = gateBefore(engine, () => !state.isAway && !state.isHeldBack)
  const set = (change: Partial<typeof state>) => {
    Object.assign(state, change)
    gate.look()
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
    follow: gate.follow,
    trim: (before) => engine.trim(before),
    erase: (position) => engine.erase(position),
    async newest() {
      if (state.isAway) throw away()
      return engine.newest()
    },
    close: () => engine.close(),
  }
}
