/** How much CPU other programs take, and from when on that spoils a measurement. */
import { type CpuTime, coresOf, KNOWS_CHILDREN, readCpuTime } from './cpu-time.ts'

export interface Quietness {
  readonly cores: number
  /** Cores that other programs took since the last call, or since the beginning; null where that cannot be known. */
  lap(): number | null
}

/** The server wants a core and the load another: on two cores, this share of both is already felt. */
const QUIET_SHARE = 0.1
/** While we measure, ticks of 10 ms in five processes blur a short window. */
const DISTURBED_SHARE = 0.2
/** A window that is shorter says nothing. */
const SHORTEST_S = 0.2

export const isQuiet = (others: number | null, cores: number): boolean =>
  others === null || others <= QUIET_SHARE * cores

export const isDisturbed = (others: number | null, cores: number): boolean =>
  others !== null && others > DISTURBED_SHARE * cores

/** @param read for tests */
export function watchOthers(read: () => CpuTime = readCpuTime, cores = coresOf()): Quietness {
  let before = read()
  return {
    cores,
    lap() {
      const now = read()
      const seconds = now.atS - before.atS
      if (seconds < SHORTEST_S) return null
      const others = now.busyS - before.busyS - (now.ownS - before.ownS)
      before = now
      return Math.min(cores, Math.max(0, others / seconds))
    },
  }
}

/** While servers and load are at work. */
export const watchWhileMeasuring = (): Quietness | null => (KNOWS_CHILDREN ? watchOthers() : null)
