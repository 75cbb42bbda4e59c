/** Servers of one log that is trimmed: what is kept, who takes a copy of whom, and what readers see of it. */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createRecordsApplier } from '../../../people/shared/applier.ts'
import { createTables } from '../../../people/shared/tables.ts'
import { gone } from '../../../store/engine/engine.ts'
import { createMemoryLog, type MemoryLog } from '../../../store/engine/memory.ts'
import { createMemoryRequests, type MemoryRequests } from '../../../store/engine/requests/requests.ts'
import { createMemoryStore } from '../../../store/memory.ts'
import type { Store } from '../../../store/store.ts'
import { type ControlledEngine, controlled } from '../../../verify/engines/controlled.ts'
import { createManualClock, type ManualClock } from '../../../verify/kit/manual-clock.ts'
import type { Note, Page } from '../../../wire/message.ts'
import { Hub, type HubOptions } from '../../hub.ts'
import type { PeerEvent } from './peers.ts'
import { type Question, questionIn, standingIn, toBytes } from './questions.ts'

interface Server {
  readonly hub: Hub
  readonly engine: ControlledEngine
  readonly way: ReturnType<MemoryRequests['open']>
  readonly store: Store
  readonly events: PeerEvent[]
  readonly troubles: (string | undefined)[]
  /** The engine says that what comes next is gone, as it does to a server that stood still. */
  losePlace(): void
}

interface World {
  readonly log: MemoryLog
  readonly requests: MemoryRequests
  readonly clock: ManualClock
  /** @param store one in memory that is said to be on a disk, unless given */
  server(store?: Store, options?: HubOptions): Server
}

/** A store in memory that says it is on a disk. */
const onDisk = (store: Store = createMemoryStore()): Store =>
  Object.create(store, { isOnDisk: { value: true } }) as Store

const running: Hub[] = []
afterEach(async () => {
  for (const hub of running.splice(0)) await hub.close()
})

function createWorld(): World {
  const [log, requests, clock] = [createMemoryLog(), createMemoryRequests(), createManualClock()]
  return {
    ...{ log, requests, clock },
    server(store = onDisk(), options = {}) {
      const [inner, way] = [controlled(log.open()), requests.open()]
      let losePlace = () => {}
      const follow: ControlledEngine['follow'] = (after, follower) => {
        const stop = inner.follow(after, follower)
        losePlace = () => {
          stop()
          follower.onEnd(gone(after + 1))
        }
        return stop
      }
      const engine = Object.create(inner, { follow: { value: follow } }) as ControlledEngine
      const events: PeerEvent[] = []
      const troubles: (string | undefined)[] = []
      const hub = new Hub({
        ...{ store, engine, requests: way },
        after: (ms, act) => clock.after(ms, act),
        peers: {
          ...{ keepMs: KEEP_MS, keepAloneMs: KEEP_ALONE_MS, everyMs: EVERY_MS },
          now: () => clock.now(),
          askMs: 0,
        },
        onPeerEvent: (event) => events.push(event),
        onTrouble: (cause) => troubles.push(cause?.message),
        ...options,
      })
      running.push(hub)
      return { hub, engine: inner, way, store, events, troubles, losePlace: () => losePlace() }
    },
  }
}

/** A hundredth and less of what it is: each second of it is lived through. */
const KEEP_MS = 20_000
const KEEP_ALONE_MS = 60_000
const EVERY_MS = 2_000
/** Longer than it takes each server to look. */
const LOOK_MS = 4 * EVERY_MS

let drafts = 0
const say = ({ hub }: Pick<Server, 'hub'>, text: string, note?: Note) =>
  hub
    .room('lobby')
    .publish({ draftId: `d${drafts++}`, author: 'ada', authorId: 'a1', text, ...(note && { note }) })
const texts = ({ messages }: Page) => messages.map(({ seq, text }) => `${seq} ${text}`)
const at = ({ hub }: Pick<Server, 'hub'>) => texts(hub.room('lobby').read(null))
const settled = (all: readonly Server[]) => Promise.all(all.map(({ hub }) => hub.caughtUp()))

/** The entries that the log still has, as text. */
async function keptIn(log: MemoryLog): Promise<string[]> {
  const engine = log.open()
  const kept: string[] = []
  for (let after = 0; after < (await engine.newest()); after++) {
    const one = await new Promise<string | null>((resolve) => {
      const stop = engine.follow(after, {
        onEntry: (_position, body) => {
          stop()
          resolve(Buffer.from(body).toString())
        },
        onEnd: () => resolve(null),
      })
    })
    if (one !== null) kept.push(one)
  }
  return kept
}

/** The log of some servers with a disk, trimmed, with three messages of which one was removed. */
async function trimmedWorld(count = 2) {
  const world = createWorld()
  const servers = Array.from({ length: count }, () => world.server())
  const [first] = servers as [Server]
  await say(first, 'words that must not stay')
  await say(first, 'b')
  await say(first, 'removed', { kind: 'removed', seq: 1 })
  await settled(servers)
  await world.clock.pass(KEEP_MS + LOOK_MS)
  return { world, servers, first }
}

describe('a log of servers that have it on their disks', () => {
  it('is trimmed of what is old enough, by one of them; and what was removed is gone from it', async () => {
    const { world, servers } = await trimmedWorld(3)
    expect(await keptIn(world.log)).toEqual([])
    expect(servers.flatMap(({ events }) => events)).toEqual([{ kind: 'trimmed', place: 3 }])
    await say(servers[0]!, 'young')
    await world.clock.pass(KEEP_MS / 2)
    expect(await keptIn(world.log)).toEqual([expect.stringContaining('young')])
  })

  it('is trimmed only behind the slowest', async () => {
    const world = createWorld()
    const servers = [0, 1, 2].map(() => world.server())
    await say(servers[0]!, 'a')
    await settled(servers)
    servers[2]!.engine.isHeldBack = true
    await say(servers[0]!, 'b')
    await world.clock.pass(KEEP_MS + LOOK_MS)
    expect(await keptIn(world.log)).toEqual([expect.stringContaining('"b"')])
    servers[2]!.engine.isHeldBack = false
    await world.clock.pass(3 * LOOK_MS)
    expect(await keptIn(world.log)).toEqual([])
    expect(at(servers[2]!)).toEqual(['1 a', '2 b'])
  })

  it('is trimmed by two at once without harm', async () => {
    const { world, servers } = await trimmedWorld()
    await say(servers[0]!, 'c')
    await settled(servers)
    // Neither hears that the other looks, nor that it has trimmed.
    for (const { way } of servers)
      vi.spyOn(way, 'askAll').mockImplementation(async (question, ms) => {
        const asked = { ...questionIn(question)!, trims: false } as Question
        const answers = await world.requests.open().askAll(toBytes(asked), ms)
        return answers.map((answer) => toBytes({ ...standingIn(answer)!, trimmed: 0 }))
      })
    await world.clock.pass(KEEP_MS + LOOK_MS)
    expect(servers.map(({ events }) => events.at(-1))).toEqual([
      { kind: 'trimmed', place: 4 },
      { kind: 'trimmed', place: 4 },
    ])
    await say(servers[1]!, 'd')
    expect(at(servers[0]!)).toEqual(at(servers[1]!))
  })

  it('is trimmed later where one server alone has a disk, and never where none has', async () => {
    for (const [stores, kept] of [
      [[onDisk(), createMemoryStore()], 0],
      [[createMemoryStore(), createMemoryStore()], 1],
    ] as const) {
      const world = createWorld()
      const servers = stores.map((store) => world.server(store))
      await say(servers[0]!, 'a')
      await settled(servers)
      await world.clock.pass(KEEP_ALONE_MS - LOOK_MS)
      expect(await keptIn(world.log)).toHaveLength(1)
      await world.clock.pass(2 * LOOK_MS)
      expect(await keptIn(world.log)).toHaveLength(kept)
    }
  })
})

describe('a server behind what was trimmed', () => {
  it('that is new takes a copy of another, with nothing in it that was removed, and goes on from there', async () => {
    const { world, servers, first } = await trimmedWorld()
    const late = world.server()
    await late.hub.caughtUp()
    expect(at(late)).toEqual(at(first))
    expect(JSON.stringify(late.store.read('lobby', 1, 9))).not.toContain('must not stay')
    expect(late.store.place()).toEqual(first.store.place())
    expect(late.events).toMatchObject([{ kind: 'taken', applied: 3, messages: 3 }])
    expect(servers.flatMap(({ events }) => events)).toContainEqual({ kind: 'given' })
    expect(await say(late, 'by the new one')).toMatchObject({ seq: 4 })
    await settled(servers)
    expect(at(first).at(-1)).toBe('4 by the new one')
    expect(late.hub.readiness).toMatchObject({ status: 'ok', applied: 4 })
  })

  it('that comes back takes one: its readers go on at their places, and see what was removed go', async () => {
    const { world, first } = await trimmedWorld()
    const frozen = world.server()
    await frozen.hub.caughtUp()
    await say(first, 'c')
    await settled([first, frozen])
    const room = frozen.hub.room('lobby')
    const before = room.read(null)
    const follower = room.follow(before.cursor, () => {})
    // It hears nothing, and is not heard.
    frozen.engine.isHeldBack = true
    frozen.way.isCut = true
    await say(first, 'd')
    await say(first, 'removed', { kind: 'removed', seq: 4 })
    await say(first, 'e')
    await world.clock.pass(KEEP_MS + LOOK_MS)
    const restarted = world.server(frozen.store) // its own place is in its store
    await frozen.hub.close()
    await restarted.hub.caughtUp()
    expect(at(restarted)).toEqual(at(first))
    expect(restarted.hub.room('lobby').read(before.cursor)).toMatchObject({ gap: false })
    follower.stop()
  })

  it('while readers are at it lets them read on, and then gives them each message once, without a gap', async () => {
    const { world, servers, first } = await trimmedWorld()
    const late = world.server()
    await late.hub.caughtUp()
    const room = late.hub.room('lobby')
    const got: string[] = []
    const follower = room.follow(null, () => {
      for (let page = follower.next(); page; page = follower.next()) {
        if (page.gap) got.push('a gap')
        got.push(...texts(page))
      }
    })
    follower.notify()
    const held = room.read(null).cursor
    late.engine.isHeldBack = true
    late.way.isCut = true
    for (const text of ['c', 'd']) await say(first, text)
    await settled(servers)
    await world.clock.pass(KEEP_MS + LOOK_MS)
    late.losePlace()
    late.engine.isHeldBack = false
    expect(late.hub.readiness).toMatchObject({ status: 'copying' })
    expect(at(late)).toEqual(['1 ', '2 b', '3 removed'])
    await expect(say(late, 'refused')).rejects.toMatchObject({
      code: 'not-stored',
      retryAfterS: expect.any(Number),
    })
    late.way.isCut = false
    await world.clock.pass(10_000)
    expect(late.hub.readiness).toMatchObject({ status: 'ok', applied: 5 })
    await say(first, 'e')
    await settled([late])
    expect(got).toEqual(['1 ', '2 b', '3 removed', '4 c', '5 d', '6 e'])
    expect(room.read(held)).toMatchObject({ gap: false, messages: [{ seq: 4 }, { seq: 5 }, { seq: 6 }] })
    follower.stop()
  })

  it('of which no other answers says so, is not ready, and takes one as soon as one answers', async () => {
    const { world, servers, first } = await trimmedWorld()
    for (const { way } of servers) way.isCut = true
    const late = world.server()
    await world.clock.pass(12_000)
    expect(late.hub.readiness).toMatchObject({ status: 'copying', applied: 0 })
    expect(late.troubles).toEqual([expect.stringContaining('no other server answers that has it; start one')])
    for (const { way } of servers) way.isCut = false
    await world.clock.pass(10_000)
    expect(at(late)).toEqual(at(first))
    expect(late.troubles.at(-1)).toBeUndefined()
  })

  it('asks another when the one that gave it a copy falls silent in the middle', async () => {
    const { world, servers, first } = await trimmedWorld()
    for (let i = 0; i < 40; i++) await say(first, `${i} `.repeat(3_000))
    await settled(servers)
    const late = world.server(onDisk(), {})
    const asked: string[] = []
    const { ask } = late.way
    vi.spyOn(late.way, 'ask').mockImplementation((server, question, ms) => {
      const { kind } = JSON.parse(Buffer.from(question).toString()) as { kind: string }
      if (kind === 'piece') asked.push(server)
      // The first of them is asked for one piece, and is gone.
      const isGone = server === asked[0] && asked.length > 1
      return isGone ? Promise.reject(new Error('it does not answer')) : ask(server, question, ms)
    })
    await late.hub.caughtUp()
    expect(new Set(asked).size).toBe(2)
    expect(late.store.read('lobby', 1, 100)).toEqual(first.store.read('lobby', 1, 100))
  })

  it('whose copy is too large for the engine’s way says so, and asks for no piece again until another server comes', async () => {
    const { world, servers, first } = await trimmedWorld()
    for (let i = 0; i < 40; i++) await say(first, `${i} `.repeat(3_000))
    await settled(servers)
    const way = Object.assign(world.requests.open(), { copyBytes: 1_048_576 / 4 })
    const ask = vi.spyOn(way, 'ask')
    const late = world.server(onDisk(), { requests: way })
    const pieces = () =>
      ask.mock.calls
        .filter(([, question]) => questionIn(question)?.kind === 'piece')
        .map(([server]) => server)
    await world.clock.pass(6_000)
    const asked = pieces()
    expect(new Set(asked).size).toBe(2)
    await world.clock.pass(60_000)
    expect(pieces()).toEqual(asked)
    expect(late.hub.readiness).toMatchObject({ status: 'copying' })
    expect(new Set(late.troubles)).toEqual(
      new Set([
        expect.stringMatching(/more than 0 MiB, the most that goes through this engine; stop this server/),
      ]),
    )
    way.copyBytes = 1_048_576
    const other = world.server()
    await world.clock.pass(30_000)
    expect(other.hub.readiness).toMatchObject({ status: 'ok' })
    expect(late.hub.readiness).toMatchObject({ status: 'ok' })
    expect(at(late)).toEqual(at(first))
  })

  it('holds the log back while it takes one: what it will need then is not trimmed', async () => {
    const { world, servers, first } = await trimmedWorld()
    for (let i = 0; i < 40; i++) await say(first, `${i} `.repeat(3_000))
    await settled(servers)
    const late = world.server()
    let goOn = () => {}
    const { ask } = late.way
    const waits = new Promise<void>((resolve) => (goOn = resolve))
    let pieces = 0
    vi.spyOn(late.way, 'ask').mockImplementation(async (server, question, ms) => {
      if (++pieces === 2) await waits
      return ask(server, question, ms)
    })
    await vi.waitFor(() => expect(pieces).toBe(2))
    await say(first, 'meanwhile')
    await settled(servers)
    await world.clock.pass(KEEP_MS + LOOK_MS)
    // By now all that the others have could go.
    goOn()
    await late.hub.caughtUp()
    expect(late.store.read('lobby', 44, 1)).toMatchObject([{ text: 'meanwhile' }])
    expect(late.events.map(({ kind }) => kind)).toEqual(['taken'])
    await world.clock.pass(LOOK_MS)
    expect(await keptIn(world.log)).toEqual([])
  })

  it('does not take a copy in another format, and says so', async () => {
    const { world, servers } = await trimmedWorld()
    for (const { way } of servers) way.isCut = true
    const other = world.requests.open()
    const about = { server: 'other', isOnDisk: true, gives: true, format: 2 }
    const standing = { ...about, needs: 0, has: 3, trimmed: 0 }
    other.serve('other', () => toBytes(standing))
    const late = world.server()
    await world.clock.pass(10_000)
    expect(late.troubles).toEqual([
      'the other servers give copies in the format 2, and this one reads 1; run the same version everywhere',
    ])
  })
})

describe('what is in memory of people', () => {
  it('follows a copy: what has gone is told as gone, and what has come or changed as what it is', async () => {
    const CATS = { kind: 'cat', keys: {} }
    const [here, there] = [createMemoryStore(), createMemoryStore()]
    here.records.put(['tom', 'kit', 'mia'].map((id) => ({ kind: 'cat', id, value: { id } })))
    there.records.put([
      { kind: 'cat', id: 'kit', value: { id: 'kit' } },
      { kind: 'cat', id: 'mia', value: { id: 'mia', age: 3 } },
      { kind: 'cat', id: 'new', value: { id: 'new' } },
    ])
    const tables = createTables(here.records, [CATS])
    const told: unknown[] = []
    tables.follow(CATS, (id, value) => {
      told.push([id, value])
      return undefined
    })
    createRecordsApplier(tables).replaced(there.records)
    expect(told).toEqual([
      ['tom', null],
      ['mia', { id: 'mia', age: 3 }],
      ['new', { id: 'new' }],
    ])
    expect(new Map(tables.all(CATS))).toEqual(new Map(there.records.all('cat')))
  })
})
