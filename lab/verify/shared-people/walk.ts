/**
 * What people do at the servers of one log, drawn at random, and what must be so afterwards. Few names and browsers, so that
 * they get in each other's way; a browser asks another server each time, which may be behind.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Caller } from '../../people/caller.ts'
import { ROOMS } from '../../people/membership/private-rooms.ts'
import { belongs } from '../../people/membership/roles.ts'
import { keyOf } from '../../people/names.ts'
import { PERSONS } from '../../people/people.ts'
import { type OpenSession, SESSIONS } from '../../people/sessions.ts'
import { tablesOf } from '../../people/tables-of.ts'
import { type Act, type Behaviour, createPeopleServers, type PeopleServer, tick } from './servers.ts'

const SERVERS = 3
const BROWSERS = 4
const MAX_PEOPLE = 3
const DAY_MS = 24 * 3_600_000
const NAMES = ['Ada', 'ADA', 'Ben', 'Cy', 'Dan']
const PHRASES = ['one', 'two']

const WHAT = [
  ...['guest', 'guest', 'guest', 'sign up', 'sign in', 'change passphrase', 'sign out', 'sign out'],
  ...['token', 'write', 'group', 'invite', 'invite', 'join', 'join', 'own', 'leave', 'remove', 'pair'],
  ...['renew', 'sweep', 'sweep', 'wait'],
] as const

export type What = (typeof WHAT)[number]

const stepOf = (what: readonly What[]) =>
  fc.record({
    server: fc.nat(SERVERS - 1),
    what: fc.constantFrom(...what),
    browser: fc.nat(BROWSERS - 1),
    name: fc.constantFrom(...NAMES),
    phrase: fc.constantFrom(...PHRASES),
    /** How many entries each server takes before: they lag by different lengths. */
    take: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3)),
  })
type Step = ReturnType<typeof stepOf> extends fc.Arbitrary<infer T> ? T : never

/** @param what people do, if it is not all that they can */
export const walksOf = (what: readonly What[] = WHAT) =>
  fc.array(stepOf(what), { minLength: 10, maxLength: 60 })

/** What a browser holds: the secret in its cookie, and all that it ever held. */
interface Browser {
  secret: string | null
  readonly secrets: string[]
}

/** @param maxPeople small, so that it is reached */
export async function walk(steps: readonly Step[], behaviour: Behaviour, maxPeople = MAX_PEOPLE) {
  const world = createPeopleServers(SERVERS, behaviour, maxPeople)
  const browsers = Array.from({ length: BROWSERS }, (): Browser => ({ secret: null, secrets: [] }))
  const seen = new Map<OpenSession, PeopleServer>()
  let restarted: Act[] = []
  for (const [index, { server: at, take, ...one }] of steps.entries()) {
    for (const [i, server] of world.servers.entries()) server.take(take[i])
    const server = world.servers[at]!
    const browser = browsers[one.browser]!
    if (one.what === 'wait') world.pass(20 * DAY_MS)
    world.begin(`${one.what} at ${at}`, () => perform(server, browser, one))
    await tick()
    for (const { secret } of browsers) {
      const session = secret === null ? null : server.accounts.sessions.find(secret)
      if (session) seen.set(session, server)
    }
    if (index !== steps.length >> 1) continue
    const last = world.servers.at(-1)!
    for (const [session, where] of seen) if (where === last) seen.delete(session)
    last.restart()
    await tick()
    restarted = world.acts.filter(({ answer }) => answer === 'this server has ended')
  }
  await world.settle()
  return { ...world, browsers, seen, restarted: new Set(restarted), maxPeople }
}

type Walked = Awaited<ReturnType<typeof walk>>

async function perform(
  { accounts, memberships }: PeopleServer,
  browser: Browser,
  { what, name, phrase }: Omit<Step, 'server' | 'take'>,
): Promise<void> {
  const session = browser.secret === null ? null : accounts.sessions.find(browser.secret)
  const holds = async (signedIn: Promise<{ readonly secret: string }>) => {
    const { secret } = await signedIn
    browser.secret = secret
    browser.secrets.push(secret)
  }
  if (what === 'guest') return holds(accounts.signInAsGuest(name, session))
  if (what === 'sign up') return holds(accounts.signUp(name, phrase, session))
  if (what === 'sign in') return holds(accounts.signIn(name, phrase, session))
  if (what === 'sweep') return accounts.sweep()
  if (!session) return
  if (what === 'renew') return void (await accounts.renew(session))
  const { caller, person } = session
  const [room] = memberships.list(caller)
  if (what === 'change passphrase')
    return holds(accounts.changePassphrase(session, phrase, phrase === 'one' ? 'two' : 'one'))
  if (what === 'sign out') return accounts.signOut(session)
  if (what === 'token')
    return void (await accounts.giveToken(person, { label: 'bot', scopes: ['read'], room: null }))
  if (what === 'write') return accounts.people.use(person)
  if (what === 'group') return void (await memberships.makeGroup(caller, 'Garden'))
  if (what === 'pair') return void (await memberships.openPair(caller, name))
  if (!room || what === 'wait') return
  if (what === 'invite') return void (await memberships.setRole(caller, room.name, name, 'invited'))
  if (what === 'own') return void (await memberships.setRole(caller, room.name, name, 'owner'))
  if (what === 'join') return void (await memberships.join(caller, room.name))
  await memberships.remove(caller, room.name, what === 'leave' ? person.name : name)
}

/** @throws when it is not so */
export function check({ servers, acts, browsers, seen, restarted, maxPeople }: Walked): void {
  const [first, ...others] = servers.map((server) => stateAt(server, browsers))
  for (const other of others) expect(other).toEqual(first)
  for (const server of servers) {
    const tables = tablesOf(server.store.records)
    for (const of of [PERSONS, SESSIONS, ROOMS])
      expect(sorted(server.tables.all<unknown>(of as never))).toEqual(
        sorted(tables.all<unknown>(of as never)),
      )
  }
  checkWriters(servers, acts, restarted)
  checkSound(servers[0]!, maxPeople)
  for (const [session, server] of seen)
    expect(session.isOver).toBe(!server.accounts.sessions.of(session.person).includes(session))
}

/** What one is told there: of people, of the sessions of all browsers, of their rooms. */
function stateAt({ store, accounts, memberships, outcomes }: PeopleServer, browsers: readonly Browser[]) {
  const { people, sessions } = accounts
  const named = NAMES.map((name) => {
    const person = people.named(name)
    return person && [person.id, person.name, person.kind, people.isUsed(person), people.hashOf(person)]
  })
  const open = browsers.flatMap(({ secrets }) => secrets.map((secret) => sessions.find(secret)))
  const rooms = open.map((session) => session && memberships.list(session.caller))
  const callers = open.flatMap((session): Caller[] => (session ? [session.caller] : []))
  const members = callers.map((caller) =>
    memberships
      .list(caller)
      .filter(({ role }) => belongs(role))
      .map(({ name }) => memberships.membersOf(caller, name)),
  )
  const records = ['person', 'session', 'room'].map((kind) => sorted(store.records.all(kind)))
  return {
    ...{ named, rooms: rooms.map((list) => list && sorted(list)), members, records, count: people.count },
    sessions: open.map((session) => session && [session.id, session.person.id, session.person.name]),
    outcomes: sorted(outcomes),
  }
}

/** A writer was told that it is done exactly when it is: by one change that took, or since there was nothing to change. */
function checkWriters(
  servers: readonly PeopleServer[],
  acts: readonly Act[],
  unknown: ReadonlySet<Act>,
): void {
  const { outcomes } = servers[0]!
  const own = new Set(acts.flatMap(({ changes }) => changes))
  for (const id of outcomes.keys()) expect(own).toContain(id)
  for (const act of acts) {
    if (unknown.has(act)) continue
    if (act.what.startsWith('sweep')) continue // several changes, each for itself
    const took = act.changes.filter((id) => outcomes.get(id) === 'took').length
    const wanted = act.answer === 'done' && act.changes.length > 0 ? 1 : 0
    // The last try of one that is done may have found that there is nothing left to change.
    if (act.answer === 'done' && took === 0 && /sign out|write|join|invite|own|pair|renew/.test(act.what))
      continue
    expect([act.what, act.answer, took]).toEqual([act.what, act.answer, wanted])
  }
}

/** What is so on a server that is alone, by how its code decides. */
function checkSound({ tables }: PeopleServer, maxPeople: number): void {
  const people = new Map(tables.all(PERSONS))
  const keys = [...people.values()].map(({ name }) => keyOf(name))
  expect(new Set(keys).size, 'no name is held twice').toBe(keys.length)
  expect(people.size, 'no more people than there may be').toBeLessThanOrEqual(maxPeople)
  for (const [, { person }] of tables.all(SESSIONS)) expect(people.has(person), 'whose session').toBe(true)
  for (const [, { kind, members, title }] of tables.all(ROOMS)) {
    for (const id of Object.keys(members))
      expect(people.get(id)?.isUsed, 'a member’s name is theirs').toBe(true)
    const there = Object.values(members).filter(belongs)
    if (kind === 'group') expect(there, 'a group has an owner').toContain('owner')
    else expect(tables.under('room', 'pair', title ?? ''), 'two people have one room').toHaveLength(1)
  }
}

/** In an order that is the same everywhere. */
const sorted = (values: Iterable<unknown>) => Array.from(values, (one) => JSON.stringify(one)).sort()
