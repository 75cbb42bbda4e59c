/** Mistakes that labs on one log could make, and that a conversation over them must find. */
import type { Hub } from '../../hub/hub.ts'
import type { Room } from '../../hub/room.ts'
import type { Engine } from '../../store/engine/engine.ts'
import type { LabChanges } from './labs.ts'

export interface LabsDefect {
  readonly name: string
  /** What at least one finding says. */
  readonly seen: RegExp
  readonly changes: LabChanges
}

type Publish = Room['publish']

/** A hub whose rooms publish in another way; all else is as it was. */
export function publishing(hub: Hub, how: (room: Room, publish: Publish) => Publish): Hub {
  const changed = new WeakSet<Room>()
  const roomOf = hub.room.bind(hub)
  hub.room = (name) => {
    const room = roomOf(name)
    if (!changed.has(room)) room.publish = how(room, room.publish.bind(room))
    changed.add(room)
    return room
  }
  return hub
}

/** The engine, with some of it done differently. A class has its methods on its prototype, so each is named. */
export const changedEngine = (engine: Engine, change: Partial<Engine>): Engine => ({
  log: engine.log,
  append: (entry) => engine.append(entry),
  follow: (after, follower) => engine.follow(after, follower),
  trim: (before) => engine.trim(before),
  erase: (position) => engine.erase(position),
  newest: () => engine.newest(),
  close: () => engine.close(),
  ...change,
})

export const LABS_DEFECTS: readonly LabsDefect[] = [
  {
    name: 'a writer is told before its draft has come back, with the number that would be next here',
    seen: /was acknowledged as/,
    changes: {
      hub: (hub) =>
        publishing(hub, (room, publish) => async (draft, bytes) => {
          const { lastSeq } = room
          void publish(draft, bytes)
          return { ...draft, seq: lastSeq + 1, publishedAt: 0 }
        }),
    },
  },
  {
    name: 'numbers are given when a draft is appended, by each server for itself',
    seen: /was acknowledged as/,
    changes: {
      hub(hub) {
        let seq = 0
        return publishing(hub, (_room, publish) => async (draft, bytes) => {
          const given = ++seq
          return { ...(await publish(draft, bytes)), seq: given }
        })
      },
    },
  },
  {
    name: 'each server has epochs of its own',
    seen: /a gap|given .* again/,
    changes: { engine: (engine, lab) => changedEngine(engine, { log: `${engine.log}${lab}` }) },
  },
  {
    name: 'a server believes that it is at the end of the log wherever it is, so a cursor ahead of it is a gap',
    seen: /a gap|given .* again/,
    changes: { engine: (engine) => changedEngine(engine, { newest: async () => 0 }) },
  },
  {
    name: 'one server passes over an entry now and then',
    seen: /different rooms/,
    changes: {
      engine: (engine, lab) =>
        changedEngine(engine, {
          follow: (after, follower) =>
            engine.follow(after, {
              onEntry(position, body) {
                if (lab !== 1 || position % 5 !== 0) follower.onEntry(position, body)
              },
              onEnd: (why) => follower.onEnd(why),
            }),
        }),
    },
  },
  {
    name: 'one server takes entries in another order',
    seen: /different rooms/,
    changes: {
      engine(engine, lab) {
        let kept: (() => void) | null = null
        return changedEngine(engine, {
          follow: (after, follower) =>
            engine.follow(after, {
              onEntry(position, body) {
                if (lab === 1 && position % 3 === 0) {
                  kept = () => follower.onEntry(position + 1, body)
                  return
                }
                follower.onEntry(kept ? position - 1 : position, body)
                kept?.()
                kept = null
              },
              onEnd: (why) => follower.onEnd(why),
            }),
        })
      },
    },
  },
  {
    name: 'a draft that comes a second time is another one',
    seen: /were said, and the log has/,
    changes: {
      hub: (hub) =>
        publishing(hub, (_room, publish) => async (draft, bytes) => {
          void publish({ ...draft, draftId: `${draft.draftId} again` }, bytes)
          return publish(draft, bytes)
        }),
    },
  },
]
