/** What has passed on each visitor's connections since the server started, those that have ended included. */
import type { LaneConnection } from './connection.ts'
import type { LaneTotal } from './control.ts'

/** Visitors whose sums are remembered when their connections have ended; those that were away longest are forgotten. */
const MAX_VISITORS = 2_000

export interface Totals {
  /** A connection has got this owner. */
  opened(connection: LaneConnection): void
  /** It is over: what has passed on it stays in its owner's sum. */
  ended(connection: LaneConnection): void
  of(visitor: string, open: Iterable<LaneConnection>): readonly LaneTotal[]
}

type Sum = { -readonly [Key in keyof LaneTotal]: LaneTotal[Key] }

export function createTotals(): Totals {
  const visitors = new Map<string, Map<string, Sum>>()

  function sumOf(visitor: string, lane: string): Sum {
    const lanes = visitors.get(visitor) ?? new Map<string, Sum>()
    visitors.delete(visitor)
    visitors.set(visitor, lanes) // in the order of their last use
    for (const oldest of visitors.keys()) {
      if (visitors.size <= MAX_VISITORS) break
      visitors.delete(oldest)
    }
    const sum = lanes.get(lane) ?? { lane, opened: 0, toServer: 0, toClient: 0 }
    lanes.set(lane, sum)
    return sum
  }
  function add(sum: Sum, connection: LaneConnection): void {
    const { toServer, toClient } = connection.view()
    sum.toServer += toServer
    sum.toClient += toClient
  }

  return {
    opened({ owner, lane }) {
      if (owner !== null) sumOf(owner, lane).opened++
    },
    ended(connection) {
      const { owner, lane } = connection
      if (owner !== null) add(sumOf(owner, lane), connection)
    },
    of(visitor, open) {
      const lanes = new Map([...(visitors.get(visitor) ?? [])].map(([lane, sum]) => [lane, { ...sum }]))
      for (const connection of open) {
        const sum = lanes.get(connection.lane)
        if (connection.owner === visitor && sum) add(sum, connection)
      }
      return [...lanes.values()]
    },
  }
}
