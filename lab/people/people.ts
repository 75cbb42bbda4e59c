/**
 * Who there is, and who holds which name.
 *
 * All of them are in memory, since every message asks. A name, once its holder has used it, is never
 * given to another person: what "Ada" said last year would be read as hers.
 */

import type { RecordChange } from '../store/records.ts'
import { ChatError } from '../wire/errors.ts'
import { isolated } from '../wire/names.ts'
import type { Person } from './caller.ts'
import { sessionEnded } from './ended.ts'
import { randomName } from './ids.ts'
import type { Change, Kept, Transactor } from './keep.ts'
import { keyOf, variantOf } from './names.ts'
import type { Kind } from './shared/tables.ts'

/**
 * Most people. With a session, one takes some 1.9 kB of memory; all of them 38 MB. A bound on what strangers
 * can make us remember. When it is reached, guests whose name no other user has seen give way.
 */
export const MAX_PEOPLE = 20_000

/** As it is kept. */
export interface PersonRecord {
  readonly name: string
  readonly kind: Person['kind']
  /** Whether the name has been seen by others. If not, it can be given up. */
  readonly isUsed: boolean
  /** Of the passphrase, by Argon2; null for a guest. */
  readonly hash: string | null
  /** Milliseconds since the Unix epoch. */
  readonly madeAt: number
}

export const PERSONS: Kind<PersonRecord> = { kind: 'person', keys: { name: ({ name }) => [keyOf(name)] } }

/** Stays the same object as long as the person is known: code that holds it sees a new name at once. */
class StoredPerson implements Person {
  readonly id: string
  kept: PersonRecord

  constructor(id: string, kept: PersonRecord) {
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

export interface People<Later extends boolean = false> {
  /** How many there are. */
  readonly count: number
  byId(id: string): Person | null
  /** The person who holds this name, in whichever spelling; null when none does. */
  named(name: string): Person | null
  /** Of the passphrase; null for a guest. */
  hashOf(person: Person): string | null
  isGuest(person: Person): boolean
  /** Whether others have seen this name. */
  isUsed(person: Person): boolean
  /** @throws ChatError `name-taken`, with a name that is free */
  checkFree(name: string): void
  /** @throws ChatError `not-signed-in` when this person has been forgotten meanwhile */
  checkKnown(person: Person): void
  /**
   * @returns the new person's id, and in `insteadOf` the guest who has to give way to them, whose sessions must end
   *   in the same step; null when there is room
   * @throws ChatError `name-taken`; `not-stored` when there are too many people
   */
  add(
    name: string,
    hash: string | null,
  ): Change<Person> & { readonly id: string; readonly insteadOf: Person | null }
  /** The same person under another name. Only as long as no other user has seen the old one. @throws ChatError `name-taken` */
  rename(person: Person, name: string): Change
  /** From now on the name is held by the passphrase of this hash: a guest becomes a member by it. */
  secure(person: Person, hash: string): Change
  /** The name is free again. Only for a guest whose name no other user has seen. */
  forget(person: Person): Change
  /** As {@link use}, as a part of another change. */
  using(person: Person): readonly RecordChange[]
  /**
   * From now on the name is theirs for ever. Call it before anything happens in a person's name that
   * others can see: a message, a membership. It writes once, and costs nothing after that.
   *
   * @returns nothing to wait for when it was so already
   * @throws ChatError `not-stored`
   */
  use(person: Person): Kept<Later, void> | undefined
}

/** @param now milliseconds since the Unix epoch */
export function createPeople<Later extends boolean>(
  transactor: Transactor<Later>,
  now: () => number,
  max = MAX_PEOPLE,
): People<Later> {
  const { tables } = transactor
  const byId = new Map<string, StoredPerson>()
  for (const [id, kept] of tables.all(PERSONS)) byId.set(id, new StoredPerson(id, kept))
  tables.follow(PERSONS, (id, kept) => {
    const person = byId.get(id)
    if (kept === null) byId.delete(id)
    else if (person) person.kept = kept
    else byId.set(id, new StoredPerson(id, kept))
    return undefined
  })

  const record = (id: string, value: PersonRecord | null): RecordChange => ({ kind: PERSONS.kind, id, value })
  const kept = ({ id }: Person) => tables.find(PERSONS, id)
  const holdersOf = (name: string) => tables.idsUnder(PERSONS, 'name', keyOf(name))
  const isFree = (name: string) => holdersOf(name).length === 0

  /** The same person, of whom something else is known. */
  function become(person: Person, change: Partial<PersonRecord>): Change {
    return { changes: [record(person.id, { ...known(person), ...change })], result() {} }
  }
  /** Since the server started, the one who came first. */
  function someUnused(): Person | null {
    for (const person of byId.values()) if (!person.kept.isUsed) return person
    return null
  }
  function known(person: Person): PersonRecord {
    const found = kept(person)
    if (!found) throw sessionEnded()
    return found
  }
  function checkFree(name: string): void {
    if (isFree(name)) return
    const free = variantOf(name, isFree)
    const advice = free ? `; ${isolated(free)} is free` : ''
    throw new ChatError('name-taken', `the name ${isolated(name)} is taken${advice}`)
  }
  const using = (person: Person) =>
    known(person).isUsed ? [] : [record(person.id, { ...known(person), isUsed: true })]

  return {
    get count() {
      return byId.size
    },
    byId: (id) => byId.get(id) ?? null,
    named(name) {
      const [id = ''] = holdersOf(name)
      return byId.get(id) ?? null
    },
    hashOf: (person) => kept(person)?.hash ?? null,
    isGuest: (person) => kept(person)?.kind === 'guest',
    isUsed: (person) => kept(person)?.isUsed ?? true,
    checkFree,
    checkKnown: (person) => void known(person),
    add(name, hash) {
      checkFree(name)
      const insteadOf = tables.isBelow(PERSONS, max) ? null : someUnused()
      if (byId.size >= max && !insteadOf) {
        throw new ChatError('not-stored', `there are ${max} people already, and no place for more`)
      }
      const kind = hash === null ? 'guest' : 'member'
      // A member has shown that they mean to come back.
      const value: PersonRecord = { name, kind, isUsed: kind === 'member', hash, madeAt: now() }
      const id = randomName()
      return {
        id,
        insteadOf,
        changes: [...(insteadOf ? [record(insteadOf.id, null)] : []), record(id, value)],
        result() {
          const person = byId.get(id)
          if (!person) throw sessionEnded()
          return person
        },
      }
    },
    rename(person, name) {
      if (keyOf(name) !== keyOf(person.name)) checkFree(name)
      return become(person, { name })
    },
    secure: (person, hash) => become(person, { kind: 'member', hash, isUsed: true }),
    forget: ({ id }) => ({ changes: [record(id, null)], result() {} }),
    using,
    use(person) {
      if (known(person).isUsed) return undefined
      return transactor.change(() => ({ changes: using(person), result() {} }))
    },
  }
}
