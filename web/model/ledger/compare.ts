/** One line of the ledger: a lane, held against the server's log. */
import type { ServerLog } from './server-log.ts'
import type { Tally } from './tally.ts'

export interface Compared {
  /** What the lane should have by now, since its measurement began: as many stand in the log. */
  readonly inLog: number
  readonly delivered: number
  /** They stand in the log before the newest that came, and never came. */
  readonly lost: number
  /** They stand in the log after the newest that came: still to come, if the lane lives. */
  readonly behind: number
  readonly doubled: number
  readonly reordered: number
  /** Came, and do not stand in the log. */
  readonly madeUp: number
  /** Written in this lane, and acknowledged. */
  readonly sent: number
  /** Of those, in the log not at all, and more than once. */
  readonly sentLost: number
  readonly sentTwice: number
}

/** @param sent the ids of the drafts that were written in this lane and acknowledged, since the measurement began */
export function compare(
  tally: Tally,
  log: Pick<ServerLog, 'seqs' | 'timesOf'>,
  sent: readonly string[],
): Compared {
  const { delivered, doubled, reordered } = tally
  const base = tally.base ?? 0
  const newest = delivered.max ?? base
  const head = log.seqs.max ?? 0
  const times = sent.map(log.timesOf)
  return {
    inLog: log.seqs.countIn(base, head),
    delivered: delivered.size,
    lost: log.seqs.countMissingIn(delivered, base, newest),
    behind:
      tally.base === null ? log.seqs.countIn(0, head) : log.seqs.countMissingIn(delivered, newest, head),
    doubled,
    reordered,
    // What has come since the log was read stands after its head.
    madeUp: delivered.countMissingIn(log.seqs, base, head),
    sent: sent.length,
    sentLost: times.filter((count) => count === 0).length,
    sentTwice: times.filter((count) => count > 1).length,
  }
}
