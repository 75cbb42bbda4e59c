/** A connection that works. */
export interface Line {
  readonly by: string
}

export interface Way {
  readonly name: string
  /**
   * Opens a connection. Rejects when something between here and the server is in the way, and with {@link Refused}
   * when the server itself says no. When the signal aborts it gives up and hangs up.
   */
  open(signal: AbortSignal): Promise<Line>
}

/** The server's own no: it would say the same on every way. */
export class Refused extends Error {}

export interface World {
  /** Calls back after so many milliseconds, unless the returned function is called before. */
  after(ms: number, action: () => void): () => void
}

export interface Choice {
  readonly line: Line
  /** The names of those that were tried before it and did not work, in order. */
  readonly tried: readonly string[]
}

/** How long one may take to open before the next is tried. The last one may take as long as it likes. */
export const LIMIT_MS = 4_000

/**
 * Tries the ways one after the other and chooses the first that opens.
 *
 * @param ways the best first
 * @param remembered the name of the one that worked last, which is where to begin; null when there is none
 * @throws Refused at once; or, when none works, what the last one has thrown
 */
export async function choose(world: World, ways: readonly Way[], remembered: string | null): Promise<Choice> {
  void [world, remembered]
  const line = await ways[0]!.open(new AbortController().signal)
  return { line, tried: [] }
}
