export const SILENCE_MS = 40_000
export const BASE_MS = 500
export const CAP_MS = 15_000

export interface Page {
  readonly messages: readonly string[]
  /** The place behind them. */
  readonly cursor: string
}

export interface World {
  /**
   * Opens a connection that brings what comes after `cursor`; '' is the beginning. It calls `onPage` and `onEnd` later, never
   * within `connect` itself.
   */
  connect(cursor: string, onPage: (page: Page) => void, onEnd: () => void): { close(): void }
  /** Calls `action` after so many milliseconds; what it returns takes that back. */
  after(ms: number, action: () => void): () => void
  /** From 0 up to, not including, 1. */
  random(): number
  /** Calls `action` whenever the machine wakes or is online again. */
  onWake(action: () => void): void
}

/** Keeps a line to the server through whatever happens, and shows each message once and in order. */
export function survive(world: World, show: (text: string) => void): void {
  world.connect(
    '',
    (page) => page.messages.forEach(show),
    () => survive(world, show),
  )
}
