/** A defect of a server: what becomes of a sound transport's rooms, or of what it is handed. */
import type { Hub } from '../../hub/hub.ts'
import type { Follower, Room } from '../../hub/room.ts'
import type { Reader } from '../../server/transport-kit/room-gateway.ts'
import type { HttpLab } from '../../server/transport-kit/server-transport.ts'
import type { Page } from '../../wire/message.ts'
import type { DefectWords } from '../said.ts'

/** What a room is to a reader and a writer. */
export interface RoomParts extends Pick<Room, 'publish' | 'check' | 'read'> {
  follow(...place: Parameters<Room['follow']>): Pick<Follower, 'next' | 'stop'>
}

export interface ServerDefect extends DefectWords {
  /**
   * A room, as only this transport sees it.
   *
   * @param shutdown of the server, which a restart tells too (see shutdownListenersOn)
   */
  readonly room?: (room: Room, shutdown: AbortSignal) => Partial<RoomParts>
  /** What else the transport is handed. */
  readonly lab?: (lab: HttpLab) => Partial<HttpLab>
  /** A page as it is written, for a transport that lets that be replaced. */
  readonly encode?: (page: Page) => string
}

/** A hub whose rooms are altered, each once. */
export function alteredHub(
  hub: Pick<Hub, 'room'>,
  alter: (room: Room) => Partial<RoomParts>,
): Pick<Hub, 'room'> {
  const altered = new WeakMap<Room, Room>()
  return {
    room(name) {
      const room = hub.room(name)
      const known = altered.get(room)
      if (known) return known
      const made = over(room, alter(room))
      altered.set(room, made)
      return made
    },
  }
}

/** The object itself, but for these members. Its private fields stay within its own methods' reach. */
export function over<T extends object>(whole: T, parts: object): T {
  return new Proxy(whole, {
    get(target, key) {
      if (key in parts) return (parts as Record<PropertyKey, unknown>)[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The same reader, but for these members. */
export const overReader = (reader: Reader, parts: Partial<Reader>): Reader => ({
  check: (cursor) => reader.check(cursor),
  read: (cursor) => reader.read(cursor),
  reach: (...place) => reader.reach(...place),
  readBack: (cursor) => reader.readBack(cursor),
  file: (id) => reader.file(id),
  follow: (...place) => reader.follow(...place),
  onActivity: (update) => reader.onActivity(update),
  ...parts,
})
