/** A time that stands still until a check lets it pass, for what a learner's code sets off later. */
export interface StillTime {
  readonly now: number
  /** What has been set and is not over, in no order. */
  readonly alarms: ReadonlySet<{ readonly at: number }>
  /** Calls `action` when so many milliseconds have passed; the returned function takes that back. */
  after(ms: number, action: () => void): () => void
  /** What is due within `ms` happens, in its order. */
  pass(ms: number): void
}

export function createStillTime(): StillTime {
  const alarms = new Set<{ readonly at: number; readonly action: () => void }>()
  let now = 0
  return {
    get now() {
      return now
    },
    alarms,
    after(ms, action) {
      const alarm = { at: now + ms, action }
      alarms.add(alarm)
      return () => void alarms.delete(alarm)
    },
    pass(ms) {
      const until = now + ms
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
        if (!next) break
        alarms.delete(next)
        now = next.at
        next.action()
      }
      now = until
    },
  }
}
