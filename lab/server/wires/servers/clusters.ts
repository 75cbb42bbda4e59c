/**
 * Which visitor has servers of their own now. One pair for each visitor, some visitors at once, a quarter of an hour at most: they are a
 * part of a page, and end with it.
 */
import { type Clock, epochNow } from '../../../wire/clock.ts'
import { ChatError } from '../../../wire/errors.ts'
import type { SmallCluster } from './small-cluster.ts'

/** Visitors who may have servers at once: a class. Each takes some MiB at most. */
export const MAX_CLUSTERS = 32
/** A lesson's part, in milliseconds. */
export const LASTS_MS = 15 * 60_000
/** A page that has asked for nothing for so long is gone, or asleep, in milliseconds. It asks once a second while it is in view. */
export const IDLE_MS = 3 * 60_000

interface One {
  readonly cluster: SmallCluster
  /** In milliseconds since the Unix epoch. */
  readonly until: number
  readonly callOff: () => void
  /** Ends it when its page has been silent for too long; called, it does not. */
  idle: () => void
}

export type Clusters = ReturnType<typeof createClusters>

export function createClusters({ clock, make }: { clock: Clock; make: () => SmallCluster }) {
  const all = new Map<string, One>()
  const byRoom = new Map<string, string>()

  function end(visitor: string): void {
    const one = all.get(visitor)
    if (!one) return
    all.delete(visitor)
    byRoom.delete(one.cluster.room)
    one.callOff()
    one.idle()
    one.cluster.close()
  }

  const endWhenIdle = (visitor: string) => clock.after(IDLE_MS, () => end(visitor))

  /** The visitor's; null for none. That it is looked at keeps it. */
  function of(visitor: string): One | null {
    const one = all.get(visitor)
    if (!one) return null
    one.idle()
    one.idle = endWhenIdle(visitor)
    return one
  }

  return {
    of,
    /** The one that serves this room, if it is the visitor's. That readers read keeps nothing: a page's lanes do so in the background. */
    at: (room: string, visitor: string | null): SmallCluster | null =>
      visitor !== null && byRoom.get(room) === visitor ? all.get(visitor)!.cluster : null,
    /** The one that serves this room, for one who shows no cookie, as a page's generator of traffic: it knows the name. */
    named: (room: string): SmallCluster | null => all.get(byRoom.get(room) ?? '')?.cluster ?? null,
    /**
     * Takes the place of one that the visitor has.
     *
     * @param watch calls when the visitor is none any more, until what it returns is called
     * @throws ChatError `too-many-requests`
     */
    begin(visitor: string, watch: (onEnd: () => void) => () => void): One {
      end(visitor)
      if (all.size >= MAX_CLUSTERS)
        throw new ChatError('too-many-requests', 'too many visitors have servers of their own already', {
          retryAfterS: 60,
        })
      const cluster = make()
      const over = [clock.after(LASTS_MS, () => end(visitor)), watch(() => end(visitor))]
      const one: One = {
        ...{ cluster, until: epochNow() + LASTS_MS },
        callOff() {
          for (const stop of over) stop()
        },
        idle: endWhenIdle(visitor),
      }
      all.set(visitor, one)
      byRoom.set(cluster.room, visitor)
      return one
    },
    end,
    close() {
      for (const visitor of [...all.keys()]) end(visitor)
    },
    /** How many there are. */
    get size() {
      return all.size
    },
  }
}
