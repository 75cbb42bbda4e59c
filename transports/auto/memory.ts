/**
 * What auto has learned about the way to a server: which transport works there, and how long ago that was.
 *
 * All connections of a page share it, so a second one does not learn again what the first has learned. It holds for one
 * network: a laptop that is carried from an office home is told so by `online`, and forgets.
 */
import type { Platform } from '../../lab/client/platform.ts'

/** Networks change without telling, so nothing is believed for longer. */
export const REMEMBER_MS = 3_600_000
/** A connection that has lasted this long is no sign of trouble, however it broke. */
export const HEALTHY_MS = 60_000
/** So many connections in a row that broke sooner, and the transport is given up: once is an accident. */
export const MOST_EARLY = 3
/** From settling on a lower transport to the first look whether a higher one works by now; it doubles from look to look. */
export const FIRST_CLIMB_MS = 30_000
export const LAST_CLIMB_MS = 600_000

interface Learned {
  /** The number of the transport, 0 for the best. */
  way: number
  /** Connections by it that broke early, in a row. */
  early: number
  forgetAt: number
}

export interface Memory {
  /** With which transport to begin. */
  readonly begin: number
  /** How long to wait for the next look at the better ones, in milliseconds. */
  readonly climbMs: number
  /** This one has opened. */
  opened(way: number): void
  /** None of them works, which says nothing about any of them: the next try begins with the best. */
  failed(): void
  /** A connection by this one broke after so long. @returns whether that was once too often: begin lower from now on */
  broke(way: number, livedMs: number, ways: number): boolean
  /** The better ones do not work yet. */
  looked(): void
  /** Calls back when all has been forgotten, because the network is another one. Returns how to stop. */
  onForgotten(listener: () => void): () => void
}

/** For each clock, since the times are its times: a page has one, and each client of a test has its own. */
const byClock = new WeakMap<object, (origin: string) => Memory>()

/** @param origin the server's address, as `http://host:port` */
export function memoryOf(platform: Platform, origin: string): Memory {
  const memories = byClock.get(platform.clock) ?? createMemories(platform)
  byClock.set(platform.clock, memories)
  return memories(origin)
}

function createMemories({ clock, signals }: Platform): (origin: string) => Memory {
  const memories = new Map<string, ReturnType<typeof create>>()
  // For as long as the page is there, as the memory is: so it is never taken away.
  signals?.onNews((news) => {
    if (news === 'online') for (const memory of memories.values()) memory.forget()
  })
  return (origin) => {
    const memory = memories.get(origin) ?? create()
    memories.set(origin, memory)
    return memory
  }

  function create() {
    const listeners = new Set<() => void>()
    let learned: Learned | null = null
    let climbMs = FIRST_CLIMB_MS

    function settle(way: number): void {
      learned = { way, early: 0, forgetAt: clock.now() + REMEMBER_MS }
    }
    return {
      get begin() {
        if (learned && clock.now() >= learned.forgetAt) learned = null
        return learned?.way ?? 0
      },
      get climbMs() {
        return climbMs
      },
      opened(way: number) {
        if (learned?.way !== way) settle(way)
      },
      failed() {
        learned = null
      },
      broke(way: number, livedMs: number, ways: number) {
        if (learned?.way !== way) return false // another connection has moved on already
        const isHealthy = livedMs >= HEALTHY_MS
        learned.early = isHealthy ? 0 : learned.early + 1
        if (isHealthy && way === 0) climbMs = FIRST_CLIMB_MS
        if (learned.early < MOST_EARLY || way === ways - 1) return false
        settle(way + 1)
        return true
      },
      looked() {
        climbMs = Math.min(2 * climbMs, LAST_CLIMB_MS)
      },
      onForgotten(listener: () => void) {
        listeners.add(listener)
        return () => {
          listeners.delete(listener)
        }
      },
      forget() {
        learned = null
        climbMs = FIRST_CLIMB_MS
        for (const listener of listeners) listener()
      },
    }
  }
}
