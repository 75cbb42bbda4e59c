/**
 * The outside world, as far as the client touches it. Everything is handed in, so that the
 * same files run in a browser, in Node, and in a test whose clock is turned by hand.
 */
import type { Clock } from '../wire/clock.ts'
import type { Signals } from './signals.ts'

export { type Clock, systemClock } from '../wire/clock.ts'

export interface Platform {
  readonly fetch: typeof fetch
  readonly WebSocket: WebSocketConstructor
  /** Opens a TCP connection. A browser has no way to. */
  readonly connectTcp?: (to: { readonly host: string; readonly port: number }) => TcpSocketLike
  /** What signs a program in where there are no headers to carry it; null or absent for one that does not sign in. */
  readonly token?: string | null
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  /** What the machine tells of its network; nothing unless given. */
  readonly signals?: Signals
}

export type WebSocketConstructor = new (url: string | URL) => WebSocketLike

/** What the browser's WebSocket and the `ws` package have in common. */
export interface WebSocketLike {
  readonly readyState: number
  readonly OPEN: number
  send(data: string): void
  close(code?: number, reason?: string): void
  addEventListener(type: 'open' | 'error', listener: () => void): void
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void
  addEventListener(
    type: 'close',
    listener: (event: { readonly code: number; readonly reason: string }) => void,
  ): void
}

/** As much of Node's `net.Socket` as a client needs. */
export interface TcpSocketLike {
  write(text: string): unknown
  /** Ends the connection when what was written has left. */
  destroySoon(): void
  destroy(): unknown
  on(event: 'connect' | 'close', listener: () => void): unknown
  on(event: 'data', listener: (bytes: Uint8Array) => void): unknown
  on(event: 'error', listener: (error: Error) => void): unknown
}

/** Waits, and returns early when the signal aborts. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const cancel = clock.after(ms, done)
    signal.addEventListener('abort', done)
    function done() {
      cancel()
      signal.removeEventListener('abort', done)
      resolve()
    }
  })
}

/**
 * A name that no other client draws, of 128 random bits.
 * `crypto.randomUUID` exists only on secure pages, and a class opens the lab by http://ADDRESS.
 */
export function randomId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
