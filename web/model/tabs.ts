/**
 * Tabs of one browser, which share its connections. Over HTTP/1.1 a browser keeps six to one server, and a tab of
 * the lab holds on to one of them for each poll or stream that it keeps open. When all six are held nothing more
 * gets through: no short poll, nothing that is written, and no other page. So the tabs know of each other, and those
 * that were used last hold what there is; the others let go of theirs.
 *
 * No tab decides for another. Each tells the others when it was last used, whether it is in view and how many
 * connections it would hold; all of them rank all by the same rule, and each acts for itself. It knows no document;
 * see web/tabs.ts for the browser's side.
 */
import type { Clock } from '../../lab/client/platform.ts'
import { MAX_NAME_LENGTH } from '../../lab/wire/limits.ts'

/** Connections that all tabs together may hold: four of six, and two stay free for questions, posts and pages. */
export const MOST_HELD = 4
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
      /** How many connections it holds while it is connected. */
      readonly holds: number
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
  /** How many connections this tab holds while it is connected has changed. */
  hold(count: number): void
  /** Tells the other tabs that this one goes; nothing is left running. */
  leave(): void
}

interface Tab {
  readonly usedAt: number
  readonly hidden: boolean
  readonly holds: number
}

/** Tells the others of this tab, at once, and asks who they are. */
export function createTabs({ id, clock, now, isHidden, post, onChange }: TabsOptions): Tabs {
  const others = new Map<string, Tab & { readonly heardAt: number }>()
  let self: Tab = { usedAt: now(), hidden: isHidden(), holds: 0 }
  let waitsFor = 0
  let callOff: (() => void) | null = null

  const tell = (ask: boolean) => post({ type: 'here', id, ...self, ask })

  function rank(): void {
    const next = holdersBefore(id, [...others, [id, self]])
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
        const { usedAt, hidden, holds } = word
        others.set(word.id, { usedAt, hidden, holds, heardAt: clock.now() })
        if (word.ask) tell(false)
      }
      rank()
    },
    use() {
      self = { ...self, usedAt: now(), hidden: isHidden() }
      tell(false)
      rank()
    },
    look() {
      if (self.hidden === isHidden()) return
      self = { ...self, hidden: isHidden() }
      tell(false)
      rank()
    },
    hold(count) {
      if (self.holds === count) return
      self = { ...self, holds: count }
      tell(false)
      rank()
    },
    leave() {
      stopAsking()
      post({ type: 'gone', id })
    },
  }
}

type Ranked = readonly [id: string, tab: Tab]

/** How many tabs hold connections that this one would need; 0 when it may hold its own. The first always may. */
function holdersBefore(id: string, all: readonly Ranked[]): number {
  let holders = 0
  let held = 0
  for (const [rankedId, { holds }] of all.toSorted(inOrder)) {
    const mayHold = holds === 0 || holders === 0 || held + holds <= MOST_HELD
    if (rankedId === id) return mayHold ? 0 : holders
    if (!mayHold || holds === 0) continue
    holders++
    held += holds
  }
  return 0
}

/** What is in view comes before what is not, and then what was used last. */
function inOrder([idOfA, a]: Ranked, [idOfB, b]: Ranked): number {
  if (a.hidden !== b.hidden) return a.hidden ? 1 : -1
  if (a.usedAt !== b.usedAt) return b.usedAt - a.usedAt
  return idOfA < idOfB ? -1 : 1
}

/** Another version of this page may be open, with other words. */
function isTabWord(word: unknown): word is TabWord {
  const { type, id, usedAt, hidden, holds, ask } = (word ?? {}) as Record<string, unknown>
  if (typeof id !== 'string' || id.length > MAX_NAME_LENGTH) return false
  if (type === 'gone') return true
  if (type !== 'here' || !Number.isFinite(usedAt)) return false
  return Number.isInteger(holds) && typeof hidden === 'boolean' && typeof ask === 'boolean'
}
