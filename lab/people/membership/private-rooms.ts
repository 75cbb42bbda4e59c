/**
 * Which private rooms there are, and who is what in each.
 *
 * All of it is in memory, because each message asks, and it follows the records (keep.ts). A room is one record with its members in it: so a change of two of them is one change.
 */
import { createHash, randomBytes, randomInt } from 'node:crypto'
import type { RecordChange } from '../../store/records.ts'
import { base36 } from '../../wire/base36.ts'
import { ChatError } from '../../wire/errors.ts'
import type { Transactor } from '../keep.ts'
import type { Kind } from '../shared/tables.ts'
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
   * The room in this state. When that is kept, those who are no longer members are told at once. Without members, the
   * room is gone.
   *
   * @throws ChatError `too-many-rooms` and `not-allowed` at the bounds above
   */
  putting(room: PrivateRoom): RecordChange
  /** Calls `onEnd`, once, when this person is no member any more. Returns how to stop watching. */
  watch(name: string, personId: string, onEnd: () => void): () => void
  /**
   * Another number after each change of what this person is in some room. On a server that is alone, the same for all who
   * had as many changes; on several that share a log, the same at each of them.
   */
  versionOf(personId: string): number
  /** Calls `notify` after each of those changes. Returns how to stop. */
  onChange(personId: string, notify: () => void): () => void
}

/** As it is kept; the name is the record's id. */
export interface RoomRecord extends Omit<PrivateRoom, 'name' | 'members'> {
  readonly members: Readonly<Record<string, Role>>
}

export const ROOMS: Kind<RoomRecord> = {
  kind: 'room',
  keys: {
    member: ({ members }) => Object.keys(members),
    maker: ({ madeBy }) => [madeBy],
    // Of two people, one may have left: the other, and who made it, still find it by both names.
    pair: ({ kind, title }) => (kind === 'pair' && title !== null ? [title] : []),
  },
}

/** Two people in whichever order. Ids are of a-z and 0-9, so the space keeps them apart. */
const pairKey = (one: string, other: string) => [one, other].sort().join(' ')

const roomFrom = (name: string, kept: RoomRecord): PrivateRoom => ({
  ...kept,
  name,
  members: new Map(Object.entries(kept.members)),
})

export function createPrivateRooms({ tables, caughtUp }: Transactor<boolean>): PrivateRooms {
  const isShared = caughtUp !== undefined
  const rooms = new Map<string, PrivateRoom>()
  const watchers = new Map<string, Set<() => void>>()
  const listeners = new Map<string, Set<() => void>>()
  const changes = new Map<string, number>()
  const versions = new Map<string, number>()
  /** A number that an earlier process gave means nothing here: hardly any is one of ours. */
  const firstVersion = randomInt(2 ** 40)
  for (const [name, kept] of tables.all(ROOMS)) rooms.set(name, roomFrom(name, kept))
  tables.follow(ROOMS, (name, kept) => {
    const before = rooms.get(name)?.members ?? NONE
    const room = kept && roomFrom(name, kept)
    if (room) rooms.set(name, room)
    else rooms.delete(name)
    return () => tellOf(name, before, room?.members ?? NONE)
  })

  function tellOf(name: string, before: PrivateRoom['members'], members: PrivateRoom['members']): void {
    for (const [id, role] of before) {
      if (belongs(role) && !belongs(members.get(id))) tell(`${name} ${id}`)
    }
    for (const id of new Set([...before.keys(), ...members.keys()])) {
      if (before.get(id) !== members.get(id)) announce(id)
    }
  }

  function checkBounds(room: PrivateRoom, before: RoomRecord | null): void {
    if (room.members.size > MAX_MEMBERS) {
      throw new ChatError('not-allowed', `a room has at most ${MAX_MEMBERS} people in it`)
    }
    if (!before && !tables.isBelow(ROOMS, MAX_PRIVATE_ROOMS)) {
      throw new ChatError('too-many-rooms', `there are already ${MAX_PRIVATE_ROOMS} private rooms`)
    }
    if (!before && !tables.isBelow(ROOMS, MAX_ROOMS_MADE, 'maker', room.madeBy)) {
      throw new ChatError('too-many-rooms', `you have already made ${MAX_ROOMS_MADE} rooms; leave some first`)
    }
    for (const id of room.members.keys()) {
      if (before?.members[id] === undefined && !tables.isBelow(ROOMS, MAX_ROOMS_EACH, 'member', id)) {
        throw new ChatError(
          'too-many-rooms',
          `a person can be in ${MAX_ROOMS_EACH} rooms at most, and one of these is in as many already`,
        )
      }
    }
  }

  return {
    get: (name) => rooms.get(name) ?? null,
    of: (personId) => tables.idsUnder(ROOMS, 'member', personId).map((name) => rooms.get(name)!),
    pairOf(one, other) {
      const [name = ''] = tables.idsUnder(ROOMS, 'pair', pairKey(one, other))
      return rooms.get(name) ?? null
    },
    putting(room) {
      const { name: id, members, ...rest } = room
      if (members.size === 0) return { kind: ROOMS.kind, id, value: null }
      checkBounds(room, tables.find(ROOMS, id))
      return { kind: ROOMS.kind, id, value: { ...rest, members: Object.fromEntries(members) } }
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
    versionOf: (personId) =>
      isShared ? versionByState(personId) : firstVersion + (changes.get(personId) ?? 0),
    onChange(personId, notify) {
      const theirs = listeners.get(personId) ?? new Set()
      listeners.set(personId, theirs.add(notify))
      return () => {
        theirs.delete(notify)
        if (theirs.size === 0 && listeners.get(personId) === theirs) listeners.delete(personId)
      }
    },
  }

  /** A reader may ask another server each time: all of them must say the same, and they count from different beginnings. */
  function versionByState(personId: string): number {
    const known = versions.get(personId)
    if (known !== undefined) return known
    const theirs = tables
      .under(ROOMS.kind, 'member', personId)
      .map((name) => `${name} ${rooms.get(name)?.members.get(personId)}`)
    const hash = createHash('sha256').update(JSON.stringify(theirs.sort()))
    const version = hash.digest().readUIntBE(0, 5)
    versions.set(personId, version)
    return version
  }

  function announce(personId: string): void {
    versions.delete(personId)
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

const NONE: PrivateRoom['members'] = new Map()

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
