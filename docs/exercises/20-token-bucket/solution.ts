export const BURST = 10
export const PER_SECOND = 2

export interface Buckets {
  /** @returns 0 when a message of this writer may pass now; else in how many ms the next may, rounded up */
  take(writer: string): number
  /** How many writers are remembered. */
  readonly size: number
}

interface Bucket {
  tokens: number
  at: number
}

/** @param now in milliseconds, and never less than before */
export function createBuckets(now: () => number): Buckets {
  const buckets = new Map<string, Bucket>()
  const fullAfterMs = (BURST / PER_SECOND) * 1_000

  function forgetFull(): void {
    for (const [writer, { at }] of buckets) {
      if (now() - at < fullAfterMs) return
      buckets.delete(writer)
    }
  }
  return {
    take(writer) {
      forgetFull()
      const { tokens, at } = buckets.get(writer) ?? { tokens: BURST, at: now() }
      const there = Math.min(BURST, tokens + ((now() - at) / 1_000) * PER_SECOND)
      const mayPass = there >= 1
      buckets.delete(writer)
      buckets.set(writer, { tokens: mayPass ? there - 1 : there, at: now() })
      return mayPass ? 0 : Math.ceil(((1 - there) / PER_SECOND) * 1_000)
    },
    get size() {
      forgetFull()
      return buckets.size
    },
  }
}
