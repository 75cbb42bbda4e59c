/** A mistake that people make, made on purpose, and the case that must notice it. */
import type { Connection, TransportFactory } from '../../client/transport.ts'
import type { Follower, Room } from '../../hub/room.ts'
import { createDoor, type Reader } from '../../server/door.ts'
import type { Lab, ServerTransport } from '../../server/server-transport.ts'
import type { Page } from '../../wire/message.ts'
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

/** What a room is to a transport. */
export interface RoomParts extends Pick<Room, 'publish' | 'kept' | 'check' | 'read'> {
  follow(...place: Parameters<Room['follow']>): Pick<Follower, 'next' | 'stop'>
}

/** The sound transport, with this server. */
export const withServer = (server: ServerTransport): Subject => ({ ...sound, server }) as Subject

/** The sound transport, with this client. */
export const withClient = (client: TransportFactory): Subject => ({ ...sound, client }) as Subject

/** The sound transport on a hub whose rooms are altered, as only this server sees them. */
export function withRoom(alter: (room: Room) => Partial<RoomParts>): Subject {
  const altered = new WeakMap<Room, Room>()
  const server = lineServer()
  return withServer(async (app, lab) => {
    // The door of a stage is open to all, and gives the room itself.
    const alteredOf = (reader: Reader): Room => {
      const real = reader as Room
      const parts: RoomParts = {
        publish: (draft) => real.publish(draft),
        kept: (message) => real.kept(message),
        check: (cursor) => real.check(cursor),
        read: (cursor) => real.read(cursor),
        follow: (cursor, ring) => real.follow(cursor, ring),
      }
      if (!altered.has(real)) altered.set(real, { ...parts, ...alter(real) } as unknown as Room)
      return altered.get(real)!
    }
    const door: Lab['door'] = {
      enter: (request) => alteredOf(lab.door.enter(request)),
      speak: (request) =>
        createDoor({ hub: { room: () => alteredOf(lab.door.enter(request)) } }).speak(request),
      attend: (request, sign) => lab.door.attend(request, sign),
    }
    await server(app, { ...lab, door })
  })
}

/** The sound transport on rooms whose pages are altered. */
export function withPages(alter: (page: Page) => Page): Subject {
  return withRoom((room) => ({
    read: (cursor) => alter(room.read(cursor)),
    follow(cursor, ring) {
      const follower = room.follow(cursor, ring)
      const next = () => {
        const page = follower.next()
        return page && alter(page)
      }
      return { next, stop: () => follower.stop() }
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
        sign: (sign) => connection.sign(sign),
        [Symbol.asyncIterator]: pages,
        ...alter(connection),
      }
    },
  }))
}
