/** Presence over several servers: each reader counts once, wherever it asks, and not for longer than it should. */
import { beforeEach, describe, expect, it } from 'vitest'
import { createMemoryBus } from '../../store/engine/bus.ts'
import { createManualClock } from '../../verify/kit/manual-clock.ts'
import { COALESCE_MS, OVERDUE_MS, RENEW_MS, SILENT_MS } from '../../wire/presence.ts'
import { keyOf } from '../presence.ts'
import { Presences } from '../presences.ts'
import { BEAT_MS, SERVER_SILENT_MS } from './presence-link.ts'

const ADA = { id: 'p1', name: 'Ada' }
const BEN = { id: 'p2', name: 'Ben' }

let clock: ReturnType<typeof createManualClock>
let servers: ReturnType<typeof serverOn>[]
beforeEach(async () => {
  clock = createManualClock()
  const bus = createMemoryBus()
  servers = [0, 1, 2].map(() => serverOn(bus.open()))
  await clock.pass(1)
})

function serverOn(way: ReturnType<ReturnType<typeof createMemoryBus>['open']>) {
  const presences = new Presences({ clock, bus: way, now: clock.now })
  const presence = () => presences.of('lobby')
  return {
    way,
    presences,
    presence,
    come: (person: typeof ADA | null, clientId: string) =>
      presence().arrive({
        clientId,
        person,
        owner: person?.id ?? '10.0.0.1',
        quietMs: RENEW_MS,
        watch: () => () => {},
      }),
    update: (person: typeof ADA | null, clientId: string, update: { typing?: boolean; leaving?: boolean }) =>
      presences.update('lobby', [keyOf(person, clientId), keyOf(null, clientId)], update),
  }
}
const pass = (ms: number) => clock.pass(ms)
/** What is told is told to all by then. */
const told = () => pass(2 * COALESCE_MS)
const here = () => servers.map(({ presence }) => presence().here)
const names = () => here().map(({ people }) => people.map(({ name, state }) => `${name} ${state}`))
const visitors = () => here().map(({ visitors: count }) => count)

describe('a reader', () => {
  it('counts at every server, in the order in which they came, and all tell the same version', async () => {
    servers[1]!.come(BEN, 'b')
    await pass(5)
    servers[0]!.come(ADA, 'a')
    servers[2]!.come(null, 'v')
    await told()
    expect(names()).toEqual(Array(3).fill(['Ben here', 'Ada here']))
    expect(visitors()).toEqual([1, 1, 1])
    expect(new Set(servers.map(({ presence }) => presence().version)).size).toBe(1)
  })

  it('that asks another server each time counts once, and no reader is told of it', async () => {
    servers[0]!.come(ADA, 'a')
    servers[0]!.come(null, 'v')
    await pass(5)
    servers[2]!.come(BEN, 'b')
    await told()
    const { version } = servers[2]!.presence()
    for (let i = 1; i < 8; i++) {
      servers[i % 2]!.come(ADA, 'a')
      servers[(i + 1) % 2]!.come(null, 'v')
      servers[2]!.come(BEN, 'b')
      await pass(RENEW_MS / 2)
      expect([names(), visitors()]).toEqual([Array(3).fill(['Ada here', 'Ben here']), [1, 1, 1]])
    }
    expect(servers.map(({ presence }) => presence().version)).toEqual([version, version, version])
  })

  it('that has gone from all of them is silent and then gone at all of them, at the stated times', async () => {
    servers[0]!.come(ADA, 'a')
    await told()
    await pass(RENEW_MS + OVERDUE_MS + BEAT_MS)
    expect(names()).toEqual(Array(3).fill(['Ada silent']))
    await pass(SILENT_MS)
    expect(names()).toEqual([[], [], []])
  })

  it('has one line over all servers: the one that it had before is ended', async () => {
    const lease = servers[0]!.come(ADA, 'a')!
    const ends: string[] = []
    servers[0]!.presence().hold(lease, ({ code }) => ends.push(code))
    await told()
    servers[1]!.come(ADA, 'a')
    await told()
    expect(ends).toEqual(['silent'])
    expect(names()).toEqual(Array(3).fill(['Ada here']))
  })

  it('that comes to two servers at the same time is let go by one of them, and not by both', async () => {
    for (let i = 0; i < 5; i++) {
      servers[0]!.come(ADA, `a${i}`)
      servers[1]!.come(ADA, `a${i}`)
      await told()
      const leases = servers.map(({ presence }) => [...presence().leases].length)
      expect(leases.reduce((sum, count) => sum + count)).toBe(i + 1)
      expect(names()).toEqual(Array(3).fill(['Ada here']))
    }
  })

  it('that says at another server that it types, or goes, is heard', async () => {
    servers[0]!.come(ADA, 'a')
    await told()
    servers[1]!.update(ADA, 'a', { typing: true })
    await told()
    expect(here().map(({ typing }) => typing)).toEqual([['Ada'], ['Ada'], ['Ada']])
    servers[2]!.presence().stopTyping(ADA)
    await told()
    expect(here().map(({ typing }) => typing)).toEqual([[], [], []])
    servers[1]!.update(ADA, 'a', { leaving: true })
    await told()
    expect(names()).toEqual([[], [], []])
    expect(servers[0]!.come(ADA, 'a'), 'a poll that was on its way').toBeNull()
  })
})

describe('a server', () => {
  it('that ends in order takes its readers with it at once', async () => {
    servers[0]!.come(ADA, 'a')
    servers[1]!.come(BEN, 'b')
    await told()
    servers[0]!.presences.close()
    await told()
    expect(names().slice(1)).toEqual([['Ben here'], ['Ben here']])
  })

  it('that dies takes its readers off within the stated time, and not sooner', async () => {
    servers[0]!.come(ADA, 'a')
    servers[1]!.come(BEN, 'b')
    await told()
    servers[0]!.way.isCut = true
    await pass(SERVER_SILENT_MS - BEAT_MS - 2 * COALESCE_MS)
    expect(names()[1]).toEqual(['Ada here', 'Ben here'])
    await pass(2 * BEAT_MS + 2 * COALESCE_MS)
    expect(names().slice(1)).toEqual([['Ben here'], ['Ben here']])
    // It was only cut off, and comes back with what has changed meanwhile.
    servers[0]!.come(null, 'v')
    servers[0]!.way.isCut = false
    await pass(BEAT_MS + 2 * COALESCE_MS)
    expect(names().map((list) => list.sort())).toEqual(Array(3).fill(['Ada here', 'Ben here']))
    expect(visitors()).toEqual([1, 1, 1])
  })

  it('that has missed something asks for the whole at the next beat', async () => {
    servers[2]!.way.isCut = true
    servers[0]!.come(ADA, 'a')
    servers[1]!.come(BEN, 'b')
    await told()
    servers[2]!.way.isCut = false
    expect(names()[2]).toEqual([])
    await pass(BEAT_MS + 2 * COALESCE_MS)
    expect(names()[2]!.sort()).toEqual(['Ada here', 'Ben here'])
  })

  it('that comes later is told who is here', async () => {
    servers[0]!.come(ADA, 'a')
    servers[0]!.come(null, 'v')
    await told()
    servers[0]!.update(null, 'v', { leaving: true })
    await told()
    servers[1]!.presences.close()
    const bus = servers[1]!.way
    servers[1] = serverOn(bus)
    await told()
    expect(names()[1]).toEqual(['Ada here'])
    expect(servers[1]!.presence().version).toBe(servers[0]!.presence().version)
  })

  it('is not disturbed by what no server has said', async () => {
    servers[0]!.come(ADA, 'a')
    await told()
    for (const body of ['', 'null', '7', '{}', '{"from":7}', '{"from":"x","kind":"odd"}'])
      servers[1]!.way.publish(new TextEncoder().encode(body))
    await told()
    expect(names()).toEqual(Array(3).fill(['Ada here']))
  })
})
