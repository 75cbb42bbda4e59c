/**
 * How long to wait before trying again: exponential backoff with full jitter.
 *
 * A server that comes back finds everybody who lost it. If all of them waited the same
 * time, they would return in the same instant and push it over again; so each draws its
 * wait at random, from nothing up to a bound that doubles with every failure.
 */
export const BACKOFF_BASE_MS = 500
export const BACKOFF_CAP_MS = 15_000

/**
 * A connection must have lasted this long before the next failure counts as the first.
 * A server that accepts and then drops is otherwise hammered at the shortest wait.
 */
export const MIN_UPTIME_MS = 5_000

/** @param attempt 0 for the first retry; @param random from 0 up to 1 */
export function backoff(attempt: number, random: () => number): number {
  return random() * Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt)
}
