/**
 * Who there is, and who holds which name.
 *
 * All of them are in memory, since every message asks. A name, once its holder has used it, is never
 * given to another person: what "Ada" said last year would be read as hers.
 */

import type { RecordChange, Records } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'
import { isolated } from '../wire/names.ts'
import type { Person } from './caller.ts'
import { sessionEnded } from './ended.ts'
import { randomName } from './ids.ts'
import { type Change, keep } from './keep.ts'
import { keyOf, variantOf } from './names.ts'

/**
 * Most people. With a session, one takes some 1.6 kB of memory; all of them 33 MB. A bound on what strangers
 * can make us remember. When it is reached, guests whose name no other user has seen give way.
 */
export const MAX_PEOPLE = 20_000

const KIND = 'person'

/** As it is kept. */
interface Kept {
  readonly name: string
  readonly kind: Person['kind']
  /** Whether the name has been seen by others. If not, it can be given up. */
  readonly isUsed: boolean
  /** Of the passphrase, by Argon2; null for a guest. */
  readonly hash: string | null
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number
}

/** Stays the same object as long as the person is known: code that holds it sees a new name at once. */
class StoredPerson implements Person {
  readonly id: string
  kept: Kept

  constructor(id: string, kept: Kept) {
    this.id = id
    this.kept = kept
  }
  get name(): string {
    return this.kept.name
  }
  get kind(): Person['kind'] {
    return this.kept.kind
  }
}

export interface People {
  /** How many there are. */
  readonly count: number
  byId(id: string): Person | null
  /** The person who holds this name, in whichever spelling; null when none does. */
  named(name: string): Person | null
  /** Of the passphrase; null for a guest. */
  hashOf(person: Person): string | null
  /** Whether others have seen this name. */
  isUsed(person: Person): boolean
  /** @throws ChatError `name-taken`, with a name that is free */
  checkFree(name: string): void
  /**
   * @returns the new person, and in `insteadOf` the guest who has to give way to them, whose sessions must end
   *   in the same step; null when there is room
   * @throws ChatError `name-taken`; `not-stored` when there are too many people
   */
  add(
    name: string,
    hash: string | null,
  ): Change & { readonly person: Person; readonly insteadOf: Person | null }
  /** The same person under another name. Only as long as no other user has seen the old one. @throws ChatError `name-taken` */
  rename(person: Person, name: string): Change
  /** From now on the name is held by the passphrase of this hash: a guest becomes a member by it. */
  secure(person: Person, hash: string): Change
  /** The name is free again. Only for a guest whose name no other user has seen. */
  forget(person: Person): Change
  /**
   * From now on the name is theirs for ever. Call it before anything happens in a person's name that
   * others can see: a message, a membership. It writes once, and costs nothing after that.
   *
   * @throws ChatError `not-stored`
   */
  use(person: Person): void
}

/** @param now milliseconds since the Unix epoch */
export function createPeople(records: Records, now: () => number, max = MAX_PEOPLE): People {
  const byId = new Map<string, StoredPerson>()
  const byKey = new Map<string, StoredPerson>()
  for (const [id, value] of records.all(KIND)) index(new StoredPerson(id, value as Kept))

  function index(person: StoredPerson): void {
    byId.set(person.id, person)
    byKey.set(keyOf(person.name), person)
  }
  const record = (id: string, value: Kept | null): RecordChange => ({ kind: KIND, id, value })

  /** The same person, of whom something else is known. */
  function become(person: Person, change: Partial<Kept>): Change {
    const stored = known(person)
    const kept = { ...stored.kept, ...change }
    return {
      changes: [record(person.id, kept)],
      apply() {
        byKey.delete(keyOf(stored.name))
        stored.kept = kept
        index(stored)
      },
    }
  }
  function forget(person: Person): Change {
    return {
      changes: [record(person.id, null)],
      apply() {
        byId.delete(person.id)
        byKey.delete(keyOf(person.name))
      },
    }
  }
  /** Since the server started, the one who came first. */
  function someUnused(): Person | null {
    for (const person of byId.values()) if (!person.kept.isUsed) return person
    return null
  }
  function known({ id }: Person): StoredPerson {
    const person = byId.get(id)
    if (!person) throw sessionEnded()
    return person
  }
  function checkFree(name: string): void {
    if (!byKey.has(keyOf(name))) return
    const free = variantOf(name, (one) => !byKey.has(keyOf(one)))
    const advice = free ? `; ${isolated(free)} is free` : ''
    throw new ChatError('name-taken', `the name ${isolated(name)} is taken${advice}`)
  }

  return {
    get count() {
      return byId.size
    },
    byId: (id) => byId.get(id) ?? null,
    named: (name) => byKey.get(keyOf(name)) ?? null,
    hashOf: (person) => byId.get(person.id)?.kept.hash ?? null,
    isUsed: (person) => byId.get(person.id)?.kept.isUsed ?? true,
    checkFree,
    add(name, hash) {
      checkFree(name)
      const insteadOf = byId.size < max ? null : someUnused()
      if (byId.size >= max && !insteadOf) {
        throw new ChatError('not-stored', `there are ${max} people already, and no place for more`)
      }
      const leaving = insteadOf && forget(insteadOf)
      const kind = hash === null ? 'guest' : 'member'
      // A member has shown that they mean to come back.
      const kept: Kept = { name, kind, isUsed: kind === 'member', hash, madeAt: now() }
      const person = new StoredPerson(randomName(), kept)
      return {
        person,
        insteadOf,
        changes: [...(leaving?.changes ?? []), record(person.id, kept)],
        apply() {
          leaving?.apply()
          index(person)
        },
      }
    },
    rename(person, name) {
      if (keyOf(name) !== keyOf(person.name)) checkFree(name)
      return become(person, { name })
    },
    secure: (person, hash) => become(person, { kind: 'member', hash, isUsed: true }),
    forget,
    use(person) {
      if (known(person).kept.isUsed) return
      const { changes, apply } = become(person, { isUsed: true })
      keep(records, changes)
      apply()
    },
  }
}
