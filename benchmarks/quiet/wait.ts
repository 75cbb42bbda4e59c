/** Before measuring: is the machine quiet, and if not, should we wait until it is? */
import { isQuiet, type Quietness } from './others.ts'

export interface WaitOptions {
  readonly watch: Quietness
  /** At most so long; 0 for not at all. */
  readonly seconds: number
  readonly signal: AbortSignal
  /** Told of each reading on which we wait on. */
  readonly onWaiting: (others: number, secondsLeft: number) => void
  /** For tests: now in s, and a pause. */
  readonly now?: () => number
  readonly pause?: (seconds: number) => Promise<void>
}

export interface Waited {
  /** Cores that other programs took at last; null where that cannot be known. */
  readonly others: number | null
  readonly isQuiet: boolean
  /** What is left of the time to wait, in s. */
  readonly secondsLeft: number
}

/** One reading. */
const READING_S = 1
/** A build that pauses for a second is not over. */
const QUIET_READINGS = 3

/** Reads at least once. Quiet at the first reading is quiet; after that it must be so several times in a row. */
export async function waitUntilQuiet({
  watch,
  seconds,
  signal,
  onWaiting,
  now = () => performance.now() / 1e3,
  pause = (s) => new Promise((resolve) => setTimeout(resolve, s * 1e3)),
}: WaitOptions): Promise<Waited> {
  let started: number | null = null
  let quietInRow = 0
  for (;;) {
    await pause(READING_S)
    const others = watch.lap()
    const quiet = isQuiet(others, watch.cores)
    quietInRow = quiet ? quietInRow + 1 : 0
    const isFirst = started === null
    started ??= now()
    const secondsLeft = Math.max(0, seconds - (now() - started))
    if (quiet && (isFirst || quietInRow >= QUIET_READINGS)) return { others, isQuiet: true, secondsLeft }
    if (secondsLeft <= 0 || signal.aborted) return { others, isQuiet: false, secondsLeft }
    onWaiting(others ?? 0, secondsLeft)
  }
}
