/** Many people who do the same at once, at three servers: what overtakes what, and that all of it is done in the end. */
import { beforeEach, expect, it } from 'vitest'
import { MAX_TRIES } from '../../people/shared/keep-shared.ts'
import { createPeopleServers, type PeopleServer } from './servers.ts'

const CLASS = 30

let servers: PeopleServer[]
beforeEach(() => {
  servers = createPeopleServers(3, { name: 'sound', isPrompt: () => true }, 1_000).servers
})
const all = Array.from({ length: CLASS }, (_, i) => i)
const at = (i: number) => servers[i % servers.length]!
const changes = () => servers[0]!.outcomes.size

it('people who sign in at once do not overtake each other, though there is a limit to how many there may be', async () => {
  await Promise.all(all.map((i) => at(i).accounts.signInAsGuest(`Learner ${i}`, null)))
  expect(servers.map(({ accounts }) => accounts.people.count)).toEqual([CLASS, CLASS, CLASS])
  expect([...servers[0]!.outcomes.values()].filter((kind) => kind === 'overtaken')).toEqual([])
  expect(changes()).toBe(CLASS)
})

it('a class that joins one room at once is in it, each within the tries that a change has', async () => {
  const teacher = await at(0).accounts.signUp('Teacher', 'a passphrase', null)
  const callerOf = (secret: string, server: PeopleServer) => server.accounts.sessions.find(secret)!.caller
  const teaching = callerOf(teacher.secret, servers[0]!)
  const { name: room } = await servers[0]!.memberships.makeGroup(teaching, 'Class')
  const learners = await Promise.all(
    all.map(async (i) => (await at(i).accounts.signInAsGuest(`Learner ${i}`, null)).secret),
  )
  for (const i of all) await servers[0]!.memberships.setRole(teaching, room, `Learner ${i}`, 'invited')
  const before = changes()
  const joined = await Promise.all(
    learners.map((secret, i) => at(i).memberships.join(callerOf(secret, at(i)), room)),
  )
  expect(joined).toEqual(Array(CLASS).fill(true))
  for (const { memberships } of servers) {
    const roles = memberships.membersOf(teaching, room).map(({ role }) => role)
    expect(roles.filter((role) => role === 'member')).toHaveLength(CLASS)
  }
  // Each was tried at most so often; as a rule, far less.
  expect(changes() - before).toBeLessThan(CLASS * MAX_TRIES)
  expect(changes() - before).toBeGreaterThanOrEqual(CLASS)
})
