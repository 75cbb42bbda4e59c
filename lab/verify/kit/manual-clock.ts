/** A clock that stands still until a test turns it. */
import type { Clock } from '../../client/platform.ts'

export interface ManualClock extends Clock {
  /** Lets time pass: what falls due runs, in order, each with its promises settled before the next. */
  pass(ms: number): Promise<void>
  /** Alarms that are set: zero when nothing is left running. */
  readonly alarms: number
}

export function createManualClock(): ManualClock {
  let time = 0
  const alarms = new Set<{ readonly at: number; readonly action: () => void }>()
  return {
    now: () => time,
    after(ms, action) {
      const alarm = { at: time + ms, action }
      alarms.add(alarm)
      return () => {
        alarms.delete(alarm)
      }
    },
    async pass(ms) {
      const end = time + ms
      await settle()
      for (;;) {
        const [next] = [...alarms].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
        if (!next) break
        time = next.at
        alarms.delete(next)
        next.action()
        await settle()
      }
      time = end
    },
    get alarms() {
      return alarms.size
    },
  }
}

/** Gives every promise that can settle the chance to. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 5; i++) await new Promise<void>((resolve) => setTimeout(resolve, 0))
}
