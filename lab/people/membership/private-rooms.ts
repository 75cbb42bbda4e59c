/**
 * Which private rooms there are, and who is what in each.
 *
 * All of it is in memory, because each message asks, and all of it is kept by records before it takes
 * effect. A room is one record with its members in it: so a change of two of them is one change.
 */
import { randomBytes, randomInt } from 'node:crypto'
import type { Records } from '../../store/records.ts'
import { base36 } from '../../wire/base36.ts'
import { ChatError } from '../../wire/errors.ts'
import { keep } from '../keep.ts'
import { belongs, type Role } from './roles.ts'

/** Most private rooms, of up to 5 kB each: as many as the disk keeps rooms of all kinds (lab/hub/hub.ts). */
export const MAX_PRIVATE_ROOMS = 1_000
/** Most rooms that one person has made and that are still there: no single person uses up all that there may be. */
export const MAX_ROOMS_MADE = 50
/** Most rooms that one person is in or is invited to: what fits on a page to choose from. */
export const MAX_ROOMS_EACH = 200
/** Most people in a room, those invited counted: each change writes all of them. */
export const MAX_MEMBERS = 100

export interface PrivateRoom {
  /** `~` and 20 of a-z and 0-9, drawn at random. */
  readonly name: string
  /** A group has roles and is joined by invitation; a pair is two people, and both are members. */
  readonly kind: 'group' | 'pair'
  /** What a group is called; a pair is called by who is in it. */
  readonly title: string | null
  /** The id of who has made it. */
  readonly madeBy: string
  /** By the person's id. */
  readonly members: ReadonlyMap<string, Role>
}

export interface PrivateRooms {
  get(name: string): PrivateRoom | null
  /** Those in which this person is anything, in the order in which they were made. */
  of(personId: string): readonly PrivateRoom[]
  /** The room of two people; null when they have none. */
  pairOf(one: string, other: string): PrivateRoom | null
  /**
   * Puts the room in this state: stores it first, then tells those who are no longer members at once. Without
   * members, the room is gone.
   *
   * @throws ChatError `not-stored`; `too-many-rooms` and `not-allowed` at the bounds above
   */
  put(room: PrivateRoom): void
  /** Calls `onEnd`, once, when this person is no member any more. Returns how to stop watching. */
  watch(name: string, personId: string, onEnd: () => void): () => void
  /** Another number after each change of what this person is in some room. The same for all who had as many changes. */
  versionOf(personId: string): number
  /** Calls `notify` after each of those changes. Returns how to stop. */
  onChange(personId: string, notify: () => void): () => void
}

const KIND = 'room'

/** As it is kept; the name is the record's id. */
interface Kept extends Omit<PrivateRoom, 'name' | 'members'> {
  readonly members: Readonly<Record<string, Role>>
}

/** Two people in whichever order. Ids are of a-z and 0-9, so the space keeps them apart. */
const pairKey = (one: string, other: string) => [one, other].sort().join(' ')

export function createPrivateRooms(records: Records): PrivateRooms {
  const rooms = new Map<string, PrivateRoom>()
  const byPerson = new Map<string, Set<string>>()
  const pairs = new Map<string, string>()
  const watchers = new Map<string, Set<() => void>>()
  const listeners = new Map<string, Set<() => void>>()
  const changes = new Map<string, number>()
  /** A number that an earlier process gave means nothing here: hardly any is one of ours. */
  const firstVersion = randomInt(2 ** 40)
  for (const [name, value] of records.all(KIND)) {
    const kept = value as Kept
    index({ ...kept, name, members: new Map(Object.entries(kept.members)) })
  }

  function index(room: PrivateRoom): void {
    rooms.set(room.name, room)
    for (const id of room.members.keys()) {
      const theirs = byPerson.get(id) ?? new Set()
      byPerson.set(id, theirs.add(room.name))
    }
    // Of two people, one may have left: the other, and who made it, still find it by both names.
    if (room.kind === 'pair' && room.title !== null) pairs.set(room.title, room.name)
  }
  function leave({ name, title, members }: PrivateRoom): void {
    rooms.delete(name)
    for (const id of members.keys()) {
      const theirs = byPerson.get(id)
      theirs?.delete(name)
      if (theirs?.size === 0) byPerson.delete(id)
    }
    if (title !== null && pairs.get(title) === name) pairs.delete(title)
  }

  function checkBounds(room: PrivateRoom, before: PrivateRoom | null): void {
    if (room.members.size > MAX_MEMBERS) {
      throw new ChatError('not-allowed', `a room has at most ${MAX_MEMBERS} people in it`)
    }
    if (!before && rooms.size >= MAX_PRIVATE_ROOMS) {
      throw new ChatError('too-many-rooms', `there are already ${MAX_PRIVATE_ROOMS} private rooms`)
    }
    if (!before && madeBy(room.madeBy) >= MAX_ROOMS_MADE) {
      throw new ChatError('too-many-rooms', `you have already made ${MAX_ROOMS_MADE} rooms; leave some first`)
    }
    for (const id of room.members.keys()) {
      if (!before?.members.has(id) && (byPerson.get(id)?.size ?? 0) >= MAX_ROOMS_EACH) {
        throw new ChatError(
          'too-many-rooms',
          `a person can be in ${MAX_ROOMS_EACH} rooms at most, and one of these is in as many already`,
        )
      }
    }
  }
  const madeBy = (personId: string) => [...rooms.values()].filter((room) => room.madeBy === personId).length

  return {
    get: (name) => rooms.get(name) ?? null,
    of: (personId) => Array.from(byPerson.get(personId) ?? [], (name) => rooms.get(name)!),
    pairOf(one, other) {
      const name = pairs.get(pairKey(one, other))
      return name === undefined ? null : rooms.get(name)!
    },
    put(room) {
      const before = rooms.get(room.name) ?? null
      const isGone = room.members.size === 0
      if (!isGone) checkBounds(room, before)
      const { name, members, ...rest } = room
      const kept: Kept = { ...rest, members: Object.fromEntries(members) }
      keep(records, [{ kind: KIND, id: name, value: isGone ? null : kept }])
      if (before) leave(before)
      if (!isGone) index(room)
      for (const [id, role] of before?.members ?? []) {
        if (belongs(role) && !belongs(members.get(id))) tell(`${name} ${id}`)
      }
      for (const id of new Set([...(before?.members.keys() ?? []), ...members.keys()])) {
        if (before?.members.get(id) !== members.get(id)) announce(id)
      }
    },
    watch(name, personId, onEnd) {
      const key = `${name} ${personId}`
      const watching = watchers.get(key) ?? new Set()
      watchers.set(key, watching.add(onEnd))
      return () => {
        watching.delete(onEnd)
        if (watching.size === 0 && watchers.get(key) === watching) watchers.delete(key)
      }
    },
    versionOf: (personId) => firstVersion + (changes.get(personId) ?? 0),
    onChange(personId, notify) {
      const theirs = listeners.get(personId) ?? new Set()
      listeners.set(personId, theirs.add(notify))
      return () => {
        theirs.delete(notify)
        if (theirs.size === 0 && listeners.get(personId) === theirs) listeners.delete(personId)
      }
    },
  }

  function announce(personId: string): void {
    changes.set(personId, (changes.get(personId) ?? 0) + 1)
    // A copy: a poll that gets its response may ask again, and subscribe while we notify.
    for (const notify of [...(listeners.get(personId) ?? [])]) notify()
  }

  function tell(key: string): void {
    const watching = watchers.get(key) ?? []
    watchers.delete(key)
    for (const onEnd of watching) onEnd()
  }
}

/** A group, with its first owner. */
export const newGroup = (owner: string, title: string): PrivateRoom => ({
  ...{ name: randomRoomName(), kind: 'group', title, madeBy: owner },
  members: new Map<string, Role>([[owner, 'owner']]),
})

/** A room of two. Its title is not shown: it says which two, when one of them has left. */
export const newPair = (one: string, other: string): PrivateRoom => ({
  ...{ name: randomRoomName(), kind: 'pair', title: pairKey(one, other), madeBy: one },
  members: new Map<string, Role>([
    [one, 'member'],
    [other, 'member'],
  ]),
})

function randomRoomName(): string {
  return `~${base36(randomBytes(20))}`
}
