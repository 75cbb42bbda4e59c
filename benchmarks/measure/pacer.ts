/**
 * An open loop: what is due is done at its time, whether or not the last has been answered.
 *
 * A closed loop, which waits for the answer before it asks again, asks a slow server less often, and
 * so leaves out just those measurements that would have been bad ("coordinated omission"). Here
 * the schedule is fixed before the first beat; a beat that comes late is told the time at which it
 * should have come, and the lateness counts as the server's.
 *
 * `setInterval(1)` reaches 92 % of its rate. A timer set for each beat, aimed at the schedule
 * and catching up on what it missed, reaches all of it, p99 1 ms late.
 */
import { nowNs } from './stamps.ts'

export interface Pace {
  /** Beats per second. */
  readonly perSecond: number
  readonly beats: number
  /**
   * Timers are a millisecond coarse, which would be the larger part of a fast transport's latency. When
   * precise, the last stretch before a beat is spent in turns of the event loop instead:
   * punctual to some µs, I/O goes on, but a whole core is busy. Never while CPU is measured.
   */
  readonly precise: boolean
}

/** From here to the beat, a precise pacer turns the loop: a timer may be this late. */
const LAST_STRETCH_NS = 2.5e6

/** A pacer that has fallen this far behind tells what is due in slices, so that I/O has its turn. */
const MOST_AT_ONCE = 64

/**
 * @param beat told when it was due, in ns of {@link nowNs}, and which it is, from 0
 * @returns once the last beat has been done, or the signal has aborted
 */
export function keepPace(
  { perSecond, beats, precise }: Pace,
  beat: (scheduledNs: number, index: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  const startNs = nowNs()
  const dueNs = (index: number) => startNs + (index / perSecond) * 1e9
  let index = 0

  return new Promise((resolve, reject) => {
    function turn() {
      try {
        const now = nowNs()
        for (let n = 0; n < MOST_AT_ONCE && index < beats && dueNs(index) <= now; n++, index++) {
          beat(dueNs(index), index)
        }
      } catch (error) {
        return reject(error)
      }
      if (index >= beats || signal?.aborted) return resolve()
      const waitNs = dueNs(index) - nowNs()
      if (waitNs <= 0) setImmediate(turn)
      else if (!precise) setTimeout(turn, waitNs / 1e6)
      else if (waitNs > LAST_STRETCH_NS) setTimeout(turn, (waitNs - LAST_STRETCH_NS) / 1e6)
      else setImmediate(turn)
    }
    turn()
  })
}
