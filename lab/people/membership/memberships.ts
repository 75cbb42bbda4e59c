/**
 * Who may do what in which room, and by whom that changes.
 *
 * A caller without a role in a private room cannot tell it from one that does not exist: both take one look
 * into a map, and give the same error. That is why each function here begins with {@link roleIn}.
 */

import type { RecordChange, Records } from '../../store/records.ts'
import { isPrivate } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import { isolated, quoted } from '../../wire/names.ts'
import type { Caller, Person, Scope } from '../caller.ts'
import { type Change, type Kept, keepHere, type Transactor } from '../keep.ts'
import { tablesOf } from '../tables-of.ts'
import { type Access, checkOwn, checkScope, noSuchRoom, publicAccess } from './access.ts'
import { createPrivateRooms, newGroup, newPair, type PrivateRoom } from './private-rooms.ts'
import { belongs, isAtLeast, ROLES, type Role } from './roles.ts'

/** Who is who: what memberships need to know of people. */
export interface Directory {
  byId(id: string): Person | null
  /** Who holds this name, in whichever spelling. */
  named(name: string): Person | null
  /** What must be kept so that the name is theirs for ever: others will see it. */
  using(person: Person): readonly RecordChange[]
}

/** A private room, as a caller who may know of it sees it. */
export interface RoomView {
  readonly name: string
  readonly kind: PrivateRoom['kind']
  /** What a group is called; of a pair, who the other one is. */
  readonly title: string
  /** What the one who asks is there. */
  readonly role: Role
  /** How many belong to it. */
  readonly members: number
}

export interface Member {
  readonly id: string
  readonly name: string
  readonly role: Role
}

/** What came of a person's going. */
export interface Departure {
  readonly person: Person
  /** False when they were only invited: the members were never told that they had come. */
  readonly wasThere: boolean
  /** No member is left, and so the room is gone. */
  readonly isLast: boolean
}

/** `Later` as in accounts.ts: where several servers share a log, what changes a room gives a promise. */
export interface Memberships<Later extends boolean = false> extends Access {
  /** The private rooms that the caller may know of. */
  list(caller: Caller): RoomView[]
  makeGroup(caller: Caller, title: string): Kept<Later, RoomView>
  /** The room of the caller and one other person; made when there is none, and both are in it again. */
  openPair(caller: Caller, name: string): Kept<Later, { readonly room: RoomView; readonly isNew: boolean }>
  membersOf(caller: Caller, room: string): Member[]
  /** Invites a person, or gives a member another role. */
  setRole(caller: Caller, room: string, name: string, role: Role): Kept<Later, Member>
  /** Accepts an invitation. False when the caller was a member already. */
  join(caller: Caller, room: string): Kept<Later, boolean>
  /** Leaves, declines an invitation, or sends another member away. */
  remove(caller: Caller, room: string, name: string): Kept<Later, Departure>
}

/** @param kept the records of a server that is alone, or what keeps them for several */
export function createMemberships(kept: Records, people: Directory): Memberships
export function createMemberships<Later extends boolean>(
  kept: Transactor<Later>,
  people: Directory,
): Memberships<Later>
export function createMemberships(
  kept: Records | Transactor<boolean>,
  people: Directory,
): Memberships<boolean> {
  return membershipsOf('tables' in kept ? kept : keepHere(kept, tablesOf(kept)), people)
}

function membershipsOf<Later extends boolean>(
  transactor: Transactor<Later>,
  people: Directory,
): Memberships<Later> {
  const rooms = createPrivateRooms(transactor)

  const roleIn = (room: PrivateRoom | null, { person }: Caller) =>
    (person && room?.members.get(person.id)) ?? null

  /** The room, for a caller who may do in it what `least` may. */
  function requireRole(caller: Caller, name: string, scope: Scope, least: Role) {
    const room = rooms.get(name)
    const role = roleIn(room, caller)
    const { person } = caller
    if (!room || !role || !person) throw noSuchRoom()
    checkScope(caller, scope)
    if (isAtLeast(role, least)) return { room, role, person }
    if (role === 'invited') throw new ChatError('not-allowed', 'you are invited to this room: join it first')
    throw new ChatError('not-allowed', `in this room you are a ${role}, and only a ${least} may do this`)
  }
  function signedIn(caller: Caller): Person {
    checkScope(caller, 'write')
    if (caller.person) return caller.person
    throw new ChatError('not-signed-in', 'sign in first')
  }
  function personNamed(name: string): Person {
    const person = people.named(name)
    if (person) return person
    throw new ChatError('not-found', `no person is called ${quoted(name)}`)
  }

  /** The room with what has changed in it. */
  function putting<T>(
    room: PrivateRoom,
    changed: readonly (readonly [Person, Role | null])[],
    result: (next: PrivateRoom) => T,
  ): Change<T> {
    const members = new Map(room.members)
    for (const [person, role] of changed) {
      if (role === null) members.delete(person.id)
      else members.set(person.id, role)
    }
    const next = { ...room, members: membersLeft(members) }
    const seen = changed.flatMap(([person, role]) => (role === null ? [] : people.using(person)))
    return { changes: [...seen, rooms.putting(next)], result: () => result(next) }
  }
  function view(room: PrivateRoom, person: Person): RoomView {
    const { name, kind, members } = room
    const count = [...members.values()].filter(belongs).length
    return { name, kind, title: titleFor(room, person), role: members.get(person.id)!, members: count }
  }
  function titleFor({ kind, title }: PrivateRoom, person: Person): string {
    if (kind === 'group') return title ?? ''
    const other = title?.split(' ').find((id) => id !== person.id)
    return people.byId(other ?? '')?.name ?? '?'
  }
  const memberOf = (person: Person, role: Role): Member => ({ id: person.id, name: person.name, role })

  return {
    check(caller, room, scope) {
      if (isPrivate(room)) requireRole(caller, room, scope, 'member')
      else publicAccess.check(caller, room, scope)
    },
    checkNote(caller, room, note, about) {
      if (!isPrivate(room)) return publicAccess.checkNote(caller, room, note, about)
      const { role } = requireRole(caller, room, 'write', 'member')
      checkOwn(caller, note, about, isAtLeast(role, 'moderator') && caller.scopes.has('moderate'))
    },
    roomsOf: (person) => ({
      version: () => rooms.versionOf(person.id),
      onChange: (notify) => rooms.onChange(person.id, notify),
    }),
    watch(caller, room, onEnd) {
      const { person } = caller
      if (!isPrivate(room) || !person) return publicAccess.watch(caller, room, onEnd)
      let isOver = false
      const stops = [
        publicAccess.watch(caller, room, end),
        // As everybody is told who asks again, on the transports that must ask.
        rooms.watch(room, person.id, () => end(noSuchRoom())),
      ]
      // Between the gateway and here, a socket may have waited for its handshake.
      if (!belongs(roleIn(rooms.get(room), caller) ?? undefined)) {
        queueMicrotask(() => end(noSuchRoom()))
      }
      return stop

      function stop() {
        isOver = true
        for (const one of stops) one()
      }
      function end(why: ChatError) {
        if (isOver) return
        stop()
        onEnd(why)
      }
    },

    list(caller) {
      const { person } = caller
      if (!person) return []
      checkScope(caller, 'read')
      return rooms.of(person.id).map((room) => view(room, person))
    },
    makeGroup: (caller, title) =>
      transactor.change(() => {
        const person = signedIn(caller)
        return putting(newGroup(person.id, title), [[person, 'owner']], (room) => view(room, person))
      }),
    openPair: (caller, name) =>
      transactor.change(() => {
        const person = signedIn(caller)
        const other = personNamed(name)
        if (other.id === person.id)
          throw new ChatError('bad-person', 'a private conversation needs another person')
        const known = rooms.pairOf(person.id, other.id)
        const result = (room: PrivateRoom) => ({ room: view(room, person), isNew: !known })
        if (known?.members.size === 2) return unchanged(result(known))
        const both = [
          [person, 'member'],
          [other, 'member'],
        ] as const
        return putting(known ?? newPair(person.id, other.id), both, result)
      }),
    membersOf(caller, name) {
      const { room } = requireRole(caller, name, 'read', 'member')
      const members = [...room.members].flatMap(([id, role]) => {
        const person = people.byId(id)
        return person ? memberOf(person, role) : []
      })
      const rank = ({ role }: Member) => -ROLES.indexOf(role)
      return members.sort((a, b) => rank(a) - rank(b) || (a.name < b.name ? -1 : 1))
    },
    setRole: (caller, name, target, role) =>
      transactor.change(() => {
        const { room, role: own } = requireRole(caller, name, 'moderate', 'moderator')
        const person = personNamed(target)
        const before = room.members.get(person.id)
        if (before === role) return unchanged(memberOf(person, role))
        if (!belongs(before)) {
          if (role !== 'invited')
            throw new ChatError('not-allowed', `${isolated(person.name)} has not joined: invite them`)
        } else {
          if (own !== 'owner') throw new ChatError('not-allowed', 'only an owner says who is what in a room')
          if (role === 'invited')
            throw new ChatError('not-allowed', `${isolated(person.name)} is in the room already`)
          if (before === 'owner' && isOnlyOwner(room, person))
            throw lastOwner('make another member owner first')
        }
        return putting(room, [[person, role]], () => memberOf(person, role))
      }),
    join: (caller, name) =>
      transactor.change(() => {
        const { room, role, person } = requireRole(caller, name, 'write', 'invited')
        if (role !== 'invited') return unchanged(false)
        return putting(room, [[person, 'member']], () => true)
      }),
    remove: (caller, name, target) =>
      transactor.change(() => {
        const self = requireRole(caller, name, 'write', 'invited')
        const person = people.named(target)
        const { room } = self
        const role = person && room.members.get(person.id)
        if (person?.id !== self.person.id) mayRemove(caller, name, role ?? null)
        if (!person || !role)
          throw new ChatError('not-found', `no member of this room is called ${quoted(target)}`)
        if (role === 'owner' && isOnlyOwner(room, person) && countIn(room) > 1) {
          throw lastOwner('make another member owner, or send the others away, then leave')
        }
        const wasThere = belongs(role)
        return putting(room, [[person, null]], ({ members }) => ({
          person,
          wasThere,
          isLast: members.size === 0,
        }))
      }),
  }

  /** A moderator may send members away, an owner anybody. Neither of the two can send the other out of a conversation. */
  function mayRemove(caller: Caller, name: string, role: Role | null): void {
    const { role: own } = requireRole(caller, name, 'moderate', 'moderator')
    if (own === 'owner' || role === null || !isAtLeast(role, 'moderator')) return
    throw new ChatError('not-allowed', `only an owner may send a ${role} away`)
  }
}

const unchanged = <T>(result: T): Change<T> => ({ changes: [], result: () => result })

/** When a room has no members left, the people who were only invited have nothing to join. */
const membersLeft = (members: ReadonlyMap<string, Role>): ReadonlyMap<string, Role> =>
  [...members.values()].some(belongs) ? members : new Map()

const countIn = ({ members }: PrivateRoom) => [...members.values()].filter(belongs).length

const isOnlyOwner = ({ members }: PrivateRoom, { id }: Person) =>
  [...members].every(([other, role]) => role !== 'owner' || other === id)

const lastOwner = (advice: string) => new ChatError('last-owner', `a room has an owner: ${advice}`)
