/** Defects in how a server carries pages to its readers. */
import { setTimeout as pause } from 'node:timers/promises'
import type { pump } from '../../../server/transport-kit/pump.ts'
import { lineServer } from '../example/server.ts'
import { type Defect, withLab, withServer } from './defect.ts'

type Carry = typeof pump

/** What it takes to write down, in some database, that a reader waits. */
const NOTE_MS = 2

/** Looks, finds nothing, notes down that a reader waits, and only then subscribes. */
export const lookThenWait: Carry = (room, since, _sink, write) => {
  let cursor = since
  let isOver = false
  let stop = () => {}
  async function run() {
    while (!isOver) {
      const page = room.read(cursor)
      cursor = page.cursor
      if (page.messages.length > 0) write(page)
      if (page.more) continue
      await pause(NOTE_MS)
      await new Promise<void>((resolve) => {
        const follower = room.follow(cursor, resolve)
        stop = () => {
          follower.stop()
          resolve()
        }
        if (isOver) stop()
      })
      stop()
    }
  }
  void run()
  return () => {
    isOver = true
    stop()
  }
}

/** One page for each notification. */
const onePagePerRing: Carry = (room, since, _sink, write) => {
  const look = () => {
    const page = follower.next()
    if (page) write(page)
  }
  const follower = room.follow(since, look)
  look()
  return () => follower.stop()
}

/** Whatever `write` answers: the kernel will manage. */
export const withoutBackpressure: Carry = (room, since, _sink, write) => {
  const writeAll = () => {
    for (let page = follower.next(); page; page = follower.next()) write(page)
  }
  const follower = room.follow(since, writeAll)
  writeAll()
  return () => follower.stop()
}

/** A heartbeat that comes just then would be taken for a word. */
const standing = { now: () => 0, after: () => () => {} }

const lastBytes = new Map<string, string>()

export const serverDefects: readonly Defect[] = [
  {
    name: 'lost wake-up',
    story: 'It subscribes after reading the log, and something is awaited in between (phenomenon 34).',
    caughtBy: 'each message wakes those who wait, however they come to wait',
    says: /has heard \d+ messages/,
    subject: withServer(lineServer({ carry: lookThenWait })),
  },
  {
    name: 'one page for each ring',
    story: 'A notification is taken for a message: what came together is delivered one by one, or never.',
    caughtBy: 'all that is said in one turn of the event loop arrives',
    says: /has heard 350 messages/,
    subject: withServer(lineServer({ carry: onePagePerRing })),
  },
  {
    name: 'no backpressure',
    story:
      "`write() === false` is ignored, and the memory of the server is everybody's buffer (phenomenon 22).",
    caughtBy: 'a slow reader harms no other, and the server does not keep its messages for it',
    says: /what the server held/,
    subject: withServer(lineServer({ carry: withoutBackpressure })),
  },
  {
    name: 'no goodbye',
    story: 'The server is closed, so its streams will be too; and so they are, by force, a second later.',
    caughtBy: 'a server that stops tells those who wait',
    says: /is told that the server stops/,
    subject: withLab(() => ({ clock: standing, shutdown: new AbortController().signal })),
  },
  {
    name: 'bytes shared by where a page ends',
    story: 'Encode once, good, but the cache asks only where the page ends, not where it begins.',
    caughtBy: 'readers at different places each get what they lack',
    says: /what reader \d+ heard|has heard/,
    subject: withServer(
      lineServer({
        encode(page) {
          const bytes = lastBytes.get(page.cursor) ?? `${JSON.stringify(page)}\n`
          lastBytes.set(page.cursor, bytes)
          return bytes
        },
      }),
    ),
  },
]
