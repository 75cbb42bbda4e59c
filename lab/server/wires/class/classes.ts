/**
 * Classes: what a teacher has given to a room, and what those who joined have told. All of it is in memory, bounded, and gone with
 * the class (docs/decisions/070-a-class.md).
 *
 * What is too old is swept with each question, so there is no timer to be left running.
 */
import type { ClassView, Given, Report } from '../../../wires/class/control.ts'

/** Classes at once, and learners in each: some 4 kB for one who reports every lane. */
export const MAX_CLASSES = 16
export const MAX_LEARNERS = 64
/** A class that its teacher has left alone for so long is over; a learner whose page was closed is out of it. In milliseconds. */
export const CLASS_LASTS_MS = 4 * 3_600_000
export const LEARNER_LASTS_MS = 120_000

export const NO_CLASS: Given = { given: null, setting: '' }

interface Class {
  given: number
  setting: string
  /** When the teacher asked last. */
  seen: number
  /** By visitor. */
  readonly learners: Map<string, Report & { readonly heard: number }>
}

export type Classes = ReturnType<typeof createClasses>

/** @param now milliseconds since the Unix epoch */
export function createClasses(now: () => number) {
  const all = new Map<string, Class>()
  /** Two settings that are given within a millisecond are two. */
  let newest = 0

  function sweep(): void {
    const at = now()
    for (const [room, { seen, learners }] of all) {
      if (at - seen > CLASS_LASTS_MS) all.delete(room)
      for (const [visitor, { heard }] of learners) if (at - heard > LEARNER_LASTS_MS) learners.delete(visitor)
    }
  }

  return {
    /** Gives the room's class a setting, and begins it if there is none. @returns false when there are too many */
    give(room: string, setting: string): boolean {
      sweep()
      const held = all.get(room)
      if (!held && all.size >= MAX_CLASSES) return false
      newest = Math.max(now(), newest + 1)
      const learners = held?.learners ?? new Map()
      all.set(room, { given: newest, setting, seen: now(), learners })
      return true
    },
    /** For its teacher. */
    view(room: string): ClassView {
      sweep()
      const held = all.get(room)
      if (!held) return { ...NO_CLASS, now: now(), learners: [] }
      held.seen = now()
      const { given, setting, learners } = held
      return { given, setting, now: now(), learners: [...learners.values()] }
    },
    end: (room: string): boolean => all.delete(room),
    /** A learner's page joins by its first report. @returns what was given; null when the class has no place left */
    report(room: string, visitor: string, report: Report): Given | null {
      sweep()
      const held = all.get(room)
      if (!held) return NO_CLASS
      if (!held.learners.has(visitor) && held.learners.size >= MAX_LEARNERS) return null
      held.learners.set(visitor, { ...report, heard: now() })
      return { given: held.given, setting: held.setting }
    },
    /** What the learner has told is forgotten. */
    leave(room: string, visitor: string): void {
      all.get(room)?.learners.delete(visitor)
    },
  }
}
