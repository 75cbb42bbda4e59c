/** Defects of servers that answer polls: what was written is forgotten, and a lock is held for as long as a poll. */
import type { Peer, Place, Reader } from '../../server/transport-kit/room-gateway.ts'
import type { HttpLab } from '../../server/transport-kit/server-transport.ts'
import type { Cursor, Page } from '../../wire/message.ts'
import { shownByPitfall } from '../said.ts'
import { overReader, type ServerDefect } from './server-defect.ts'

/** Readers whose place is kept; the oldest is forgotten. */
const MAX_READERS = 1_000

export const writtenIsReceived: ServerDefect = {
  name: 'written is taken for received',
  story: 'A server that forgets what it has written loses what was on its way when the line broke.',
  caughtBy: 'lost-acknowledgement shows its defect on the side that has it',
  lab({ gateway }) {
    const written = new Map<string, Cursor>()
    return {
      gateway: {
        ...gateway,
        openReader(peer, room, ...rest) {
          const key = `${peer.clientId ?? peer.address} ${room}`
          return byOwnPlace(gateway.openReader(peer, room, ...rest), {
            get: () => written.get(key),
            set(cursor) {
              written.delete(key)
              written.set(key, cursor)
              for (const oldest of written.keys()) {
                if (written.size <= MAX_READERS) break
                written.delete(oldest)
              }
            },
          })
        },
      },
    }
  },
}

/** A reader to whom the server gives what it has not given yet, whatever the reader says that it has. */
function byOwnPlace(reader: Reader, place: { get(): Cursor | undefined; set(cursor: Cursor): void }): Reader {
  const from = (cursor: Cursor | null) => (cursor === null ? null : (place.get() ?? cursor))
  const given = <P extends Page | null>(page: P): P => {
    if (page) place.set(page.cursor)
    return page
  }
  return overReader(reader, {
    read: (cursor) => given(reader.read(from(cursor))),
    follow(cursor, ...rest) {
      const follower = reader.follow(from(cursor), ...rest)
      return { next: () => given(follower.next()), stop: () => follower.stop() }
    },
  })
}

export const sessionLock: ServerDefect = {
  name: 'a lock for each session',
  story:
    'The framework locks the session for as long as a request lasts, and a held poll is a request (phenomenon 13).',
  caughtBy: shownByPitfall('session-lock'),
  lab: locked,
}

/** One request of a visitor at a time: what is sent waits until the visitor's poll has been answered. */
function locked({ gateway, shutdown }: HttpLab): Partial<HttpLab> {
  const held = new Map<string, number>()
  const waiting = new Map<string, (() => void)[]>()
  const keyOf = ({ credentials, address }: Peer) => credentials.person?.id ?? address

  function hold(key: string): () => void {
    held.set(key, (held.get(key) ?? 0) + 1)
    let isHeld = true
    return () => {
      if (!isHeld) return
      isHeld = false
      const left = (held.get(key) ?? 1) - 1
      if (left > 0) return void held.set(key, left)
      held.delete(key)
      letGo(key)
    }
  }
  function letGo(key: string): void {
    const all = waiting.get(key) ?? []
    waiting.delete(key)
    for (const go of all) go()
  }
  const free = (key: string): Promise<void> | null => {
    if (!held.has(key) || shutdown.aborted) return null
    return new Promise((resolve) => waiting.set(key, [...(waiting.get(key) ?? []), resolve]))
  }
  shutdown.addEventListener('abort', () => {
    for (const key of [...waiting.keys()]) letGo(key)
  })

  return {
    gateway: {
      ...gateway,
      openReader(peer, ...rest) {
        const reader = gateway.openReader(peer, ...rest)
        return overReader(reader, {
          follow: (...place) => holding(reader.follow(...place), hold(keyOf(peer))),
        })
      },
      openWriter(peer, ...rest) {
        const writer = gateway.openWriter(peer, ...rest)
        return {
          check: () => writer.check(),
          attach: (...file) => writer.attach(...file),
          async publish(draft) {
            await free(keyOf(peer))
            return writer.publish(draft)
          },
        }
      },
    },
  }
}

const holding = (place: Place, release: () => void): Place => ({
  next: () => place.next(),
  stop() {
    place.stop()
    release()
  },
})
