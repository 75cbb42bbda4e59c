/**
 * Tabs of one browser, which share its connections. Over HTTP/1.1 a browser keeps six to one server, and a tab of
 * the lab holds on to two of them, for the long poll and the event stream. With three tabs nothing more gets
 * through: no short poll, nothing that is written, and no fourth page. So the tabs know of each other, and all but
 * the two that were used last let go of theirs.
 *
 * No tab decides for the others. Each tab tells the others when it was last used and whether it is in view, all of them rank all
 * by the same rule, and each acts for itself. It knows no document; see web/tabs.ts for the browser's side.
 */
import type { Clock } from '../../lab/client/platform.ts'
import { MAX_NAME_LENGTH } from '../../lab/wire/limits.ts'

/** Tabs that may hold connections: four of six, and two stay free for questions, posts and pages. */
export const MOST_TABS = 2
/** How often a parked tab asks whether the others are still there, in milliseconds: one that crashed says nothing. */
export const ASK_EVERY_MS = 10_000
/** How long an answer may take. A busy page answers between two frames. */
export const ANSWER_MS = 3_000

/** What tabs tell each other. */
export type TabWord =
  /** `ask`: and who are you? */
  | {
      readonly type: 'here'
      readonly id: string
      readonly usedAt: number
      readonly hidden: boolean
      readonly ask: boolean
    }
  | { readonly type: 'gone'; readonly id: string }

export interface TabsOptions {
  /** Drawn at random. */
  readonly id: string
  readonly clock: Clock
  /** The time that all tabs of a browser share, in milliseconds since the Unix epoch. */
  readonly now: () => number
  readonly isHidden: () => boolean
  /** Tells all other tabs. */
  readonly post: (word: TabWord) => void
  readonly onChange: () => void
}

export interface Tabs {
  /** How many other tabs hold connections for which this one waits; 0 when it may hold its own. */
  readonly waitsFor: number
  /** Call it with whatever another tab has posted. */
  hear(word: unknown): void
  /** This tab is used now: it comes first. */
  use(): void
  /** Whether it is in view has changed. */
  look(): void
  /** Tells the other tabs that this one goes; nothing is left running. */
  leave(): void
}

interface Tab {
  readonly usedAt: number
  readonly hidden: boolean
}

/** Tells the others of this tab, at once, and asks who they are. */
export function createTabs({ id, clock, now, isHidden, post, onChange }: TabsOptions): Tabs {
  const others = new Map<string, Tab & { readonly heardAt: number }>()
  let self: Tab = { usedAt: now(), hidden: isHidden() }
  let waitsFor = 0
  let callOff: (() => void) | null = null

  const tell = (ask: boolean) => post({ type: 'here', id, ...self, ask })

  function rank(): void {
    const before = [...others].filter(([otherId, other]) => comesBefore(other, otherId, self, id)).length
    const next = before < MOST_TABS ? 0 : MOST_TABS
    if (next > 0) callOff ??= clock.after(ASK_EVERY_MS, ask)
    else stopAsking()
    if (next === waitsFor) return
    waitsFor = next
    onChange()
  }
  function ask(): void {
    const askedAt = clock.now()
    tell(true)
    callOff = clock.after(ANSWER_MS, () => {
      callOff = null
      for (const [otherId, { heardAt }] of others) if (heardAt < askedAt) others.delete(otherId)
      rank()
    })
  }
  function stopAsking(): void {
    callOff?.()
    callOff = null
  }

  tell(true)
  return {
    get waitsFor() {
      return waitsFor
    },
    hear(word) {
      if (!isTabWord(word) || word.id === id) return
      if (word.type === 'gone') others.delete(word.id)
      else {
        others.set(word.id, { usedAt: word.usedAt, hidden: word.hidden, heardAt: clock.now() })
        if (word.ask) tell(false)
      }
      rank()
    },
    use() {
      self = { usedAt: now(), hidden: isHidden() }
      tell(false)
      rank()
    },
    look() {
      if (self.hidden === isHidden()) return
      self = { ...self, hidden: isHidden() }
      tell(false)
      rank()
    },
    leave() {
      stopAsking()
      post({ type: 'gone', id })
    },
  }
}

/** What is in view comes before what is not, and then what was used last. */
function comesBefore(a: Tab, idOfA: string, b: Tab, idOfB: string): boolean {
  if (a.hidden !== b.hidden) return b.hidden
  if (a.usedAt !== b.usedAt) return a.usedAt > b.usedAt
  return idOfA < idOfB
}

/** Another version of this page may be open, with other words. */
function isTabWord(word: unknown): word is TabWord {
  const { type, id, usedAt, hidden, ask } = (word ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || id.length > MAX_NAME_LENGTH) return false
  if (type === 'gone') return true
  return type === 'here' && Number.isFinite(usedAt) && typeof hidden === 'boolean' && typeof ask === 'boolean'
}
