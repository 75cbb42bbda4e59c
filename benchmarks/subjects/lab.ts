/**
 * The lab's own transports, as shipped: the server is built as `npm start` builds it, and the
 * message takes the way that every message takes, through the hub.
 *
 * What a transport needs here besides its folder is one file in readers/, named like it: the bytes
 * that a client of that transport says. A test proves that none is missing.
 */
import { loadAbout } from '../../lab/client/about.ts'
import { Hub } from '../../lab/hub/hub.ts'
import { buildLab, type LabOptions } from '../../lab/app/build-lab.ts'
import type { Cursor } from '../../lab/wire/message.ts'
import { TRANSPORTS, type TransportName } from '../../transports/manifest.ts'
import type { RequestKind } from '../../lab/client/load/reader.ts'
import { readCompressed } from './compressed.ts'
import { draftIdOf } from './message.ts'
import type { ReaderContext, WireReader } from '../../lab/client/load/reader.ts'
import { BACKLOG, type Subject } from './subject.ts'

const ROOM = 'bench'

/** What each file in readers/ exports. */
interface ReaderModule {
  readonly default: (context: ReaderContext, room: string) => WireReader
  readonly asks: readonly RequestKind[]
}

export const isTransport = (name: string): name is TransportName =>
  (TRANSPORTS as readonly string[]).includes(name)

export async function labSubject(name: TransportName): Promise<Subject> {
  const { default: read, asks } = (await import(`./readers/${name}.ts`)) as ReaderModule
  const roomPath = `/transports/${name}/rooms/${ROOM}/`
  return {
    name,
    title: (await loadAbout(name)).short,
    kind: 'lab',
    resumes: true,
    asks,
    roomPath,
    serve: () => serveLab(),
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

async function serveLab(options: LabOptions = {}) {
  const hub = new Hub()
  const room = hub.room(ROOM)
  const app = await buildLab({ ...options, hub })
  await app.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG })
  let cursor: Cursor | null = null
  return {
    server: app.server,
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
