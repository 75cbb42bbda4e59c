/**
 * Draining: the server gives its readers away before it is stopped, so that a rolling update is no crowd at the next server.
 *
 * `/healthz` says so first, and no new reader is let in. Those that are here are told goodbye one after the other, spread evenly over a
 * set time, each in its transport's own way: by the same call as when the server closes for good. What is not stopped goes on: a reader
 * whose turn has not come reads, and is heard.
 */
import type { Clock } from '../../wire/clock.ts'
import { ChatError } from '../../wire/errors.ts'
import { readersOf, type Stopping } from '../transport-kit/shutdown.ts'

/** Over how long the goodbyes are spread unless it is said, and at most, in milliseconds. */
export const USUAL_MS = 10_000
export const LONGEST_MS = 600_000

/** Between two looks at who is due, in milliseconds. */
const STEP_MS = 10
/**
 * The most that one step may make good of lost time, in milliseconds. A process that has stood still would otherwise tell in one instant
 * all whose turn came meanwhile; so the drain lasts longer by that time.
 */
const LONGEST_STEP_MS = 3 * STEP_MS
/** When all have been told: how often it is looked whether a reader has come late, one whose request was underway. */
const LATE_MS = 1_000

/** What a new reader and a write are told while it lasts: a balancer goes to the next server, and a client comes back. */
export const drainRefusal = () =>
  new ChatError('stopping', 'this server is being drained; try again soon', { retryAfterS: RETRY_AFTER_S })
const RETRY_AFTER_S = 1

/** What is told of a drain. */
export interface Draining {
  /** Readers that are here: on a stream, or with a poll that is held. */
  readonly readers: number
  /** Milliseconds until the last of them has been told goodbye. */
  readonly withinMs: number
}

export interface DrainOptions {
  readonly clock: Clock
  /** From 0 up to 1. */
  readonly random?: () => number
  /** Told when it begins, and when all have been told goodbye. */
  readonly onChange?: (what: 'begun' | 'done', draining: Draining) => void
}

export interface Drain {
  /** Null until it is asked for; it ends with the server. */
  readonly now: Draining | null
  /** Begins, or tells how far it has come: to ask again does no harm. */
  begin(withinMs?: number): Draining
  /**
   * @param shutdown by which the transports' readers are found; it ends the drain, too
   * @param onDone called when all have been told goodbye
   */
  attach(shutdown: AbortSignal, onDone?: () => void): void
}

export function createDrain({ clock, random = Math.random, onChange = () => {} }: DrainOptions): Drain {
  let sets: () => Iterable<Set<Stopping>> = () => []
  let isOver = () => true
  let finished = () => {}
  let isOn = false
  /** Who has not been told, the last first, and when they are: milliseconds from the beginning, which stand still when the process does. */
  const waiting: { readonly at: number; readonly reader: Stopping; readonly set: Set<Stopping> }[] = []
  const told = new WeakSet<Stopping>()
  let withinMs = 0
  let passedMs = 0
  let steppedAt = 0
  let cancel = () => {}

  const now = (): Draining => {
    let readers = 0
    for (const set of sets()) readers += set.size
    return { readers, withinMs: Math.max(0, withinMs - passedMs) }
  }

  function step(): void {
    const at = clock.now()
    passedMs += Math.min(at - steppedAt, LONGEST_STEP_MS)
    steppedAt = at
    for (let next = waiting.at(-1); next && next.at <= passedMs; next = waiting.at(-1)) {
      waiting.pop()
      tell(next.reader, next.set)
    }
    if (passedMs < withinMs) cancel = clock.after(STEP_MS, step)
    else done()
  }

  function done(): void {
    tellLate()
    finished()
    onChange('done', now())
  }

  /** Each second from now on: a request may have been let in just before, and become a reader only now. */
  function tellLate(): void {
    for (const set of sets()) for (const reader of [...set]) tell(reader, set)
    if (!isOver()) cancel = clock.after(LATE_MS, tellLate)
  }

  function tell(reader: Stopping, set: Set<Stopping>): void {
    if (told.has(reader) || !set.has(reader)) return // it has gone by itself
    told.add(reader)
    reader.onShutdown()
  }

  return {
    get now() {
      return isOn ? now() : null
    },
    begin(ms = USUAL_MS) {
      if (isOn) return now()
      isOn = true
      withinMs = ms
      steppedAt = clock.now()
      const readers = [...sets()].flatMap((set) => [...set].map((reader) => ({ reader, set })))
      // Shuffled, so that not one transport goes after the other; and one in each part of the time, somewhere in it.
      shuffle(readers, random)
      const share = withinMs / Math.max(1, readers.length)
      for (const [i, one] of readers.entries()) waiting.push({ ...one, at: (i + random()) * share })
      waiting.reverse()
      const draining = now()
      onChange('begun', draining)
      cancel = clock.after(0, step)
      return draining
    },
    attach(shutdown, onDone = () => {}) {
      sets = () => readersOf(shutdown)
      isOver = () => shutdown.aborted
      finished = onDone
      shutdown.addEventListener('abort', () => cancel())
    },
  }
}

/** Fisher and Yates, in place. */
function shuffle<T>(all: T[], random: () => number): void {
  for (let i = all.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[all[i], all[j]] = [all[j]!, all[i]!]
  }
}
