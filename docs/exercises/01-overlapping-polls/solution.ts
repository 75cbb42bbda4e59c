export interface World {
  /** Asks the server once; resolves when the answer has been taken, rejects when it failed. */
  poll(): Promise<void>
  /** Waits. */
  pause(ms: number): Promise<void>
}

/** Polls until the signal aborts. */
export async function pollForever(world: World, intervalMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await world.poll()
    } catch {
      // The next poll asks from the same place, so nothing is lost.
    }
    if (signal.aborted) return
    await world.pause(intervalMs)
  }
}
