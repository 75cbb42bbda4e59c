/** How programs of the cluster are asked over loopback. One that stands still answers never, and the others are not to wait for it. */

const ANSWER_LIMIT_MS = 1_000
/** While it starts, on a busy machine. */
const UP_LIMIT_MS = 2_000

/** @returns null from one that does not answer in time, or not in JSON */
export async function askJson(url: string, init: RequestInit = {}): Promise<Record<string, unknown> | null> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(ANSWER_LIMIT_MS) })
    return (await response.json()) as Record<string, unknown>
  } catch {
    return null
  }
}

/** Whether something answers there, and says that all is well. */
export async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(UP_LIMIT_MS) })
    await response.body?.cancel()
    return response.ok
  } catch {
    return false
  }
}
