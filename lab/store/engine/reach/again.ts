/** How an engine that may be away for a moment is asked until it answers, or until its writer has to be told. */
import type { EngineError } from '../engine.ts'

/** How long one attempt may take, and how long it is until the next. In milliseconds. */
export const ATTEMPT_MS = 2_000
const AGAIN_MS = 50

/** A writer's request waits no longer than a proxy does; an engine elects a new leader in some seconds. In milliseconds. */
export const GIVE_UP_MS = 10_000

/**
 * @param attempt what is tried, again after it was `unavailable`
 * @param inOurWords what was thrown, by what can be done about it
 * @param onFailure told of each attempt after which another comes
 * @throws EngineError what the last attempt said
 */
export async function again<T>(
  giveUpMs: number,
  attempt: () => Promise<T>,
  inOurWords: (error: unknown) => EngineError,
  onFailure: (cause: EngineError) => void = () => {},
): Promise<T> {
  const begun = performance.now()
  for (;;) {
    try {
      return await attempt()
    } catch (error) {
      const cause = inOurWords(error)
      if (cause.code !== 'unavailable' || performance.now() - begun > giveUpMs) throw cause
      onFailure(cause)
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS))
  }
}
