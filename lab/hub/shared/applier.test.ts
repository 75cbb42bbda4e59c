/**
 * Any interleaving of what servers append gives the same rooms at each: messages, numbers, refusals. The same as one room
 * alone would have made of it; and a rule that looks at anything but the log is found out.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createMemoryLog } from '../../store/engine/memory.ts'
import { createTurnReader, entriesOf } from '../../store/engine/turn.ts'
import { createMemoryStore } from '../../store/memory.ts'
import { openSqliteStore } from '../../store/sqlite.ts'
import type { Store } from '../../store/store.ts'
import { change, ROOMS } from '../../verify/engines/any-change.ts'
import { ChatError } from '../../wire/errors.ts'
import { Hub } from '../hub.ts'
import { type Applier, createApplier } from './applier.ts'
import { type Outcome, outcomeOf, type Publish, type SharedLimits } from './rule.ts'

const SERVERS = 3
const LIMITS: SharedLimits = { maxRooms: 2, maxFileBytes: 12, maxAllFileBytes: 16 }
const KEEP_ALL = 1_000

/** So that the properties find it: 30 turns of up to 4 changes, over 3 rooms of which 2 may be. */
const turns = fc.array(
  fc.record({ server: fc.nat(SERVERS - 1), changes: fc.array(change, { minLength: 1, maxLength: 4 }) }),
  { maxLength: 30 },
)
type Turns = readonly { readonly server: number; readonly changes: readonly Publish[] }[]

/** A server: its store, and what it would tell its writers, by the place of the entry. */
interface Server {
  readonly store: Store
  readonly outcomes: Map<number, Outcome[]>
}

/** By what a server applies: soundly, or with a mistake. */
interface Kind {
  readonly name: string
  /** @param took what this server appends, as it does so */
  applierOf(server: number, store: Store, log: string): Applier & { took?(changes: readonly Publish[]): void }
}
const sound: Kind = { name: 'sound', applierOf: (_server, store, log) => createApplier(store, log, LIMITS) }

/** A hub opens a room before it is written in, and counts it then; so the comparison with one is without that limit. */
const roomy: Kind = {
  name: 'with room for all rooms',
  applierOf: (_server, store, log) => createApplier(store, log, { ...LIMITS, maxRooms: ROOMS.length }),
}

/** All servers append their turns, in the order that is given, and follow. The last one ends half way, and begins again from its store. */
async function run(said: Turns, kind: Kind, keep: number): Promise<Server[]> {
  const log = createMemoryLog()
  const trouble: string[] = []
  const servers = Array.from({ length: SERVERS }, (_, i) => {
    const engine = log.open()
    const store = createMemoryStore({ keep })
    const outcomes = new Map<number, Outcome[]>()
    const start = () => {
      const [applier, reader] = [kind.applierOf(i, store, engine.log), createTurnReader()]
      const stop = engine.follow(store.place()?.followAfter ?? 0, {
        onEntry(position, body) {
          const changes = reader.read(position, body) as Publish[]
          outcomes.set(position, applier.apply(position, changes, reader.restartAfter()))
        },
        onEnd: (why) => trouble.push(why.message),
      })
      return { applier, stop }
    }
    return { engine, store, outcomes, start, running: start() }
  })
  const last = servers.at(-1)!
  for (const [i, { server, changes }] of said.entries()) {
    const { engine, running } = servers[server]!
    running.applier.took?.(changes)
    for (const entry of entriesOf(changes, `t${i}`)) await engine.append(entry)
    if (i !== said.length >> 1) continue
    last.running.stop()
    last.running = last.start()
  }
  await new Promise((resolve) => setTimeout(resolve, 0)) // the log in memory has told its followers by then
  expect(trouble).toEqual([])
  return servers
}

/** All that can be read at a server, as text. */
function roomsAt({ store }: Pick<Server, 'store'>): string[] {
  return ROOMS.map((room) => {
    const { oldest, newest } = store.open(room)
    return JSON.stringify([room, oldest, newest, store.read(room, 1, KEEP_ALL), store.fileBytes(room)])
  })
}

async function agree(said: Turns, kind: Kind, keep: number): Promise<Server[]> {
  const servers = await run(said, kind, keep)
  for (const other of servers.slice(1)) {
    expect(roomsAt(other)).toEqual(roomsAt(servers[0]!))
    expect([...other.outcomes]).toEqual([...servers[0]!.outcomes])
  }
  return servers
}

const RUNS = { numRuns: 60 }

describe('the servers of one log', () => {
  it('have the same rooms and numbers, and told their writers the same, whatever they append and when', async () => {
    await fc.assert(
      fc.asyncProperty(
        turns,
        fc.constantFrom(KEEP_ALL, 3),
        async (said, keep) => void (await agree(said, sound, keep)),
      ),
      RUNS,
    )
  })

  it('have what one server alone would have made of the same drafts in that order', async () => {
    await fc.assert(
      fc.asyncProperty(turns, async (said) => {
        const [server] = await agree(said, roomy, KEEP_ALL)
        let now = 0
        const store = createMemoryStore()
        const hub = new Hub({
          ...{ store, now: () => now },
          ...{ maxFileBytes: LIMITS.maxFileBytes, maxAllFileBytes: LIMITS.maxAllFileBytes },
          defer: (act) => queueMicrotask(act),
        })
        const alone: string[] = []
        for (const { room, draft, at, bytes } of said.flatMap(({ changes }) => changes)) {
          now = at
          try {
            const file = bytes === undefined ? undefined : new Uint8Array(Buffer.from(bytes, 'base64'))
            alone.push(JSON.stringify(await hub.room(room).publish(draft, file)))
          } catch (error) {
            if (!(error instanceof ChatError)) throw error
            alone.push(error.code)
          }
        }
        const together = [...server!.outcomes.values()]
          .flat()
          .map((outcome) =>
            'message' in outcome
              ? JSON.stringify(outcome.message)
              : outcome.kind === 'refused' && outcome.code,
          )
        expect(together).toEqual(alone)
        expect(roomsAt(server!)).toEqual(roomsAt({ store }))
      }),
      RUNS,
    )
  })

  it('see within an entry what came before: a turn is the same as one entry, and as an entry for each draft', () => {
    // One room and few messages, so that drafts of one turn are about each other: a removal frees the place of a file.
    const crowded = fc.array(
      change.map((one) => ({ ...one, room: 'lobby' })),
      { minLength: 4, maxLength: 16 },
    )
    fc.assert(
      fc.property(crowded, (changes) => {
        const [together, apart] = [createMemoryStore(), createMemoryStore()]
        const [one, many] = [together, apart].map((store) => createApplier(store, 'log', LIMITS))
        const outcomes = changes.flatMap((single, i) => many!.apply(i + 1, [single]))
        expect(one!.apply(1, changes)).toEqual(outcomes)
        expect(roomsAt({ store: together })).toEqual(roomsAt({ store: apart }))
      }),
      { numRuns: 300 },
    )
  })

  it('have the same in SQLite as in memory', () => {
    fc.assert(
      fc.property(turns, fc.constantFrom(KEEP_ALL, 3), (said, keep) => {
        const stores = [createMemoryStore({ keep }), openSqliteStore(':memory:', { keep })]
        const [memory, sqlite] = stores.map((store) => {
          const applier = createApplier(store, 'log', LIMITS)
          return [
            said.map(({ changes }, i) => applier.apply(i + 1, changes)),
            roomsAt({ store }),
            store.place(),
          ]
        })
        expect(sqlite).toEqual(memory)
        for (const store of stores) store.close()
      }),
      { numRuns: 20 },
    )
  })

  it('pass an entry that they have applied: what was refused then might be taken now', () => {
    const store = createMemoryStore()
    const applier = createApplier(store, 'log', LIMITS)
    const say = (text: string): Publish => ({
      kind: 'publish',
      room: 'lobby',
      at: 0,
      draft: { draftId: text, author: 'ada', text },
    })
    const edit = {
      ...say('edit'),
      draft: { ...say('edit').draft, note: { kind: 'edited' as const, seq: 1 } },
    }
    expect(applier.apply(1, [edit])).toMatchObject([{ kind: 'refused', code: 'not-found' }])
    applier.apply(2, [say('hello')])
    expect(applier.apply(1, [edit])).toEqual([])
    expect(store.open('lobby').newest).toBe(1)
    expect(store.place()).toEqual({ log: 'log', applied: 2, followAfter: 2 })
  })

  it('store nothing of an entry when the store fails, and all of it when it comes again', () => {
    const kept = createMemoryStore()
    let isFull = true
    const store: Store = {
      ...kept,
      append(...args) {
        if (isFull) throw new Error('the disk is full')
        kept.append(...args)
      },
    }
    const applier = createApplier(store, 'log', LIMITS)
    const say: Publish = {
      kind: 'publish',
      room: 'lobby',
      at: 0,
      draft: { draftId: 'd', author: 'ada', text: 'hello' },
    }
    expect(() => applier.apply(1, [say])).toThrow('the disk is full')
    expect([kept.open('lobby').newest, kept.place()]).toEqual([0, null])
    isFull = false
    expect(applier.apply(1, [say])).toMatchObject([{ kind: 'published', message: { seq: 1 } }])
  })
})

/** Draft of a change, in its room. */
const keyOf = ({ room, draft }: Publish) => `${room}/${draft.author}/${draft.draftId}`

const withoutPlace = (store: Store): Store => ({
  ...store,
  get rooms() {
    return store.rooms
  },
  append: (batch) => store.append(batch),
  place: () => null,
})

const DEFECTS: readonly Kind[] = [
  {
    name: 'a rule that reads the clock of its own server',
    applierOf: (server, store, log) =>
      createApplier(store, log, LIMITS, (change, ...rest) =>
        outcomeOf({ ...change, at: change.at + server }, ...rest),
      ),
  },
  {
    name: 'a rule that asks how much room its own server has',
    applierOf: (server, store, log) =>
      createApplier(store, log, { ...LIMITS, maxAllFileBytes: LIMITS.maxAllFileBytes - server }),
  },
  {
    name: 'drafts that are known for as long as the process lives',
    applierOf(_server, store, log) {
      const seen = new Set<string>()
      return createApplier(store, log, LIMITS, (change, view, limits) => {
        const isSeen = seen.has(keyOf(change))
        seen.add(keyOf(change))
        return outcomeOf(change, isSeen ? view : { ...view, find: () => null }, limits)
      })
    },
  },
  {
    name: 'numbers that are given when a draft is appended',
    applierOf(_server, store, log) {
      const promised = new Map<string, number>()
      const applier = createApplier(store, log, LIMITS, (change, ...rest) => {
        const outcome = outcomeOf(change, ...rest)
        const seq = promised.get(keyOf(change))
        return outcome.kind === 'published' && seq !== undefined
          ? { ...outcome, message: { ...outcome.message, seq } }
          : outcome
      })
      return {
        ...applier,
        took(changes) {
          for (const change of changes) promised.set(keyOf(change), store.open(change.room).newest + 1)
        },
      }
    },
  },
  {
    name: 'a writer whose own drafts are applied before they come back',
    applierOf(_server, store, log) {
      const applier = createApplier(store, log, LIMITS)
      let place = 0
      const own = new Set<string>()
      return {
        took(changes) {
          applier.apply(++place, changes)
          for (const change of changes) own.add(JSON.stringify(change))
        },
        apply: (_position, changes) =>
          applier.apply(
            ++place,
            changes.filter((change) => !own.has(JSON.stringify(change))),
          ),
      }
    },
  },
  {
    name: 'a place that is kept apart from the messages, and lost',
    applierOf: (_server, store, log) => createApplier(withoutPlace(store), log, LIMITS),
  },
]

it.each(DEFECTS)('$name: found out', async (defect) => {
  const property = fc.asyncProperty(turns, async (said) => void (await agree(said, defect, KEEP_ALL)))
  const { failed } = await fc.check(property, { numRuns: 300, seed: 14, endOnFailure: true })
  expect(failed).toBe(true)
})
