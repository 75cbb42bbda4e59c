/**
 * Mistakes that an engine's file can have, made on purpose in the one in memory, and the case that must notice each.
 * A suite that was never seen red proves nothing.
 */
import type { Engine, LogFollower, Position } from '../../store/engine/engine.ts'
import { createMemoryLog } from '../../store/engine/memory.ts'
import type { EngineLog } from './case.ts'

export interface EngineDefect {
  readonly name: string
  readonly caughtBy: string
  /** What the case says: it must fail for this reason and no other. */
  readonly says: RegExp
  open(): EngineLog
}

export const soundLog = (): EngineLog => altered(() => ({}))

/** A log each of whose ways is altered. @param alter is told which it is, from 0 */
function altered(alter: (engine: Engine, index: number) => Partial<Engine>): EngineLog {
  const log = createMemoryLog()
  let opened = 0
  return {
    async open() {
      const engine = log.open()
      return { ...engine, ...alter(engine, opened++) }
    },
    async close() {},
  }
}

/** One whose followers are told otherwise. */
const following = (alter: (follower: LogFollower) => Partial<LogFollower>) =>
  altered((engine) => ({
    follow: (after, follower) => engine.follow(after, { ...asPlain(follower), ...alter(follower) }),
  }))

/** The methods as fields, so that some can be put in the place of others. */
const asPlain = (follower: LogFollower): LogFollower => ({
  onEntry: (position, body) => follower.onEntry(position, body),
  onEnd: (why) => follower.onEnd(why),
})

const EVERYWHERE = 'what is appended comes to every follower, byte by byte, and to the writer too'
const ONE_ORDER = 'all followers get all entries of all servers in one order, each once, at growing places'
const BEFORE = 'an entry that was acknowledged lies before all that is appended later, at whatever server'
const AFTER = 'a follower gets what comes after its place, and nothing of before'
const BETWEEN = 'no entry falls between what was there and what is new'
const AGAIN = 'an entry that is sent again under its id is there once, and has the place that it had'
const TWICE = 'the same entry that is sent twice at once is there once'
const LONG = 'an entry may have 256 KiB, and one that is longer is refused and not in the log'
const TRIM = 'trimming takes what lies before a place; a follower that needs it is told, and all others go on'
const TO_ITS_END = 'a log that was trimmed to its end goes on from there'
const ERASED = 'what was erased comes to no follower, and one that needs it is told'
const AHEAD = 'a follower at a place that the log does not have is told so, and does not wait there'
const STOPPED = 'a follower that was stopped is told nothing more, and others are'
const NOT_TAKEN =
  'an entry that a follower could not take is not passed: it ends there, and can go on from its place'
const NAME = 'all ways to one log give it one name, by which a cursor can be told from those of other logs'
const CLOSED = 'a way to the log that is closed takes nothing more and says so, and others stay open'
const APPENDS = 'a follower may append while it is told, and is told of that too'

/** Follows on behind an entry that is gone, as if it had never been. */
function passOver(engine: Engine, after: Position, follower: LogFollower): () => void {
  let at = after
  let stop = () => {}
  const begin = (from: Position) => {
    stop = engine.follow(from, {
      onEntry(position, body) {
        follower.onEntry(position, body)
        at = position
      },
      onEnd(why) {
        if ((why as { code?: string }).code === 'gone') begin(++at)
        else follower.onEnd(why)
      },
    })
  }
  begin(after)
  return () => stop()
}

let unique = 0

export const ENGINE_DEFECTS: readonly EngineDefect[] = [
  {
    name: 'bytes that went through a string',
    caughtBy: EVERYWHERE,
    says: /the bytes of the entry/,
    open: () =>
      altered((engine) => ({
        append: ({ id, body }) =>
          engine.append({ id, body: new TextEncoder().encode(Buffer.from(body).toString('utf8')) }),
      })),
  },
  {
    name: 'a writer that is not told of its own entries',
    caughtBy: EVERYWHERE,
    says: /every|a follower waits/,
    open: () =>
      altered((engine) => {
        const own = new Set<Uint8Array>()
        return {
          append(entry) {
            own.add(entry.body)
            return engine.append(entry)
          },
          follow: (after, follower) =>
            engine.follow(after, {
              ...asPlain(follower),
              onEntry: (position, body) => own.has(body) || follower.onEntry(position, body),
            }),
        }
      }),
  },
  {
    name: 'places that each server counts by itself',
    caughtBy: ONE_ORDER,
    says: /what was acknowledged, by place/,
    open: () =>
      altered((engine) => {
        let count = 0
        return {
          async append(entry) {
            await engine.append(entry)
            return ++count
          },
        }
      }),
  },
  {
    name: 'entries that are handed over without a queue',
    caughtBy: ONE_ORDER,
    says: /by place|a place/,
    open: () =>
      following((follower) => ({
        onEntry: (position, body) =>
          void setTimeout(() => follower.onEntry(position, body), position % 2 === 0 ? 20 : 0),
      })),
  },
  {
    name: 'entries that come twice after a reconnect',
    caughtBy: ONE_ORDER,
    says: /by place|a place/,
    open: () =>
      following((follower) => ({
        onEntry(position, body) {
          follower.onEntry(position, body)
          if (position === 3) follower.onEntry(position, body)
        },
      })),
  },
  {
    name: 'an acknowledgement before the entry is in the log',
    caughtBy: BEFORE,
    says: /the newest place|the next place/,
    open: () =>
      altered((engine) => ({
        async append(entry) {
          const position = (await engine.newest()) + 1
          setTimeout(() => engine.append(entry).catch(() => {}), 20)
          return position
        },
      })),
  },
  {
    name: 'a follower that is given only what is new',
    caughtBy: AFTER,
    says: /what came after place 0/,
    open: () =>
      altered((engine) => {
        const log = { newest: 0 }
        return {
          async append(entry) {
            log.newest = await engine.append(entry)
            return log.newest
          },
          follow(after, follower) {
            let stop = () => {}
            void engine.newest().then((newest) => {
              stop = engine.follow(Math.max(after, newest), follower)
            })
            return () => stop()
          },
        }
      }),
  },
  {
    name: 'a follower that is given the entry at its place once more',
    caughtBy: AFTER,
    says: /what came after place 1/,
    open: () =>
      altered((engine) => ({
        follow: (after, follower) => engine.follow(Math.max(0, after - 1), follower),
      })),
  },
  {
    name: 'to read what is there, and to subscribe afterwards',
    caughtBy: BETWEEN,
    says: /what came|what a follower waits for/,
    open: () =>
      altered((engine) => ({
        follow(after, follower) {
          let stop = () => {}
          void engine.newest().then((newest) => {
            const stopReading = engine.follow(after, {
              ...asPlain(follower),
              onEntry(position, body) {
                follower.onEntry(position, body)
                if (position < newest) return
                stopReading()
                setTimeout(async () => {
                  stop = engine.follow(await engine.newest(), follower)
                }, 0)
              },
            })
          })
          return () => stop()
        },
      })),
  },
  {
    name: 'an id for each attempt',
    caughtBy: AGAIN,
    says: /its place/,
    open: () =>
      altered((engine) => ({ append: ({ body }) => engine.append({ id: `attempt-${unique++}`, body }) })),
  },
  {
    name: 'a place for each attempt, although the entry is there once',
    caughtBy: AGAIN,
    says: /its place/,
    open: () =>
      altered((engine) => ({
        async append(entry) {
          const before = await engine.newest()
          await engine.append(entry)
          return before + 1
        },
      })),
  },
  {
    name: 'to look for the id first, and to append after a wait',
    caughtBy: TWICE,
    says: /the place of both/,
    open() {
      const known = new Map<string, Position>()
      return altered((engine) => ({
        async append({ id, body }) {
          await engine.newest()
          if (known.has(id)) return known.get(id)!
          await engine.newest()
          known.set(id, await engine.append({ id: `looked-${unique++}`, body }))
          return known.get(id)!
        },
      }))
    },
  },
  {
    name: 'an entry that is cut short',
    caughtBy: LONG,
    says: /the lengths/,
    open: () =>
      altered((engine) => ({
        append: ({ id, body }) =>
          engine.append({ id, body: body.length > 262_144 ? body : body.subarray(0, 262_143) }),
      })),
  },
  {
    name: 'a longer entry that is taken as two',
    caughtBy: LONG,
    says: /an entry that is too long/,
    open: () =>
      altered((engine) => ({
        async append({ id, body }) {
          const first = await engine.append({ id, body: body.subarray(0, 262_144) })
          if (body.length <= 262_144) return first
          return engine.append({ id: `${id}-more`, body: body.subarray(262_144) })
        },
      })),
  },
  {
    name: 'to pass over what was trimmed',
    caughtBy: TRIM,
    says: /its end|a follower waits/,
    open: () => altered((engine) => ({ follow: (after, to) => passOver(engine, after, to) })),
  },
  {
    name: 'to trim all where nothing was to be trimmed, as NATS purges at sequence 0 and 1',
    caughtBy: TRIM,
    says: /its end: gone/,
    open: () =>
      altered((engine) => ({
        trim: async (before) => engine.trim(before > 1 ? before : (await engine.newest()) + 1),
      })),
  },
  {
    name: 'to trim one entry too many',
    caughtBy: TRIM,
    says: /its end: gone/,
    open: () => altered((engine) => ({ trim: (before) => engine.trim(before + 1) })),
  },
  {
    name: 'to trim one entry too few',
    caughtBy: TRIM,
    says: /its end/,
    open: () => altered((engine) => ({ trim: (before) => engine.trim(before - 1) })),
  },
  {
    name: 'a newest place that is looked up among the entries that are left',
    caughtBy: TO_ITS_END,
    says: /the newest place/,
    open() {
      let isEmpty = false
      return altered((engine) => ({
        async trim(before) {
          isEmpty = before > (await engine.newest())
          await engine.trim(before)
        },
        newest: async () => (isEmpty ? 0 : engine.newest()),
      }))
    },
  },
  {
    name: 'an end that moves when more is trimmed than is there',
    caughtBy: TO_ITS_END,
    says: /the newest place/,
    open() {
      let end = 0
      return altered((engine) => ({
        async trim(before) {
          end = before - 1
          await engine.trim(before)
        },
        newest: async () => Math.max(end, await engine.newest()),
      }))
    },
  },
  {
    name: 'to erase nothing',
    caughtBy: ERASED,
    says: /its end/,
    open: () => altered(() => ({ erase: async () => {} })),
  },
  {
    name: 'to pass over what was erased',
    caughtBy: ERASED,
    says: /its end/,
    open: () => altered((engine) => ({ follow: (after, to) => passOver(engine, after, to) })),
  },
  {
    name: 'to find that an entry is gone when the next one comes',
    caughtBy: ERASED,
    says: /its end/,
    open: () =>
      altered((engine) => ({
        follow(after, follower) {
          let at = after
          return engine.follow(after, {
            onEntry(position, body) {
              follower.onEntry(position, body)
              at = position
            },
            async onEnd(why) {
              if ((why as { code?: string }).code !== 'gone' || at + 1 !== (await engine.newest()))
                follower.onEnd(why)
            },
          })
        },
      })),
  },
  {
    name: 'to erase once and to fail the second time',
    caughtBy: ERASED,
    says: /no such entry/,
    open() {
      const done = new Set<Position>()
      return altered((engine) => ({
        async erase(position) {
          if (done.has(position)) throw new Error('no such entry')
          done.add(position)
          await engine.erase(position)
        },
      }))
    },
  },
  {
    name: 'to wait at a place that is not there',
    caughtBy: AHEAD,
    says: /its end/,
    open: () =>
      following((follower) => ({
        onEnd: (why) => (why as { code?: string }).code === 'other-log' || follower.onEnd(why),
      })),
  },
  {
    name: 'a follower that cannot be stopped',
    caughtBy: STOPPED,
    says: /what the stopped one got/,
    open: () =>
      altered((engine) => ({
        follow(after, follower) {
          engine.follow(after, follower)
          return () => {}
        },
      })),
  },
  {
    name: 'a failure that is swallowed, and the entry with it',
    caughtBy: NOT_TAKEN,
    says: /its end/,
    open: () =>
      following((follower) => ({
        onEntry(position, body) {
          try {
            follower.onEntry(position, body)
          } catch {
            // On with the next.
          }
        },
      })),
  },
  {
    name: 'a name for each way to the log',
    caughtBy: NAME,
    says: /the name of the log at another server/,
    open: () => altered((_engine, index) => ({ log: `log${index}` })),
  },
  {
    name: 'a follower that waits on when its way is closed',
    caughtBy: CLOSED,
    says: /its end/,
    open: () =>
      following((follower) => ({
        onEnd: (why) => (why as { code?: string }).code === 'closed' || follower.onEnd(why),
      })),
  },
  {
    name: 'one server that closes the log for all',
    caughtBy: CLOSED,
    says: /closed/,
    open() {
      const all: Engine[] = []
      return altered((engine) => {
        all.push(engine)
        return { close: async () => void (await Promise.all(all.map((one) => one.close()))) }
      })
    },
  },
  {
    name: 'an entry that its writer is given at once, within append',
    caughtBy: APPENDS,
    says: /what came/,
    open: () =>
      altered((engine) => {
        const followers = new Set<LogFollower>()
        const given = new Set<Uint8Array>()
        let last: Position = 0
        return {
          append(entry) {
            given.add(entry.body)
            for (const follower of followers) follower.onEntry(++last, entry.body)
            return engine.append(entry)
          },
          follow(after, follower) {
            followers.add(follower)
            return engine.follow(after, {
              ...asPlain(follower),
              onEntry(position, body) {
                last = position
                if (!given.has(body)) follower.onEntry(position, body)
              },
            })
          },
        }
      }),
  },
]
