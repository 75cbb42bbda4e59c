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
  const pages = new Map<string, { name: string; cancel: () => void }>()
  const left = new Set<string>()
  let told: string[] = []

  const here = () => [...new Set([...pages.values()].map(({ name }) => name))].sort()
  function tell(): void {
    const now = here()
    if (now.join('\n') === told.join('\n')) return
    told = now
    onChange(now)
  }
  function end(page: string): void {
    pages.get(page)?.cancel()
    pages.delete(page)
    tell()
  }
  return {
    here,
    sign(page, name) {
      if (left.has(page)) return
      pages.get(page)?.cancel()
      pages.set(page, { name, cancel: world.after(LEASE_MS, () => end(page)) })
      tell()
    },
    leaving(page) {
      if (left.has(page)) return
      left.add(page)
      world.after(LEASE_MS, () => left.delete(page))
      end(page)
    },
  }
}
