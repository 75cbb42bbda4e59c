/**
 * Whatever people do at three servers of one log, and however far each is behind: the same people, names, sessions and
 * memberships at each, and each was told what became of what they did. A server begins again half way. Mistakes are found out.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { SESSIONS } from '../../people/sessions.ts'
import { type Condition, outcomeOf, type RecordsChange } from '../../people/shared/rule.ts'
import { type Behaviour, startedAt } from './servers.ts'
import { check, type What, walk, walksOf } from './walk.ts'

const SOUND: Behaviour = { name: 'sound' }

it('three servers have the same people, names, sessions and memberships, and answer as one server would', async () => {
  await fc.assert(
    fc.asyncProperty(walksOf(), async (steps) => check(await walk(steps, SOUND))),
    { numRuns: 100 },
  )
})

const without =
  (isLost: (condition: Condition) => boolean) =>
  (change: RecordsChange): RecordsChange => ({
    ...change,
    rests: change.rests.filter((condition) => !isLost(condition)),
  })

/** Where it takes long to find otherwise, what people do is what it is about. */
const MISTAKES: readonly (Behaviour & { readonly what?: readonly What[]; readonly maxPeople?: number })[] = [
  {
    name: 'a rule that asks the clock of its own server whether a session is over',
    ruleOf: (server) => (change, view) => {
      const now = startedAt + server * 40 * 24 * 3_600_000
      const isOver = change.changes.some(
        ({ kind, value }) =>
          kind === SESSIONS.kind && ((value as { endsAt?: number } | null)?.endsAt ?? now) < now,
      )
      return isOver ? { kind: 'overtaken' } : outcomeOf(change, view)
    },
  },
  {
    name: 'a name that is looked up when a change is appended, and not when it takes effect',
    travels: without((one) => 'index' in one && one.index === 'name'),
    what: ['guest', 'sign up', 'sign out'],
  },
  {
    name: 'a decision that does not say what it has found not to be there',
    travels: without((one) => 'was' in one && one.was === null),
    what: ['guest', 'sign up', 'sign out', 'pair'],
  },
  {
    name: 'a decision that does not say which records it has read',
    travels: without((one) => 'id' in one && one.was !== null),
    what: ['guest', 'write', 'sign out', 'sign up'],
  },
  {
    name: 'a decision that does not say which sessions it has counted',
    travels: without((one) => 'index' in one && one.index === 'person'),
    what: ['guest', 'token', 'sign out'],
  },
  {
    name: 'a limit that does not travel',
    travels: without((one) => 'below' in one),
    what: ['guest', 'write'],
    maxPeople: 2,
  },
  { name: 'a writer who is told before the change has come back', isEarly: true },
  { name: 'changes that are applied twice, since their place was kept apart, and lost', forgetsPlace: true },
  { name: 'memory that follows what its own server has decided', followsItself: true },
]

it.each(MISTAKES)('$name: found out', async (behaviour) => {
  const property = fc.asyncProperty(walksOf(behaviour.what), async (steps) =>
    check(await walk(steps, behaviour, behaviour.maxPeople)),
  )
  const { failed } = await fc.check(property, { numRuns: 400, seed: 14, endOnFailure: true })
  expect(failed).toBe(true)
})
