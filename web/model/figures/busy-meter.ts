/**
 * How busy the page is itself. A message that arrives while the main thread is at work waits for it, so a latency that the page
 * measures holds the page's own queue. The meter looks at moments drawn beforehand: a timer that fires late has found the
 * thread taken. Moments that are drawn without regard to the work meet it in proportion to its time, so the share of late looks is
 * the share of time in which a message would have waited.
 *
 * It costs twenty timers a second, and ten frames every two seconds: a loop of frames would keep a page at work that rests.
 */
import type { Clock } from '../../../lab/client/platform.ts'

/** A look every 50 ms on average: of 60 in a window, the share is right within 7 points in two of three readings. */
const LOOK_MIN_MS = 10
const LOOK_MAX_MS = 90
/** Timers of a thread that rests fire within half a millisecond; Firefox's clock steps by one. */
const LATE_MS = 2
/** So much of the past is in a reading: long enough for a share, short enough to be of now. */
const WINDOW_MS = 3_000
/** With fewer looks, chance decides. */
const MIN_LOOKS = 20
/** Figures that change faster than this cannot be read. */
const READ_EVERY_MS = 1_000
/** Frames in a row, and how often. */
const BURST_FRAMES = 10
const BURST_EVERY_MS = 2_000

/** From here on a latency tells of the page more than of the transport: every other message finds the thread taken, or of 60 frames 36 are missed. */
export const LIMIT = { taken: 0.5, fps: 24 } as const
/** What is over the limit has to come below this to be within it: a reading at the limit would else come and go. Screens that save power make 30 frames. */
const WITHIN = { taken: 0.4, fps: 27 } as const

export interface BusyReading {
  /** The share of looks that found the main thread taken, 0 to 1. */
  readonly taken: number
  /** Frames a second; null before the first were counted. */
  readonly fps: number | null
  /** Whether the page is so busy that its latencies hold its own queue. */
  readonly isOver: boolean
}

export interface BusyMeterOptions {
  /** Monotonic, in milliseconds. */
  readonly clock: Clock
  /** From 0 up to, not including, 1. */
  readonly random: () => number
  /** Calls `act` in the next frame. */
  readonly frame: (act: () => void) => void
  /** There is another reading. */
  readonly onReading: () => void
}

export type BusyMeter = ReturnType<typeof createBusyMeter>

export function createBusyMeter({ clock, random, frame, onReading }: BusyMeterOptions) {
  let looks: { readonly at: number; readonly isLate: boolean }[] = []
  let reading: BusyReading | null = null
  let due = 0
  let readAt = 0
  /** Of the last burst: how many frames, in how many milliseconds. */
  let burst: { readonly since: number; frames: number; ms: number; isOver: boolean } | null = null
  let overMs = 0
  let callOff: (() => void) | null = null

  function lookLater(): void {
    const now = clock.now()
    const wait = Math.max(0, Math.ceil(due - now)) // timers count whole milliseconds
    due = Math.max(due, now + wait)
    callOff = clock.after(wait, look)
  }

  function look(): void {
    const now = clock.now()
    due = Math.max(due, now - WINDOW_MS) // a machine that has slept need not be looked at for each moment of it
    // All that fell due while the thread was at work have waited for it.
    while (due <= now) {
      looks.push({ at: due, isLate: now - due > LATE_MS })
      due += LOOK_MIN_MS + random() * (LOOK_MAX_MS - LOOK_MIN_MS)
    }
    if (now - readAt >= READ_EVERY_MS) read(now)
    lookLater()
  }

  function read(now: number): void {
    looks = looks.filter(({ at }) => at > now - WINDOW_MS)
    if (reading?.isOver) overMs += now - readAt
    readAt = now
    const fps = burst && fpsOf(burst, now)
    if (!burst || (burst.isOver && now - burst.since >= BURST_EVERY_MS)) beginBurst(now)
    if (looks.length < MIN_LOOKS) return
    const taken = looks.filter(({ isLate }) => isLate).length / looks.length
    const { taken: most, fps: least } = reading?.isOver ? WITHIN : LIMIT
    reading = { taken, fps, isOver: taken >= most || (fps !== null && fps < least) }
    onReading()
  }

  function beginBurst(since: number): void {
    const mine = { since, frames: -1, ms: 0, isOver: false } // the first frame is where counting begins
    let first = since
    burst = mine
    const next = () => {
      if (mine !== burst) return // another began, or the meter stands
      const now = clock.now()
      if (mine.frames < 0) first = now
      mine.frames++
      mine.ms = now - first
      mine.isOver = mine.frames >= BURST_FRAMES
      if (!mine.isOver) frame(next)
    }
    frame(next)
  }

  return {
    /** Null while there is none: it stands, or has begun a moment ago. */
    get reading() {
      return reading
    },
    /** For how long the page has been over the limit in all, in milliseconds. */
    get overMs() {
      return overMs
    },
    start(): void {
      if (callOff) return
      due = readAt = clock.now()
      due += LOOK_MIN_MS
      lookLater()
    },
    /** Leaves nothing running. What comes back from out of view begins again from nothing: its timers were slowed. */
    stop(): void {
      callOff?.()
      callOff = null
      looks = []
      burst = null
      if (reading === null) return
      reading = null
      onReading()
    },
  }
}

/** A burst whose next frame stays out tells of it: the time since then counts. Null before the first two frames. */
function fpsOf(
  burst: { since: number; frames: number; ms: number; isOver: boolean },
  now: number,
): number | null {
  const ms = burst.isOver ? burst.ms : now - burst.since
  if (burst.isOver) return ms === 0 ? null : (burst.frames * 1_000) / ms
  return ms < READ_EVERY_MS ? null : ((burst.frames + 1) * 1_000) / ms
}
