/** Time as client and server take it: handed in, so that a test can turn it by hand. */
export interface Clock {
  /** Milliseconds from some fixed moment; never goes backwards, whatever the wall clock does. */
  now(): number
  /** Calls `action` once after `ms`; the returned function cancels it. */
  after(ms: number, action: () => void): () => void
}

/** Now in milliseconds since the Unix epoch, with fractions; it never goes backwards, as `Date.now` may. */
export const epochNow = (): number => performance.timeOrigin + performance.now()

export const systemClock: Clock = {
  now: () => performance.now(),
  after(ms, action) {
    const timer = setTimeout(action, ms)
    return () => clearTimeout(timer)
  },
}
