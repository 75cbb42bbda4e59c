/** Times in milliseconds, by one clock. */
export interface Request {
  /** When it should have been sent. */
  readonly dueAt: number
  readonly sentAt: number
  readonly answeredAt: number
}

/** How long a user waited who came at the scheduled time. */
export function latency({ dueAt, answeredAt }: Request): number {
  return answeredAt - dueAt
}

/** @param q 0.5 for the median, 0.99 for the p99 */
export function quantile(latencies: number[], q: number): number {
  const sorted = latencies.toSorted((a, b) => a - b)
  return sorted[Math.ceil(q * sorted.length) - 1]!
}

export function quantileOfRuns(runs: number[][], q: number): number {
  return quantile(runs.flat(), q)
}
