/**
 * What is open at the other servers, by address. Each tells the whole of what is worth it, and again now and then: so a notice that is lost is
 * made good by the next, and a server that falls silent is forgotten with all that it had.
 */
import { COUNTS, type CountKind, type Notice, type Numbers } from './notice.ts'

/** How often a server that has something open says so again, in milliseconds. */
export const BEAT_MS = 2_000
/** After so long without a word, a server's connections are not counted any more: three beats, of which two may be lost. */
export const SILENT_MS = 3 * BEAT_MS

/** One kind of what is open here and elsewhere. */
export interface CountLink {
  nameOf(key: string): string
  /** So many are open here. */
  set(name: string, count: number): void
  /** How many the others have said they have. */
  elsewhere(name: string): number
}

/** What is open here, as far as it is worth telling. */
export interface OwnCounts {
  /** @param atLeast fewer are not told: they are most of what is there, and far from any limit */
  of(kind: CountKind, atLeast: number): Pick<CountLink, 'set'>
  readonly isEmpty: boolean
  all(): Partial<Record<CountKind, Numbers>>
}

export function createOwnCounts(onChange: () => void): OwnCounts {
  const own = new Map(COUNTS.map((kind) => [kind, new Map<string, number>()]))
  return {
    of: (kind, atLeast) => ({
      set(name, count) {
        const counts = own.get(kind)!
        const told = count >= atLeast ? count : 0
        if ((counts.get(name) ?? 0) === told) return
        if (told === 0) counts.delete(name)
        else counts.set(name, told)
        onChange()
      },
    }),
    get isEmpty() {
      return [...own.values()].every(({ size }) => size === 0)
    },
    all: () => Object.fromEntries([...own].map(([kind, counts]) => [kind, [...counts]])),
  }
}

export interface OtherCounts {
  hear(notice: Notice): void
  of(kind: CountKind, name: string): number
}

export function createOtherCounts(now: () => number): OtherCounts {
  const others = new Map<
    string,
    { heardAt: number; counts: ReadonlyMap<CountKind, ReadonlyMap<string, number>> }
  >()
  return {
    hear({ from, open }) {
      for (const [server, { heardAt }] of others) if (now() - heardAt >= SILENT_MS) others.delete(server)
      if (!open) return
      const counts = new Map(COUNTS.map((kind) => [kind, new Map(open[kind] ?? [])]))
      if ([...counts.values()].every(({ size }) => size === 0)) others.delete(from)
      else others.set(from, { heardAt: now(), counts })
    },
    of(kind, name) {
      let sum = 0
      for (const { heardAt, counts } of others.values())
        if (now() - heardAt < SILENT_MS) sum += counts.get(kind)?.get(name) ?? 0
      return sum
    },
  }
}
