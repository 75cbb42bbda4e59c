/** Each fault that this page has seen, and what each lane did about it. */
import type { Clock } from '../../../lab/client/platform.ts'
import { ended, type LaneSigns, look, type Reacting, startOf } from './reaction.ts'
import type { Wires } from './wires.ts'
import type { ActiveFault } from './wires-info.ts'

/** How often the lanes are looked at while one of them is not well yet, in milliseconds. */
const LOOK_EVERY_MS = 100
/** Stories that are kept; the oldest go first. */
const MOST_STORIES = 20
/** A lane that has not come back by then is no longer waited for. */
const MOST_WAIT_MS = 180_000

export interface Story {
  readonly fault: ActiveFault
  /** What the lanes did that it was on, by the transport's name. */
  readonly reactions: ReadonlyMap<string, Reacting>
}

export interface StoriesOptions {
  readonly wires: Pick<Wires, 'info' | 'onChange' | 'toPageTime'>
  readonly clock: Clock
  /** The lanes that are on the page now, by the transport's name. */
  readonly signs: () => ReadonlyMap<string, LaneSigns>
  /** A lane that is not well after so many milliseconds is no longer waited for; {@link MOST_WAIT_MS} unless given. */
  readonly mostWaitMs?: number
}

export type Stories = ReturnType<typeof createStories>

export function createStories({ wires, clock, signs, mostWaitMs = MOST_WAIT_MS }: StoriesOptions) {
  // Not createListeners, which would come with the first view for the sake of this one more user.
  const changes = new EventTarget()
  let stories: readonly Story[] = []
  /** Of the faults that were active when it was looked last. */
  let known: ReadonlySet<string> = new Set()
  let callOff: (() => void) | null = null

  /** Begins the stories of new faults, and notes which are over. */
  function compare(): void {
    const { active } = wires.info
    const begun = active.filter(({ id }) => !known.has(id)).map(begin)
    known = new Set(active.map(({ id }) => id))
    stories = [...stories, ...begun]
      .slice(-MOST_STORIES)
      .map((story) => (active.some(({ id }) => id === story.fault.id) ? story : end(story)))
    update()
  }

  function begin(fault: ActiveFault): Story {
    const at = wires.toPageTime(fault.since)
    return { fault, reactions: new Map(fault.lanes.map((lane) => [lane, startOf(at)])) }
  }

  function end(story: Story): Story {
    const at = Math.min(clock.now(), wires.toPageTime(story.fault.until))
    const newest = Math.max(0, ...[...signs().values()].map((one) => one.newest))
    return mapped(story, (reaction) => ended(reaction, at, newest))
  }

  function update(): void {
    const lanes = signs()
    stories = stories.map((story) =>
      mapped(story, (reaction, lane) => {
        const found = lanes.get(lane)
        return found ? look(reaction, found) : reaction
      }),
    )
    changes.dispatchEvent(new Event('change'))
    callOff?.()
    callOff = stories.some(isUnderWay) ? clock.after(LOOK_EVERY_MS, update) : null
  }

  const isUnderWay = ({ reactions }: Story): boolean =>
    [...reactions.values()].some(
      ({ startedAt, endedAt, healedAt }) =>
        healedAt === null && (endedAt === null || clock.now() - startedAt < mostWaitMs),
    )

  const stopListening = wires.onChange(compare)
  compare()

  return {
    /** In the order in which they began. */
    get list(): readonly Story[] {
      return stories
    },
    /** The newest that a lane was part of. */
    lastOf: (lane: string): Story | undefined => stories.findLast(({ reactions }) => reactions.has(lane)),
    forget() {
      stories = stories.filter(({ fault }) => wires.info.active.some(({ id }) => id === fault.id))
      changes.dispatchEvent(new Event('change'))
    },
    /** Returns how to stop listening. */
    onChange(listener: () => void): () => void {
      changes.addEventListener('change', listener)
      return () => changes.removeEventListener('change', listener)
    },
    /** Nothing is left running. */
    close() {
      stopListening()
      callOff?.()
    },
  }
}

const mapped = (story: Story, change: (reaction: Reacting, lane: string) => Reacting): Story => ({
  ...story,
  reactions: new Map([...story.reactions].map(([lane, one]) => [lane, change(one, lane)])),
})
