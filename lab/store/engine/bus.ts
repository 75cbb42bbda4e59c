/**
 * Beside the log: what servers tell each other that need not be kept, such as who is here. It is told to those that
 * listen now; some of it may be lost, or come late, and nothing waits for it. With NATS it is a plain subject (core NATS).
 */

export interface Bus {
  /** Tells all servers, this one too perhaps. Never throws: what cannot be told is lost. */
  publish(body: Uint8Array): void
  /** @returns stops it */
  subscribe(onMessage: (body: Uint8Array) => void): () => void
}

export interface MemoryBus {
  /** Another server's way to it. */
  open(): Bus & {
    /** While it is, what it tells and what it is told is lost. */
    isCut: boolean
  }
}

/** A bus that is gone with the process: the reference. */
export function createMemoryBus(): MemoryBus {
  const ways = new Set<{ isCut: boolean; readonly listeners: Set<(body: Uint8Array) => void> }>()
  return {
    open() {
      const listeners = new Set<(body: Uint8Array) => void>()
      const way = {
        isCut: false,
        listeners,
        publish(body: Uint8Array) {
          if (way.isCut) return
          // Never from within the call: over a network that cannot be either.
          for (const other of ways) {
            queueMicrotask(() => {
              if (!other.isCut) for (const listener of [...other.listeners]) listener(body)
            })
          }
        },
        subscribe(onMessage: (body: Uint8Array) => void) {
          listeners.add(onMessage)
          return () => void listeners.delete(onMessage)
        },
      }
      ways.add(way)
      return way
    },
  }
}
