/** Who may do what in a private room, and what stays of it after a restart. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryRecords, type Records } from '../../store/records.ts'
import type { ChatMessage } from '../../wire/message.ts'
import { ANONYMOUS, type Caller, type Person, type Scope } from '../caller.ts'
import { createMemberships, type Directory, type Memberships } from './memberships.ts'
import { MAX_MEMBERS, MAX_ROOMS_EACH, MAX_ROOMS_MADE } from './private-rooms.ts'

let records: Records
let used: string[]
let rooms: Memberships

/** Each name has a person: people come into being when they are named. */
const byId = new Map<string, Person>()
const personOf = (name: string): Person => {
  const id = name.toLowerCase()
  const known = byId.get(id) ?? { id, name, kind: 'guest' }
  byId.set(id, known)
  return known
}
const directory: Directory = {
  byId: (id) => byId.get(id) ?? null,
  named: (name) => byId.get(name.toLowerCase()) ?? null,
  using({ name }) {
    used.push(name)
    return []
  },
}
const ALL: readonly Scope[] = ['read', 'write', 'moderate']
function caller(name: string, scopes = ALL): Caller & { end(): void } {
  const listeners = new Set<() => void>()
  let isOver = false
  return {
    person: personOf(name),
    scopes: new Set(scopes),
    session: {
      get isOver() {
        return isOver
      },
      label: null,
      onEnd(listener) {
        listeners.add(listener)
        return () => void listeners.delete(listener)
      },
    },
    end() {
      isOver = true
      for (const listener of listeners) listener()
      listeners.clear()
    },
  }
}
const ada = caller('Ada')
const bob = caller('Bob')
const cy = caller('Cy')
const dan = caller('Dan')
const eve = caller('Eve')

const failing = (code: string, words?: RegExp) =>
  expect.objectContaining(words ? { code, message: expect.stringMatching(words) } : { code })

beforeEach(() => {
  records = createMemoryRecords()
  used = []
  rooms = createMemberships(records, directory)
})

/** A group of Ada (owner), Bob (moderator), Cy (member), Dan (invited). */
function garden(): string {
  const { name } = rooms.makeGroup(ada, 'Garden')
  for (const [who, asCaller] of [
    ['Bob', bob],
    ['Cy', cy],
  ] as const) {
    rooms.setRole(ada, name, who, 'invited')
    rooms.join(asCaller, name)
  }
  rooms.setRole(ada, name, 'Bob', 'moderator')
  rooms.setRole(ada, name, 'Dan', 'invited')
  return name
}
const roles = (room: string) =>
  Object.fromEntries(rooms.membersOf(ada, room).map(({ name, role }) => [name, role]))

describe('a group', () => {
  it('has a name drawn at random, and its maker as owner', () => {
    const made = rooms.makeGroup(ada, 'Garden')
    expect(made).toMatchObject({ kind: 'group', title: 'Garden', role: 'owner', members: 1 })
    expect(made.name).toMatch(/^~[a-z0-9]{20}$/)
    expect(rooms.makeGroup(ada, 'Garden').name).not.toBe(made.name)
    expect(used).toContain('Ada')
  })

  it('is joined by invitation, and only then can be read', () => {
    const { name } = rooms.makeGroup(ada, 'Garden')
    expect(() => rooms.check(bob, name, 'read')).toThrow(failing('not-found'))
    expect(rooms.setRole(ada, name, 'bob', 'invited')).toEqual({ id: 'bob', name: 'Bob', role: 'invited' })
    expect(rooms.list(bob)).toEqual([{ name, kind: 'group', title: 'Garden', role: 'invited', members: 1 }])
    expect(() => rooms.check(bob, name, 'read')).toThrow(failing('not-allowed', /join/))
    expect(rooms.join(bob, name)).toBe(true)
    expect(rooms.join(bob, name)).toBe(false)
    rooms.check(bob, name, 'read')
    rooms.check(bob, name, 'write')
    expect(used).toContain('Bob')
  })

  it('is known to its members, in the order of their roles', () => {
    expect(Object.entries(roles(garden()))).toEqual([
      ['Ada', 'owner'],
      ['Bob', 'moderator'],
      ['Cy', 'member'],
      ['Dan', 'invited'],
    ])
  })

  it('looks to others exactly like one that does not exist', () => {
    const room = garden()
    const tries: ((who: Caller, name: string) => unknown)[] = [
      (who, name) => rooms.check(who, name, 'read'),
      (who, name) => rooms.check(who, name, 'write'),
      (who, name) => rooms.membersOf(who, name),
      (who, name) => rooms.join(who, name),
      (who, name) => rooms.setRole(who, name, 'Eve', 'invited'),
      (who, name) => rooms.setRole(who, name, 'Unknown', 'invited'),
      (who, name) => rooms.remove(who, name, 'Ada'),
      (who, name) => rooms.remove(who, name, 'Eve'),
    ]
    const errorOf = (act: () => unknown) => {
      try {
        act()
      } catch (error) {
        return JSON.stringify(error)
      }
      return 'nothing was thrown'
    }
    for (const who of [eve, ANONYMOUS, caller('Eve', []), caller('Eve', ['read'])]) {
      for (const act of tries) {
        const [forbidden, absent] = [room, `~${'x'.repeat(20)}`].map((name) => errorOf(() => act(who, name)))
        expect(forbidden).toContain('not-found')
        expect(forbidden).toBe(absent)
      }
      if (who.scopes.has('read')) expect(rooms.list(who)).toEqual([])
    }
  })

  it('is left, and then is as if it were not there', () => {
    const room = garden()
    expect(rooms.remove(cy, room, 'Cy')).toMatchObject({ wasThere: true, isLast: false })
    expect(() => rooms.check(cy, room, 'read')).toThrow(failing('not-found'))
    expect(rooms.list(cy)).toEqual([])
  })

  it('is not left by its last owner while others are there', () => {
    const room = garden()
    expect(() => rooms.remove(ada, room, 'Ada')).toThrow(failing('last-owner', /another member owner/))
    expect(() => rooms.setRole(ada, room, 'Ada', 'member')).toThrow(failing('last-owner'))
    rooms.setRole(ada, room, 'Bob', 'owner')
    expect(rooms.remove(ada, room, 'Ada')).toMatchObject({ isLast: false })
  })

  it('is no more when the last one leaves, and those invited with it', () => {
    const { name } = rooms.makeGroup(ada, 'Garden')
    rooms.setRole(ada, name, 'Bob', 'invited')
    expect(rooms.remove(ada, name, 'Ada')).toMatchObject({ wasThere: true, isLast: true })
    expect(rooms.list(bob)).toEqual([])
    expect([...records.all('room')]).toEqual([])
  })

  it('is declined by leaving it, of which no member is told', () => {
    const room = garden()
    expect(rooms.remove(dan, room, 'Dan')).toMatchObject({ wasThere: false, isLast: false })
    expect(roles(room)).not.toHaveProperty('Dan')
  })
})

describe('roles', () => {
  it.each<[string, Caller, string, 'may' | string]>([
    ['an owner sends a moderator away', ada, 'Bob', 'may'],
    ['an owner sends a member away', ada, 'Cy', 'may'],
    ['a moderator sends a member away', bob, 'Cy', 'may'],
    ['a moderator takes an invitation back', bob, 'Dan', 'may'],
    ['a moderator sends an owner away', bob, 'Ada', 'not-allowed'],
    ['a member sends a member away', cy, 'Bob', 'not-allowed'],
    ['an invited person sends a member away', dan, 'Cy', 'not-allowed'],
    ['a moderator sends away a person who does not exist', bob, 'Unknown', 'not-found'],
    ['a member cannot find out which names do not exist', cy, 'Unknown', 'not-allowed'],
  ])('%s', (_what, who, target, outcome) => {
    const room = garden()
    const before = roles(room)
    if (outcome === 'may') {
      rooms.remove(who, room, target)
      expect(roles(room)).not.toHaveProperty(target)
    } else {
      expect(() => rooms.remove(who, room, target)).toThrow(failing(outcome))
      expect(roles(room)).toEqual(before)
    }
  })

  it('a moderator sends no other moderator away', () => {
    const room = garden()
    rooms.setRole(ada, room, 'Cy', 'moderator')
    expect(() => rooms.remove(bob, room, 'Cy')).toThrow(failing('not-allowed'))
  })

  it.each<[string, Caller, string, 'invited' | 'member' | 'moderator' | 'owner', string]>([
    ['a moderator invites', bob, 'Eve', 'invited', 'may'],
    ['an owner promotes', ada, 'Cy', 'owner', 'may'],
    ['an owner demotes', ada, 'Bob', 'member', 'may'],
    ['a member invites', cy, 'Eve', 'invited', 'not-allowed'],
    ['an invited person invites', dan, 'Eve', 'invited', 'not-allowed'],
    ['a moderator promotes', bob, 'Cy', 'moderator', 'not-allowed'],
    ['a moderator promotes itself', bob, 'Bob', 'owner', 'not-allowed'],
    ['an owner puts a person in without asking', ada, 'Eve', 'member', 'not-allowed'],
    ['an owner makes an owner of an invited person', ada, 'Dan', 'owner', 'not-allowed'],
    ['an owner makes a member a guest again', ada, 'Cy', 'invited', 'not-allowed'],
    ['an owner invites a person who does not exist', ada, 'Unknown', 'invited', 'not-found'],
  ])('%s', (_what, who, target, role, outcome) => {
    const room = garden()
    const before = roles(room)
    if (outcome === 'may') {
      rooms.setRole(who, room, target, role)
      expect(roles(room)[target]).toBe(role)
    } else {
      expect(() => rooms.setRole(who, room, target, role)).toThrow(failing(outcome))
      expect(roles(room)).toEqual(before)
    }
  })

  it.each<[Scope[], string]>([
    [['read'], 'write'],
    [['write', 'moderate'], 'read'],
  ])('allow no more than what one has signed in with: %s', (scopes, lacking) => {
    const room = garden()
    expect(() => rooms.check(caller('Ada', scopes), room, lacking as Scope)).toThrow(failing('not-allowed'))
  })

  it('of a moderator need the scope to moderate', () => {
    const room = garden()
    const writer = caller('Ada', ['read', 'write'])
    expect(() => rooms.setRole(writer, room, 'Eve', 'invited')).toThrow(failing('not-allowed'))
    expect(() => rooms.remove(writer, room, 'Cy')).toThrow(failing('not-allowed'))
    const note = { kind: 'removed', seq: 1 } as const
    expect(() => rooms.checkNote(writer, room, note, said('cy'))).toThrow(failing('not-allowed'))
  })
})

const said = (authorId?: string): ChatMessage => ({
  ...{ seq: 1, publishedAt: 0, draftId: 'd', author: 'x', text: 'hi' },
  ...(authorId !== undefined && { authorId }),
})

describe('edits and removals', () => {
  const note = { kind: 'edited', seq: 1 } as const

  it.each<[string, Caller, ChatMessage | null, string]>([
    ['one’s own', cy, said('cy'), 'may'],
    ['another person’s, by a member', cy, said('ada'), 'not-allowed'],
    ['another person’s, by a moderator', bob, said('ada'), 'may'],
    ['another person’s, by an owner', ada, said('cy'), 'may'],
    ['one that is not there', bob, null, 'not-found'],
    ['a message, by a person who is only invited', dan, said('dan'), 'not-allowed'],
    ['one’s own of old, by one who is not there any more', eve, said('eve'), 'not-found'],
  ])('of %s', (_what, who, about, outcome) => {
    const room = garden()
    const act = () => rooms.checkNote(who, room, note, about)
    if (outcome === 'may') act()
    else expect(act).toThrow(failing(outcome))
  })

  it.each<[string, Caller, ChatMessage | null, string]>([
    ['one’s own', cy, said('cy'), 'may'],
    ['another person’s', cy, said('ada'), 'not-allowed'],
    ['one without a signed-in author', cy, said(), 'not-allowed'],
    ['any, by a caller who has not signed in', ANONYMOUS, said(), 'not-signed-in'],
    ['one that is not there', cy, null, 'not-found'],
  ])('in a public room, of %s', (_what, who, about, outcome) => {
    const act = () => rooms.checkNote(who, 'lobby', note, about)
    if (outcome === 'may') act()
    else expect(act).toThrow(failing(outcome))
  })
})

describe('a private conversation', () => {
  it('is of two, made by either, once', () => {
    const { room, isNew } = rooms.openPair(ada, 'bob')
    expect(isNew).toBe(true)
    expect(room).toMatchObject({ kind: 'pair', title: 'Bob', role: 'member', members: 2 })
    expect(rooms.openPair(bob, 'Ada')).toEqual({ room: { ...room, title: 'Ada' }, isNew: false })
    expect(rooms.openPair(cy, 'Ada').room.name).not.toBe(room.name)
    rooms.check(bob, room.name, 'write')
    expect(() => rooms.check(cy, room.name, 'read')).toThrow(failing('not-found'))
  })

  it('takes in no third person, and sends neither of the two out', () => {
    const { name } = rooms.openPair(ada, 'Bob').room
    expect(() => rooms.setRole(ada, name, 'Cy', 'invited')).toThrow(failing('not-allowed'))
    expect(() => rooms.setRole(ada, name, 'Bob', 'owner')).toThrow(failing('not-allowed'))
    expect(() => rooms.remove(ada, name, 'Bob')).toThrow(failing('not-allowed'))
  })

  it('is taken up again when one had left, and is no more when both have', () => {
    const { name } = rooms.openPair(ada, 'Bob').room
    expect(rooms.remove(bob, name, 'Bob')).toMatchObject({ isLast: false })
    expect(rooms.list(bob)).toEqual([])
    expect(rooms.list(ada)).toMatchObject([{ title: 'Bob', members: 1 }])
    expect(rooms.openPair(bob, 'Ada')).toMatchObject({ room: { name, members: 2 }, isNew: false })
    rooms.remove(bob, name, 'Bob')
    expect(rooms.remove(ada, name, 'Ada')).toMatchObject({ isLast: true })
    expect(rooms.openPair(ada, 'Bob')).toMatchObject({ isNew: true })
    expect(rooms.openPair(ada, 'Bob').room.name).not.toBe(name)
  })

  it.each([
    ['Ada', 'bad-person'],
    ['Unknown', 'not-found'],
  ])('is not with %s', (name, code) => {
    expect(() => rooms.openPair(ada, name)).toThrow(failing(code))
  })
})

describe('a reader in the room', () => {
  it('is turned out at once, and once, when they are sent away', () => {
    const room = garden()
    const ends: string[] = []
    rooms.watch(cy, room, ({ code }) => ends.push(code))
    rooms.watch(ada, room, () => ends.push('Ada too'))
    rooms.setRole(ada, room, 'Cy', 'moderator')
    expect(ends).toEqual([])
    rooms.remove(ada, room, 'Cy')
    expect(ends).toEqual(['not-found'])
    rooms.setRole(ada, room, 'Cy', 'invited')
    rooms.join(cy, room)
    rooms.remove(cy, room, 'Cy')
    expect(ends).toEqual(['not-found'])
  })

  it('is turned out when the session ends, in any room', () => {
    const room = garden()
    for (const place of [room, 'lobby']) {
      const who = caller('Cy')
      const ends: string[] = []
      rooms.watch(who, place, ({ code }) => ends.push(code))
      who.end()
      who.end()
      expect(ends).toEqual(['not-signed-in'])
    }
  })

  it('is told nothing after they have gone by themselves', () => {
    const room = garden()
    const ends: string[] = []
    rooms.watch(cy, room, () => ends.push('told'))()
    rooms.remove(ada, room, 'Cy')
    expect(ends).toEqual([])
  })

  it('is turned out even if they were sent away between the gateway and the first look', async () => {
    const room = garden()
    rooms.check(cy, room, 'read')
    rooms.remove(ada, room, 'Cy')
    const ends: string[] = []
    rooms.watch(cy, room, ({ code }) => ends.push(code))
    await Promise.resolve()
    expect(ends).toEqual(['not-found'])
  })
})

describe('bounds', () => {
  it('on the people in a room', () => {
    const { name } = rooms.makeGroup(ada, 'Garden')
    for (let n = 1; n < MAX_MEMBERS; n++) rooms.setRole(ada, name, personOf(`P${n}`).name, 'invited')
    expect(() => rooms.setRole(ada, name, 'Eve', 'invited')).toThrow(failing('not-allowed'))
    rooms.remove(ada, name, 'P1')
    rooms.setRole(ada, name, 'Eve', 'invited')
  })

  it('on the rooms that one person makes, until they leave some', () => {
    const made = Array.from({ length: MAX_ROOMS_MADE }, (_, n) => rooms.makeGroup(ada, `Garden ${n}`).name)
    expect(() => rooms.makeGroup(ada, 'One more')).toThrow(failing('too-many-rooms'))
    expect(() => rooms.openPair(ada, 'Bob')).toThrow(failing('too-many-rooms'))
    rooms.remove(ada, made[0]!, 'Ada')
    rooms.makeGroup(ada, 'One more')
  })

  it('on the rooms that one person is in, and can be invited to', () => {
    for (let n = 0; n < MAX_ROOMS_EACH; n++) rooms.openPair(caller(`Fan${n}`), 'Ada')
    expect(() => rooms.openPair(eve, 'Ada')).toThrow(failing('too-many-rooms'))
  })
})

describe('after a restart', () => {
  it('all is as it was', () => {
    const room = garden()
    const pair = rooms.openPair(ada, 'Bob').room
    const before = [ada, bob, cy, dan, eve].map((who) => rooms.list(who))
    const members = rooms.membersOf(ada, room)
    rooms = createMemberships(records, directory)
    expect([ada, bob, cy, dan, eve].map((who) => rooms.list(who))).toEqual(before)
    expect(rooms.membersOf(ada, room)).toEqual(members)
    expect(rooms.openPair(bob, 'Ada').room.name).toBe(pair.name)
    rooms.join(dan, room)
    expect(() => rooms.check(eve, room, 'read')).toThrow(failing('not-found'))
  })
})

it('when it cannot be kept, nothing has changed, and no reader is turned out', () => {
  const room = garden()
  const ends: string[] = []
  rooms.watch(cy, room, () => ends.push('told'))
  const before = roles(room)
  const put = records.put
  records.put = () => {
    throw new Error('database or disk is full')
  }
  for (const act of [
    () => rooms.remove(ada, room, 'Cy'),
    () => rooms.setRole(ada, room, 'Eve', 'invited'),
    () => rooms.join(dan, room),
    () => rooms.makeGroup(ada, 'Another'),
    () => rooms.openPair(ada, 'Bob'),
  ]) {
    expect(act).toThrow(failing('not-stored'))
  }
  expect(roles(room)).toEqual(before)
  expect(ends).toEqual([])
  expect(rooms.list(ada)).toHaveLength(1)
  records.put = put
  rooms.remove(ada, room, 'Cy')
  expect(ends).toEqual(['told'])
})
