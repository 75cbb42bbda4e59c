/** How long a page counts as here after a sign of life. */
export const LEASE_MS = 14_000

export interface World {
  /** Calls `action` after so many milliseconds; what it returns takes that back. */
  after(ms: number, action: () => void): () => void
}

export interface Presence {
  /** @param page an id that each load of a page chooses for itself */
  sign(page: string, name: string): void
  leaving(page: string): void
  /** The names, each once, in the order of the alphabet. */
  here(): string[]
}

/** @param onChange is told the whole list whenever it has become another */
export function createPresence(world: World, onChange: (here: string[]) => void): Presence {
  void world
  const names = new Map<string, string>()
  const here = () => [...names.values()]
  return {
    here,
    sign(page, name) {
      names.set(page, name)
      onChange(here())
    },
    leaving(page) {
      names.delete(page)
      onChange(here())
    },
  }
}
