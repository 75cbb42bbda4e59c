/** What has come by one lane's wire, message by message, before anything was sorted out. */
import type { Page } from '../../../lab/wire/message.ts'
import { createSeqSet, type SeqSet } from './seq-set.ts'

export interface Tally {
  /** The numbers of all messages that came since the measurement began. */
  readonly delivered: SeqSet
  /** Of a message that had come already. */
  readonly doubled: number
  /** For the first time, but after a later one. */
  readonly reordered: number
  /** The measurement is about the messages after this number; null until there is one. */
  readonly base: number | null
  /** How often the log has begun again: numbers of two logs cannot be compared. */
  readonly log: number
  enter(page: Page): void
  /** A new measurement begins, after what has come so far. */
  reset(): void
}

export function createTally(): Tally {
  const delivered = createSeqSet()
  let doubled = 0
  let reordered = 0
  let base: number | null = null
  let newest = 0
  let log = 0

  function enter({ messages, gap }: Page): void {
    const first = messages[0]?.seq
    // After a gap with lower numbers, it is another log. With higher ones, it is the same, and some are gone from it.
    if (gap && first !== undefined && first <= newest) {
      log++
      newest = 0
      base = null
      delivered.clear()
    }
    for (const { seq } of messages) {
      base ??= seq - 1
      if (seq <= base)
        doubled++ // it came before this measurement began
      else if (!delivered.add(seq)) doubled++
      else if (seq < newest) reordered++
      newest = Math.max(newest, seq)
    }
  }

  return {
    delivered,
    get doubled() {
      return doubled
    },
    get reordered() {
      return reordered
    },
    get base() {
      return base
    },
    get log() {
      return log
    },
    enter,
    reset() {
      delivered.clear()
      doubled = reordered = 0
      base = newest === 0 ? null : newest
    },
  }
}
