import { describe, expect, it } from 'vitest'
import { createManualClock } from '../verify/kit/manual-clock.ts'
import type { ChatError } from '../wire/errors.ts'
import type { Cursor, Page } from '../wire/message.ts'
import {
  COALESCE_MS,
  LOOK_MS,
  MAX_LISTED,
  OVERDUE_MS,
  RENEW_MS,
  SILENT_MS,
  TYPING_MS,
} from '../wire/presence.ts'
import type { Lease } from './lease.ts'
import { MAX_LEASES, versionIn } from './presence.ts'
import { MAX_LEASES_PER_OWNER, Presences } from './presences.ts'

const ADA = { id: 'p1', name: 'Ada' }
const BOB = { id: 'p2', name: 'Bob' }

function createFixture() {
  const clock = createManualClock()
  const presences = new Presences({ clock, random: () => 0 })
  const presence = presences.of('lobby')
  let tabs = 0
  const arrive = (
    person: typeof ADA | null,
    { clientId = `t${tabs++}`, owner = person?.id ?? '10.0.0.1', quietMs = RENEW_MS } = {},
  ) => presence.arrive({ clientId, person, owner, quietMs, watch: () => () => {} })
  const notifications: number[] = []
  presence.subscribe(() => notifications.push(presence.version))
  return {
    clock,
    presences,
    presence,
    notifications,
    arrive,
    /** A person for whom there is a place. */
    come(...how: Parameters<typeof arrive>): Lease {
      const lease = arrive(...how)
      if (!lease) throw new Error('there was no place')
      return lease
    },
    people: () => presence.here.people.map(({ name, state }) => `${name} ${state}`),
  }
}

describe('a lease', () => {
  it('is here, then silent, then gone, at the stated times', async () => {
    const { clock, come, people } = createFixture()
    come(ADA)
    expect(people()).toEqual(['Ada here'])
    await clock.pass(RENEW_MS + OVERDUE_MS - 1)
    expect(people()).toEqual(['Ada here'])
    await clock.pass(1 + LOOK_MS)
    expect(people()).toEqual(['Ada silent'])
    await clock.pass(SILENT_MS - LOOK_MS - 1)
    expect(people()).toEqual(['Ada silent'])
    await clock.pass(1 + LOOK_MS)
    expect(people()).toEqual([])
  })

  it('lives for as long as it is renewed, and comes back from silence at the first sign', async () => {
    const { clock, presence, come, people, notifications } = createFixture()
    const ada = come(ADA)
    for (let i = 0; i < 20; i++) {
      await clock.pass(RENEW_MS)
      presence.renew(ada)
    }
    expect(people()).toEqual(['Ada here'])
    expect(notifications).toHaveLength(1)
    await clock.pass(RENEW_MS + OVERDUE_MS + LOOK_MS)
    expect(people()).toEqual(['Ada silent'])
    presence.renew(ada)
    expect(people()).toEqual(['Ada here'])
  })

  it('whose connection has ended is expected soon, and is not gone', async () => {
    const { clock, presence, come, people } = createFixture()
    const ada = come(ADA, { quietMs: 60_000 })
    const giveBack = presence.hold(ada, () => {})
    giveBack()
    await clock.pass(OVERDUE_MS - 1)
    expect(people()).toEqual(['Ada here'])
    await clock.pass(1 + LOOK_MS)
    expect(people()).toEqual(['Ada silent'])
    await clock.pass(SILENT_MS)
    expect(people()).toEqual([])
  })

  it('that runs out ends the connection that holds it', async () => {
    const { clock, presence, come } = createFixture()
    const ends: string[] = []
    presence.hold(come(ADA), ({ code }) => ends.push(code))
    await clock.pass(RENEW_MS + OVERDUE_MS + SILENT_MS + LOOK_MS)
    expect(ends).toEqual(['silent'])
  })

  it('is taken over by the connection that comes last, and the one before is ended', async () => {
    const { presence, come, people } = createFixture()
    const ends: string[] = []
    const giveBackFirst = presence.hold(come(ADA, { clientId: 'x' }), () => ends.push('first'))
    presence.hold(come(ADA, { clientId: 'x' }), () => ends.push('second'))
    expect(ends).toEqual(['first'])
    giveBackFirst() // too late: it is not its own any more
    expect(people()).toEqual(['Ada here'])
    expect(presence.find(ADA, 'x')?.silentAt).toBe(RENEW_MS + OVERDUE_MS)
  })

  it('is left at once, and a poll that was on its way does not bring the person back', async () => {
    const { clock, presence, come, arrive, people } = createFixture()
    presence.update(come(ADA, { clientId: 'x' }), { leaving: true })
    await clock.pass(COALESCE_MS)
    expect(people()).toEqual([])
    expect(arrive(ADA, { clientId: 'x' })).toBeNull()
    expect(people()).toEqual([])
    await clock.pass(OVERDUE_MS + LOOK_MS)
    expect(arrive(ADA, { clientId: 'x' })).not.toBeNull()
  })

  it('ends with what has allowed it, and says why', () => {
    const { presence } = createFixture()
    let end: (why: ChatError) => void = () => {}
    let stopped = 0
    const watch = (onEnd: typeof end) => {
      end = onEnd
      return () => void stopped++
    }
    const lease = presence.arrive({ clientId: 'x', person: ADA, owner: 'p1', quietMs: 1, watch })
    const whys: unknown[] = []
    if (lease) presence.hold(lease, (why) => whys.push(why))
    const why = { code: 'not-signed-in' } as ChatError
    end(why)
    expect(whys).toEqual([why])
    expect(stopped).toBe(1)
    expect(presence.find(ADA, 'x')).toBeUndefined()
  })
})

describe('the state', () => {
  it('has a person once, however many tabs they have, here as long as one of them is', async () => {
    const { clock, presence, come, people } = createFixture()
    come(ADA)
    const second = come(ADA)
    come(BOB)
    await clock.pass(COALESCE_MS)
    expect(people()).toEqual(['Ada here', 'Bob here'])
    await clock.pass(RENEW_MS)
    presence.renew(second)
    await clock.pass(OVERDUE_MS + LOOK_MS)
    expect(people()).toEqual(['Ada here', 'Bob silent'])
  })

  it('counts visitors and does not name them, not even when they type', async () => {
    const { clock, presence, come } = createFixture()
    come(null)
    presence.update(come(null), { typing: true })
    await clock.pass(COALESCE_MS)
    expect(presence.here).toEqual({ people: [], unlisted: 0, visitors: 2, typing: [] })
  })

  it('does not count who has signed in as a visitor too', async () => {
    const { clock, presence, come } = createFixture()
    const ends: string[] = []
    presence.hold(come(null, { clientId: 'x' }), () => ends.push('as a visitor'))
    come(ADA, { clientId: 'x' })
    await clock.pass(COALESCE_MS)
    expect(presence.here).toMatchObject({ people: [{ name: 'Ada' }], visitors: 0 })
    expect(ends).toEqual(['as a visitor'])
  })

  it('is not for others to change: a tab is its own person’s', async () => {
    const { clock, presence, come, people } = createFixture()
    come(ADA, { clientId: 'x' })
    come(BOB, { clientId: 'x' })
    come(null, { clientId: 'x' })
    const bobs = presence.find(BOB, 'x')
    if (bobs) presence.update(bobs, { leaving: true })
    await clock.pass(COALESCE_MS)
    expect(people()).toEqual(['Ada here'])
    expect(presence.here.visitors).toBe(1)
  })

  it('shows who types until they stop, send, or go', async () => {
    const { clock, presence, come } = createFixture()
    const ada = come(ADA)
    const typing = () => presence.here.typing
    presence.update(ada, { typing: true })
    await clock.pass(COALESCE_MS)
    expect(typing()).toEqual(['Ada'])
    await clock.pass(TYPING_MS - COALESCE_MS - 1)
    expect(typing()).toEqual(['Ada'])
    await clock.pass(1 + LOOK_MS)
    expect(typing()).toEqual([])

    for (const stop of [
      () => presence.update(ada, { typing: false }),
      () => presence.stopTyping(ADA),
      () => presence.update(ada, { leaving: true }),
    ]) {
      presence.update(ada, { typing: true })
      await clock.pass(COALESCE_MS)
      expect(typing()).toEqual(['Ada'])
      stop()
      await clock.pass(COALESCE_MS)
      expect(typing()).toEqual([])
    }
  })

  it(`lists at most ${MAX_LISTED} people, and counts the others`, async () => {
    const { clock, presence, come } = createFixture()
    for (let i = 0; i < MAX_LISTED + 7; i++) come({ id: `q${i}`, name: `Person ${i}` })
    await clock.pass(COALESCE_MS)
    expect(presence.here.people).toHaveLength(MAX_LISTED)
    expect(presence.here.unlisted).toBe(7)
  })
})

describe('telling', () => {
  it('is at once after a quiet time, and once for a crowd', async () => {
    const { clock, presence, come, notifications } = createFixture()
    for (let i = 0; i < 100; i++) come({ id: `q${i}`, name: `Person ${i}` })
    expect(presence.here.people).toHaveLength(1)
    await clock.pass(COALESCE_MS)
    expect(presence.here.people).toHaveLength(100)
    expect(notifications).toHaveLength(2)
  })

  it('is left out when it comes to the same', async () => {
    const { clock, presence, come, notifications } = createFixture()
    come(ADA)
    await clock.pass(COALESCE_MS)
    come(ADA)
    const visitor = come(null)
    presence.update(visitor, { leaving: true })
    await clock.pass(COALESCE_MS)
    const told = notifications.length
    come(ADA)
    await clock.pass(10 * COALESCE_MS)
    expect(notifications).toHaveLength(told)
  })

  it('gives all who know as much the identical page, and a new one with each version', async () => {
    const { clock, presence, come } = createFixture()
    come(ADA)
    const page: Page = { messages: [], cursor: 'e:3' as Cursor, gap: false, more: false }
    const first = presence.page(page, null)
    expect(first).toMatchObject({ cursor: `e:3.${presence.version}`, here: { people: [{ name: 'Ada' }] } })
    expect(presence.page(page, 12_345)).toBe(first)
    const told = presence.page(page, versionIn(first.cursor))
    expect(told).toEqual({ ...page, cursor: first.cursor })
    expect(presence.page(page, presence.version)).toBe(told)
    await clock.pass(COALESCE_MS)
    come(BOB)
    await clock.pass(COALESCE_MS)
    expect(presence.page(page, versionIn(first.cursor)).here?.people).toHaveLength(2)
  })
})

describe('bounds', () => {
  it(`are ${MAX_LEASES_PER_OWNER} tabs of one owner in all rooms together, and a place that is free again can be had`, async () => {
    const { clock, presences, presence, come, arrive } = createFixture()
    const elsewhere = presences.of('garden')
    const first = come(null, { owner: '10.0.0.9' })
    for (let i = 1; i < MAX_LEASES_PER_OWNER; i++) {
      const where = i % 2 ? elsewhere : presence
      expect(
        where.arrive({
          clientId: `u${i}`,
          person: null,
          owner: '10.0.0.9',
          quietMs: 60_000,
          watch: () => () => {},
        }),
      ).not.toBeNull()
    }
    expect(arrive(null, { owner: '10.0.0.9' })).toBeNull()
    expect(arrive(null, { owner: '10.0.0.10' })).not.toBeNull()
    presence.update(first, { leaving: true })
    await clock.pass(OVERDUE_MS + LOOK_MS)
    expect(arrive(null, { owner: '10.0.0.9' })).not.toBeNull()
  })

  it(`are ${MAX_LEASES} leases in one room`, () => {
    const { arrive } = createFixture()
    for (let i = 0; i < MAX_LEASES; i++) expect(arrive(null, { owner: `10.0.${i}` })).not.toBeNull()
    expect(arrive(null, { owner: 'another user' })).toBeNull()
  })

  it('leave nothing behind: no room, no timer', async () => {
    const { clock, presences, presence, come } = createFixture()
    presences.of('garden')
    presence.update(come(ADA), { typing: true })
    await clock.pass(RENEW_MS + OVERDUE_MS + SILENT_MS + 2 * LOOK_MS)
    expect(presences.find('garden')).toBeUndefined()
    presences.close()
    expect(clock.alarms).toBe(0)
  })
})
