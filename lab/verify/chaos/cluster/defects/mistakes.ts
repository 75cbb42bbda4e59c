/** Mistakes of servers that share a log, one at a time in each server of a cluster; the verdict must find every one. */
import type { Hub } from '../../../../hub/hub.ts'
import type { Engine } from '../../../../store/engine/engine.ts'
import type { CopyPart, LogPlace, Store, StoreView } from '../../../../store/store.ts'
import type { ChatMessage } from '../../../../wire/message.ts'
import { changedEngine, LABS_DEFECTS, publishing } from '../../../engines/labs-defects.ts'
import type { Kind } from '../../verdict.ts'
import type { ServerChanges } from '../server/serve.ts'

export interface Mistake {
  readonly name: string
  /** How people come to make it. */
  readonly story: string
  /** What the verdict must find. */
  readonly finds: Kind
  /** What it says of it. */
  readonly seen: RegExp
  readonly changes: ServerChanges
  /** Whether it is one of copies: the log is trimmed, and servers lose their disks. */
  readonly isOfCopies?: true
}

/** The same that a conversation over labs in one process finds, now in processes that are killed. */
function known(about: RegExp): Pick<Mistake, 'name' | 'changes'> {
  const found = LABS_DEFECTS.find(({ name }) => about.test(name))
  if (!found) throw new Error(`no mistake is called ${about}`)
  return found
}

export const MISTAKES: readonly Mistake[] = [
  {
    ...known(/^numbers are given when a draft is appended/),
    story: 'A server that is alone numbers what it takes, and goes on doing so when there are several.',
    finds: 'lost',
    seen: /was acknowledged and is not in the log/,
  },
  {
    ...known(/^a writer is told before its draft has come back/),
    story: 'The engine has it, so why wait until it comes back.',
    finds: 'lost',
    seen: /was acknowledged and is not in the log/,
  },
  {
    ...known(/^each server has epochs of its own/),
    story: 'The epoch is drawn where the store is made, and each server has a store.',
    finds: 'lost',
    seen: /a cursor of one is a gap at the other/,
  },
  {
    ...known(/^a server believes that it is at the end of the log/),
    story: 'A cursor ahead of the log cannot be: where one server has all, that is so.',
    finds: 'lost',
    seen: /was told of a gap/,
  },
  {
    ...known(/^one server passes over an entry now and then/),
    story: 'An entry that could not be applied is written to the log file, and the next one is taken.',
    finds: 'lost',
    seen: /has not \d+ messages of the log/,
  },
  {
    name: 'the rule reads the clock of its own server',
    story: 'The time of a message is when it is stored, and each server stores it.',
    finds: 'phantom',
    seen: /was shown .*, not in the log/,
    changes: {
      engine: (engine) => following(engine, (body) => withTime(body, Date.now())),
    },
  },
  {
    name: 'entries are applied twice after a restart',
    story:
      'The place in the log is written down every few entries, and drafts are known as long as the process lives.',
    finds: 'duplicated',
    seen: /and has it as \d+ already/,
    changes: { store: forgetful },
  },
  {
    name: 'a server that begins again passes over what came meanwhile',
    story: 'A subscription begins when it is made.',
    finds: 'lost',
    seen: /has not \d+ messages of the log/,
    changes: { engine: fromTheEnd },
  },
  {
    name: 'a draft that comes again has another id',
    story: 'The server names what it takes, and a request that is sent again is another request.',
    finds: 'phantom',
    seen: /which no author wrote/,
    changes: { hub: namingAgain },
  },
  {
    name: 'an entry that is tried again has another id',
    story: 'The id is drawn for each attempt, so the engine cannot know it again.',
    finds: 'duplicated',
    seen: /under two ids/,
    changes: { engine: impatient },
  },
  {
    name: 'a copy is of one moment, and the place that goes with it of a later one',
    story: 'The place is read when the copy is asked for, and the reading has begun before.',
    finds: 'lost',
    seen: /has not \d+ messages of the log|does not come to the end of the log/,
    changes: { store: (store) => viewing(store, ({ place, ...view }) => ({ ...view, place: later(place) })) },
    isOfCopies: true,
  },
  {
    name: 'a copy has the rooms and not the people',
    story: 'What a chat has to keep is its messages.',
    finds: 'lost',
    seen: /has not the record|does not know/,
    changes: {
      store: (store) => viewing(store, (view) => ({ ...view, parts: () => messagesOf(view.parts()) })),
    },
    isOfCopies: true,
  },
]

function viewing(store: Store, change: (view: StoreView) => StoreView): Store {
  return {
    ...store,
    get rooms() {
      return store.rooms
    },
    view() {
      const view = store.view()
      return change({ place: view.place, parts: () => view.parts(), close: () => view.close() })
    },
  }
}

/** So many entries came between. */
const MEANWHILE = 3
const later = (place: LogPlace | null) =>
  place && {
    ...place,
    applied: place.applied + MEANWHILE,
    followAfter: place.followAfter + MEANWHILE,
  }

function* messagesOf(parts: Iterator<CopyPart>): Generator<CopyPart> {
  for (let next = parts.next(); !next.done; next = parts.next())
    if (next.value.kind === 'messages') yield next.value
}

function following(engine: Engine, change: (body: Uint8Array) => Uint8Array): Engine {
  return changedEngine(engine, {
    follow: (after, { onEntry, onEnd }) =>
      engine.follow(after, { onEntry: (position, body) => onEntry(position, change(body)), onEnd }),
  })
}

const withTime = (body: Uint8Array, now: number) =>
  Buffer.from(
    Buffer.from(body)
      .toString()
      .replace(/"at":\d+/g, `"at":${now}`),
  )

function fromTheEnd(engine: Engine): Engine {
  return changedEngine(engine, {
    follow(after, follower) {
      if (after === 0) return engine.follow(after, follower)
      let isOver = false
      let stop = () => {}
      void engine.newest().then((newest) => {
        if (!isOver) stop = engine.follow(Math.max(after, newest), follower)
      })
      return () => {
        isOver = true
        stop()
      }
    },
  })
}

/** Shorter than a change of leader, and longer than an append takes. */
const SOON_MS = 100

function impatient(engine: Engine): Engine {
  return changedEngine(engine, {
    append(entry) {
      const again = setTimeout(() => {
        engine.append({ ...entry, id: `${entry.id}-again` }).catch(() => {})
      }, SOON_MS)
      return engine.append(entry).finally(() => clearTimeout(again))
    },
  })
}

function namingAgain(hub: Hub): Hub {
  const taken = new Set<string>()
  return publishing(hub, (room, publish) => async (draft, bytes) => {
    const key = `${room.name} ${draft.author} ${draft.draftId}`
    const isRetry = taken.has(key)
    taken.add(key)
    if (!isRetry) return publish(draft, bytes)
    const message = await publish({ ...draft, draftId: `${draft.draftId} again` }, bytes)
    return { ...message, draftId: draft.draftId }
  })
}

/** So many entries come again. */
const BEHIND = 3
const MARK = '\u2063'

function forgetful(store: Store): Store {
  const begun = store.place()
  let place = begun && {
    ...begun,
    applied: Math.max(0, begun.applied - BEHIND),
    followAfter: Math.max(0, begun.followAfter - BEHIND),
  }
  const newestBefore = new Map<string, number>()
  const open = (room: string) => {
    const kept = store.open(room)
    if (!newestBefore.has(room)) newestBefore.set(room, kept.newest)
    return kept
  }
  const named = (message: ChatMessage) => ({ ...message, draftId: message.draftId.split(MARK)[0]! })
  return {
    ...store,
    get rooms() {
      return store.rooms
    },
    open,
    place: () => place,
    find(room, draft) {
      open(room)
      const message = store.find(room, draft)
      return message && message.seq > newestBefore.get(room)! ? message : null
    },
    read: (room, from, count) => store.read(room, from, count).map(named),
    append(batch, at, records) {
      // The table has each draft once: what is not known any more has to be another one there.
      const others = batch.map(({ messages, ...rest }) => ({
        ...rest,
        messages: messages.map((message) =>
          store.find(rest.room, message)
            ? { ...message, draftId: `${message.draftId}${MARK}${message.seq}` }
            : message,
        ),
      }))
      store.append(others, at, records)
      if (at) place = at
    },
  }
}
