export interface World {
  /** Asks the server once; resolves when the answer has been taken, rejects when it failed. */
  poll(): Promise<void>
  /** Waits. */
  pause(ms: number): Promise<void>
}

/** Polls until the signal aborts. */
export async function pollForever(world: World, intervalMs: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    void world.poll()
    await world.pause(intervalMs)
  }
}
