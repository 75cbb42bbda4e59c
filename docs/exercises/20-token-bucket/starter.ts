export const BURST = 10
export const PER_SECOND = 2

export interface Buckets {
  /** @returns 0 when a message of this writer may pass now; else in how many ms the next may, rounded up */
  take(writer: string): number
  /** How many writers are remembered. */
  readonly size: number
}

/** @param now in milliseconds, and never less than before */
export function createBuckets(now: () => number): Buckets {
  const counts = new Map<string, { second: number; count: number }>()
  return {
    take(writer) {
      const second = Math.floor(now() / 1_000)
      const known = counts.get(writer)
      const count = known?.second === second ? known.count + 1 : 1
      counts.set(writer, { second, count })
      return count <= BURST ? 0 : (second + 1) * 1_000 - now()
    },
    get size() {
      return counts.size
    },
  }
}
