/** Times in milliseconds, by one clock. */
export interface Request {
  /** When it should have been sent. */
  readonly dueAt: number
  readonly sentAt: number
  readonly answeredAt: number
}

/** How long a user waited who came at the scheduled time. */
export function latency({ sentAt, answeredAt }: Request): number {
  return answeredAt - sentAt
}

/** @param q 0.5 for the median, 0.99 for the p99 */
export function quantile(latencies: number[], q: number): number {
  latencies.sort()
  return latencies[Math.floor(q * latencies.length)]!
}

export function quantileOfRuns(runs: number[][], q: number): number {
  return runs.reduce((sum, run) => sum + quantile(run, q), 0) / runs.length
}
