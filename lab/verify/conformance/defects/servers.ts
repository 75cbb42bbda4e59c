/** Defects in how a server carries pages to its readers. */
import { NO_BACKPRESSURE, noGoodbye } from '../../../defects/server/streams.ts'
import { lostWakeUp } from '../../../defects/server/waking.ts'
import { type Carry, lineServer } from '../example/server.ts'
import { type Defect, plantedInServer, withServer } from './defect.ts'

/** One page for each notification. */
const onePagePerRing: Carry = (room, since, _sink, owner) => {
  const look = () => {
    const page = follower.next()
    if (page) owner.onPage(page)
  }
  const follower = room.follow(since, look)
  look()
  return { stop: () => follower.stop() }
}

/** Whatever `write` answers: the kernel will manage. */
export const withoutBackpressure: Carry = (room, since, _sink, owner) => {
  const writeAll = () => {
    for (let page = follower.next(); page; page = follower.next()) owner.onPage(page)
  }
  const follower = room.follow(since, writeAll)
  writeAll()
  return { stop: () => follower.stop() }
}

const lastBytes = new Map<string, string>()

export const serverDefects: readonly Defect[] = [
  plantedInServer(lostWakeUp, /has heard \d+ messages/),
  {
    name: 'one page for each ring',
    story: 'A notification is taken for a message: what came together is delivered one by one, or never.',
    caughtBy: 'all that is said in one turn of the event loop arrives',
    says: /has heard 350 messages/,
    subject: withServer(lineServer({ carry: onePagePerRing })),
  },
  {
    ...NO_BACKPRESSURE,
    says: /what the server held/,
    subject: withServer(lineServer({ carry: withoutBackpressure })),
  },
  plantedInServer(noGoodbye, /is told that the server stops/),
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
