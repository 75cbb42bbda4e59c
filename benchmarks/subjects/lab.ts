/**
 * The lab's own transports, as shipped: the server is built as `npm start` builds it, and the
 * message takes the way that every message takes, through the hub.
 *
 * The bytes that a client of a transport says are in its own folder (load-reader.ts), like all else about it.
 */

import type { Server } from 'node:net'
import { buildLab, type LabOptions } from '../../lab/app/build-lab.ts'
import { Hub } from '../../lab/hub/hub.ts'
import type { Cursor } from '../../lab/wire/message.ts'
import { DESCRIPTORS } from '../../transports/descriptors.ts'
import { loadReader } from '../../transports/load-reader.ts'
import { TRANSPORTS, type TransportName } from '../../transports/manifest.ts'
import { readCompressed } from './compressed.ts'
import { draftIdOf } from './message.ts'
import { BACKLOG, type Subject } from './subject.ts'

const ROOM = 'bench'

export const isTransport = (name: string): name is TransportName =>
  (TRANSPORTS as readonly string[]).includes(name)

/**
 * Whose bytes are measured under this name: its own, or those of the first that it chooses among, on which its client
 * settles where nothing is in the way.
 */
export function measuredAs(name: TransportName, descriptors = DESCRIPTORS): TransportName {
  const carriedBy = descriptors.get(name)?.carriedBy
  if (typeof carriedBy !== 'object') return name
  const chosen = carriedBy.transports.find((one) => isTransport(one) && descriptors.has(one))
  if (chosen === undefined)
    throw new Error(`${name} chooses among ${carriedBy.transports}: none of them is here`)
  return chosen as TransportName
}

/** Without those that choose among others: their figures would be those of another column. */
export const WITH_SERVER: readonly TransportName[] = TRANSPORTS.filter(
  (name) => typeof DESCRIPTORS.get(name)?.carriedBy !== 'object',
)

export async function labSubject(name: TransportName): Promise<Subject> {
  const carrier = measuredAs(name)
  const { default: read, asks } = await loadReader(carrier)
  const roomPath = `/transports/${carrier}/rooms/${ROOM}/`
  return {
    name,
    title: DESCRIPTORS.get(name)?.short ?? name,
    kind: 'lab',
    resumes: true,
    asks,
    roomPath,
    serve: () => serveLab({}, DESCRIPTORS.get(name)?.carriedBy === 'tcp' ? name : null),
    read: (context) => read(context, roomPath),
  }
}

/** The WebSocket again, with compression switched on: once per page, for all readers. */
export async function compressedSubject(name: string): Promise<Subject> {
  const roomPath = `/transports/websocket/rooms/${ROOM}/`
  return {
    name,
    title: 'WebSocket, compressed',
    kind: 'lab',
    resumes: true,
    packed: true,
    asks: [],
    roomPath,
    serve: () => serveLab({ compress: true }),
    read: (context) => readCompressed(context, roomPath),
  }
}

/** @param ownPort a transport that is not carried by HTTP: readers come to a port of its own */
async function serveLab(options: LabOptions = {}, ownPort: TransportName | null = null) {
  const hub = new Hub()
  const room = hub.room(ROOM)
  const listen = ownPort === null ? [] : [{ name: ownPort, host: '127.0.0.1', port: 0, backlog: BACKLOG }]
  let server: Server | null = null
  const app = await buildLab({
    ...options,
    hub,
    listen,
    onListening(_name, _address, own) {
      server = own
    },
  })
  await app.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
  let cursor: Cursor | null = null
  return {
    server: server ?? app.server,
    publish(text: string, number: number) {
      room.publish({ draftId: draftIdOf(number), author: 'bench', text })
    },
    place() {
      for (;;) {
        const page = room.read(cursor)
        cursor = page.cursor
        if (!page.more) return cursor
      }
    },
  }
}
