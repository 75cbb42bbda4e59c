/** Mistakes that servers make with what they keep, each in its own words, planted in a server that is sound without. */
import { acknowledgedAtOnce } from '../../../defects/server/acknowledged-at-once.ts'
import type { HubOptions } from '../../../hub/hub.ts'
import type { Follower, Room } from '../../../hub/room.ts'
import type { Append, Store } from '../../../store/store.ts'
import type { ChatMessage, Cursor, Page } from '../../../wire/message.ts'
import type { Kind } from '../verdict.ts'
import { openLineStore } from './line-store.ts'

/** What a room is to a transport. */
export interface RoomParts extends Pick<Room, 'publish' | 'read' | 'readBack'> {
  follow(...place: Parameters<Room['follow']>): Pick<Follower, 'next' | 'stop'>
}

export interface Bug {
  readonly name: string
  /** How people come to make it. */
  readonly story: string
  /** What the checker must find. */
  readonly finds: Kind
  readonly hub?: HubOptions
  readonly store?: (file: string) => Store
  readonly room?: (room: Room, store: Store) => Partial<RoomParts>
}

/** A long time for a server that is killed at a moment's notice; otherwise no user notices it. */
const LATER_MS = 60

const later = (action: () => void) => void setTimeout(action, LATER_MS)

export const BUGS: readonly Bug[] = [
  {
    name: 'acknowledged before it is stored',
    story: 'Storing is done every so often, because it is slow; the answer does not wait for it.',
    finds: 'lost',
    hub: { defer: later },
    room: acknowledgedAtOnce,
  },
  {
    name: 'shown before it is stored',
    story: 'The readers are told at once and the disk afterwards; only the acknowledgement waits for it.',
    finds: 'phantom',
    store: writeBehind,
    room: (room, store) => ({
      async publish(draft) {
        const message = await room.publish(draft)
        await (store as WriteBehind).stored()
        return message
      },
    }),
  },
  {
    name: 'no dedupe',
    story: 'A retried request looks like any other, so it is appended again.',
    finds: 'duplicated',
    room: (room) => forgetful(room, () => false),
  },
  {
    name: 'drafts are known to the process that took them',
    story:
      'The messages are on the disk and the table of draft ids is in memory: it is empty after a restart.',
    finds: 'duplicated',
    room: (room) => forgetful(room, (known, thisProcess) => thisProcess.has(known.seq)),
  },
  {
    name: 'an epoch for each start',
    story: 'The epoch is drawn when the room is opened, as it was when nothing was kept.',
    finds: 'lost',
    store(file) {
      const store = openLineStore(file)
      const epoch = `e${process.pid}`
      return { ...store, open: (room) => ({ ...store.open(room), epoch }) }
    },
  },
  {
    name: 'numbers used again after a restart',
    story:
      'The last number is written down every tenth message, and after a crash counting goes on from there.',
    finds: 'lost',
    store: (file) => openLineStore(file, upToTheTenth),
  },
  {
    name: 'the last message again on resuming',
    story:
      '"After" is taken for "from": a client that comes back gets the last message that it had once more.',
    finds: 'duplicated',
    room: (room) => ({ follow: (cursor, notify) => room.follow(oneBack(cursor), notify) }),
  },
  {
    name: 'a reader that comes back starts at the end',
    story: 'A subscription begins when it is made; what was said while the client was away is left out.',
    finds: 'lost',
    room: (room) => ({
      follow(cursor, notify) {
        const follower = room.follow(cursor, notify)
        if (cursor !== null) while (follower.next()) {}
        return follower
      },
    }),
  },
]

interface WriteBehind extends Store {
  /** Resolves when all that was appended is on the disk. */
  stored(): Promise<void>
}

function writeBehind(file: string): WriteBehind {
  const store = openLineStore(file)
  let behind: Append[][] = []
  let waiting: (() => void)[] = []
  const newest = new Map<string, number>()
  function write(): void {
    for (const batch of behind) store.append(batch)
    for (const resolve of waiting) resolve()
    behind = []
    waiting = []
  }
  return {
    ...store,
    open: (room) => ({ ...store.open(room), newest: newest.get(room) ?? store.open(room).newest }),
    append(batch) {
      if (behind.length === 0) later(write)
      behind.push([...batch])
    },
    stored: () => new Promise((resolve) => (behind.length === 0 ? resolve() : waiting.push(resolve))),
  }
}

/** Appends a draft again that was sent again, unless `isKnown`; with an id of its own, so that no reader can tell. */
function forgetful(
  room: Room,
  isKnown: (known: ChatMessage, thisProcess: ReadonlySet<number>) => boolean,
): Partial<RoomParts> {
  const MARK = '\u2063'
  const thisProcess = new Set<number>()
  const named = (message: ChatMessage) => ({ ...message, draftId: message.draftId.split(MARK)[0]! })
  const page = (one: Page): Page => ({ ...one, messages: one.messages.map(named) })
  const taken = new Set<string>()
  return {
    async publish(draft) {
      const { lastSeq } = room
      const isRetry = taken.has(draft.draftId)
      taken.add(draft.draftId)
      let message = await room.publish(draft)
      if ((isRetry || message.seq <= lastSeq) && !isKnown(message, thisProcess)) {
        const draftId = `${draft.draftId}${MARK}${Math.random()}`.slice(0, 64)
        message = await room.publish({ ...draft, draftId })
      }
      thisProcess.add(message.seq)
      return named(message)
    },
    read: (cursor) => page(room.read(cursor)),
    readBack: (cursor) => page(room.readBack(cursor)),
    follow(cursor, notify) {
      const follower = room.follow(cursor, notify)
      const next = () => {
        const one = follower.next()
        return one && page(one)
      }
      return { next, stop: () => follower.stop() }
    },
  }
}

function upToTheTenth(batches: Append[]): Append[] {
  const newest = batches.at(-1)?.messages.at(-1)?.seq ?? 0
  const written = newest - (newest % 10)
  return batches
    .map(({ room, messages }) => ({ room, messages: messages.filter(({ seq }) => seq <= written) }))
    .filter(({ messages }) => messages.length > 0)
}

function oneBack(cursor: Cursor | null): Cursor | null {
  const [epoch, seq] = cursor?.split(':') ?? []
  return epoch === undefined ? null : (`${epoch}:${Math.max(0, Number(seq) - 1)}` as Cursor)
}
