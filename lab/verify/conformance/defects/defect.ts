/** A mistake that people make, made on purpose, and the case that must notice it. */
import type { Connection, TransportFactory } from '../../../client/transport.ts'
import type { Hub } from '../../../hub/hub.ts'
import type { Follower, Room } from '../../../hub/room.ts'
import type { Peer, RoomGateway } from '../../../server/transport-kit/room-gateway.ts'
import type {
  HttpLab,
  HttpTransport,
  ServerTransport,
} from '../../../server/transport-kit/server-transport.ts'
import type { Page } from '../../../wire/message.ts'
import { lineClient } from '../example/client.ts'
import { lineServer } from '../example/server.ts'
import type { Subject } from '../subject.ts'

export interface Defect {
  readonly name: string
  /** How people come to make it. */
  readonly story: string
  /** The name of the case that fails. */
  readonly caughtBy: string
  /** What the case says: it must fail for this reason and no other. */
  readonly says: RegExp
  readonly subject: Subject
}

export const sound: Subject = { name: 'lines', client: lineClient(), server: lineServer() }

/** What a room is to a reader and a writer. */
export interface RoomParts extends Pick<Room, 'publish' | 'check' | 'read'> {
  follow(...place: Parameters<Room['follow']>): Pick<Follower, 'next' | 'stop'>
}

/** The sound transport, with this server. */
export const withServer = (server: ServerTransport): Subject => ({ ...sound, server }) as Subject

/** The sound transport, with this client. */
export const withClient = (client: TransportFactory): Subject => ({ ...sound, client }) as Subject

/** The sound transport in a lab that is altered. */
export const withLab = (alter: (lab: HttpLab) => Partial<HttpLab>): Subject =>
  withServer(((app, lab) => (lineServer() as HttpTransport)(app, { ...lab, ...alter(lab) })) as HttpTransport)

/** The sound transport at another gateway. */
export const withGateway = (alter: (gateway: RoomGateway, lab: HttpLab) => Partial<RoomGateway>): Subject =>
  withLab((lab) => ({ gateway: { ...lab.gateway, ...alter(lab.gateway, lab) } }))

/** The sound transport, which takes its peers for others. */
export const withPeers = (
  alter: (peer: Peer, request: Parameters<HttpLab['peerOf']>[0], lab: HttpLab) => Peer,
): Subject => withLab((lab) => ({ peerOf: (request) => alter(lab.peerOf(request), request, lab) }))

/** The sound transport on a hub whose rooms are altered, as only the server sees them. */
export function withRoom(alter: (room: Room) => Partial<RoomParts>): Subject {
  const altered = new WeakMap<Room, Room>()
  function alteredOf(room: Room): Room {
    const known = altered.get(room)
    if (known) return known
    const made = over(room, alter(room))
    altered.set(room, made)
    return made
  }
  return {
    ...sound,
    hub: (hub: Hub) => over(hub, { room: (name: string) => alteredOf(hub.room(name)) }),
  } as Subject
}

/** The object itself, but for these members. Its private fields stay within its own methods' reach. */
function over<T extends object>(whole: T, parts: object): T {
  return new Proxy(whole, {
    get(target, key) {
      if (key in parts) return (parts as Record<PropertyKey, unknown>)[key]
      const value: unknown = Reflect.get(target, key, target)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

/** The sound transport on rooms whose pages are altered. */
export function withPages(alter: (page: Page) => Page): Subject {
  return withLab(({ gateway }) => ({
    gateway: {
      ...gateway,
      openReader(...given) {
        const reader = gateway.openReader(...given)
        return {
          read: (cursor) => alter(reader.read(cursor)),
          check: (cursor) => reader.check(cursor),
          readBack: (cursor) => reader.readBack(cursor),
          file: (id) => reader.file(id),
          follow(...place) {
            const follower = reader.follow(...place)
            const next = () => {
              const page = follower.next()
              return page && alter(page)
            }
            return { next, stop: () => follower.stop() }
          },
          onActivity: (update) => reader.onActivity(update),
        }
      },
    },
  }))
}

/** The sound transport with connections that are altered. */
export function withConnection(alter: (connection: Connection) => Partial<Connection>): Subject {
  const transport = lineClient()()
  return withClient(() => ({
    async open(options) {
      const connection = await transport.open(options)
      const pages = () => connection[Symbol.asyncIterator]()
      return {
        send: (draft, signal) => connection.send(draft, signal),
        renewPresence: (update) => connection.renewPresence(update),
        [Symbol.asyncIterator]: pages,
        ...alter(connection),
      }
    },
  }))
}
