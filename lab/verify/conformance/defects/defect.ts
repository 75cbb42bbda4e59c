/** A mistake that people make, made on purpose, and the case that must notice it. */
import type { Connection, TransportFactory } from '../../../client/transport.ts'
import { type ClientDefect, withConnections } from '../../../defects/client/client-defect.ts'
import type { DefectWords } from '../../../defects/said.ts'
import {
  alteredHub,
  over,
  overReader,
  type RoomParts,
  type ServerDefect,
} from '../../../defects/server/server-defect.ts'
import type { Hub } from '../../../hub/hub.ts'
import type { Room } from '../../../hub/room.ts'
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

export interface Defect extends DefectWords {
  /** What the case says: it must fail for this reason and no other. */
  readonly says: RegExp
  readonly subject: Subject
}

export const sound: Subject = { name: 'lines', client: lineClient(), server: lineServer() }

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
export const withRoom = (alter: (room: Room) => Partial<RoomParts>): Subject =>
  ({ ...sound, hub: (hub: Hub) => over(hub, alteredHub(hub, alter)) }) as Subject

/** No bench of these cases closes a server in the middle of what a room does. */
const NEVER = new AbortController().signal

/** A defect that a lane of a running lab can have too (lab/defects), in the sound transport. @param says see {@link Defect} */
export const plantedInServer = (defect: ServerDefect, says: RegExp): Defect => {
  const { name, story, caughtBy, room, lab = () => ({}) } = defect
  return { name, story, caughtBy, says, subject: room ? withRoom((one) => room(one, NEVER)) : withLab(lab) }
}

/** The same of a client. */
export const plantedInClient = ({ name, story, caughtBy, wrap }: ClientDefect, says: RegExp): Defect => ({
  ...{ name, story, caughtBy, says },
  subject: withClient((settings) => wrap(lineClient()(settings), settings)),
})

/** The sound transport on rooms whose pages are altered. */
export function withPages(alter: (page: Page) => Page): Subject {
  return withLab(({ gateway }) => ({
    gateway: {
      ...gateway,
      openReader(...given) {
        const reader = gateway.openReader(...given)
        return overReader(reader, {
          read: (cursor) => alter(reader.read(cursor)),
          follow(...place) {
            const follower = reader.follow(...place)
            const next = () => {
              const page = follower.next()
              return page && alter(page)
            }
            return { next, stop: () => follower.stop() }
          },
        })
      },
    },
  }))
}

/** The sound transport with connections that are altered. */
export const withConnection = (alter: (connection: Connection) => Partial<Connection>): Subject =>
  withClient(() => withConnections(lineClient()(), alter))
