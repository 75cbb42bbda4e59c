/**
 * How long to wait before trying again: exponential backoff with full jitter.
 *
 * A server that comes back finds everybody who lost it. If all of them waited the same
 * time, they would return in the same instant and push it over again; so each draws its
 * wait at random, from nothing up to a bound that doubles with every failure.
 */
import type { Clock } from '../wire/clock.ts'
import type { ChatError } from '../wire/errors.ts'

export const BACKOFF_BASE_MS = 500
export const BACKOFF_CAP_MS = 15_000

/**
 * The longest that a server's wish is heeded for, in milliseconds. A proxy that says "in an hour" may be wrong, and a
 * reader would take the client for dead.
 */
export const RETRY_AFTER_CAP_MS = 60_000

/** How long a server wants to be left alone (`Retry-After`, RFC 9110 §10.2.3), in milliseconds; 0 when it says nothing. */
export const retryAfterMs = ({ retryAfterS = 0 }: Pick<ChatError, 'retryAfterS'>): number =>
  Math.min(RETRY_AFTER_CAP_MS, retryAfterS * 1_000)

/**
 * A connection must have lasted this long before the next failure counts as the first.
 * A server that accepts and then drops is otherwise hammered at the shortest wait.
 */
export const MIN_UPTIME_MS = 5_000

/** The most that a wait can be, in milliseconds. @param attempt 0 for the first retry */
export const backoffBound = (attempt: number): number =>
  Math.min(BACKOFF_CAP_MS, BACKOFF_BASE_MS * 2 ** attempt)

/** @param attempt 0 for the first retry; @param random from 0 up to 1 */
export const backoff = (attempt: number, random: () => number): number => random() * backoffBound(attempt)

/**
 * One draw for several clients of one page, so that nothing but their transports differs between them: what one
 * of them waits for, the others wait for too. Against the crowd this is no worse, since each page draws its own.
 *
 * None waits longer than it could have drawn by itself: one whose line has just broken does not sit out the long
 * wait of another that has been refused for an hour.
 *
 * @returns the wait before retry number `attempt`, in milliseconds, as `createChatClient` takes it
 */
export function createCommonBackoff(
  clock: Pick<Clock, 'now'>,
  random: () => number,
): (attempt: number) => number {
  let dueAt = Number.NEGATIVE_INFINITY
  return (attempt) => {
    const now = clock.now()
    const isShared = dueAt > now && dueAt - now <= backoffBound(attempt)
    if (!isShared) dueAt = now + backoff(attempt, random)
    return dueAt - now
  }
}
