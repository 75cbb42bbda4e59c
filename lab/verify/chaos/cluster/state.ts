/** What the servers of a cluster have in the end: as they say it, and as it lies in their stores. */

import { ROOMS as PRIVATE_ROOMS } from '../../../people/membership/private-rooms.ts'
import { PERSONS } from '../../../people/people.ts'
import { SESSIONS } from '../../../people/sessions.ts'
import { TICKETS } from '../../../people/shared/tickets-shared.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { parsePage } from '../../../wire/codec.ts'
import type { ChatMessage } from '../../../wire/message.ts'
import { readLog } from '../run.ts'
import { ROOMS } from './clients.ts'
import type { ClusterLab } from './labs.ts'
import { storeIn } from './server/serve.ts'

export interface RoomState {
  /** As a reader's cursor names it. */
  readonly epoch: string
  readonly log: readonly ChatMessage[]
}

export interface ServerState {
  readonly name: string
  /** Rooms that all may read, as the server gives them. */
  readonly rooms: ReadonlyMap<string, RoomState>
  /** People, sessions, private rooms and tickets in its store, a line for each, in one order. */
  readonly records: readonly string[]
  /** What was said in private rooms, by room, from its store. */
  readonly privateWords: ReadonlyMap<string, readonly string[]>
  /** Why it follows the log no further, or that it does not come to its end; null when all is well. */
  readonly trouble: string | null
}

const KINDS = [PERSONS, SESSIONS, PRIVATE_ROOMS, TICKETS].map(({ kind }) => kind)
const MANY = 1_000

export async function readRooms({ server }: ClusterLab): Promise<Map<string, RoomState>> {
  const rooms = new Map<string, RoomState>()
  for (const room of ROOMS) {
    const url = `http://127.0.0.1:${server.port}/rooms/${room}/messages`
    const { cursor } = parsePage(await (await fetch(url)).json())
    rooms.set(room, { epoch: epochIn(cursor), log: await readLog(server.port!, room) })
  }
  return rooms
}

export const epochIn = (cursor: string | null): string => cursor?.split(':')[0] ?? ''

/** To be read when no process has it open. */
export function readStore({ folder }: ClusterLab): Pick<ServerState, 'records' | 'privateWords'> {
  const store = openSqliteStore(storeIn(folder))
  try {
    const records = KINDS.flatMap((kind) =>
      Array.from(store.records.all(kind), ([id, value]) => `${kind} ${id} ${JSON.stringify(value)}`),
    ).sort()
    const privateWords = new Map<string, readonly string[]>()
    for (const [room] of [...store.records.all(PRIVATE_ROOMS.kind)])
      privateWords.set(
        room,
        store.read(room, store.oldest(room), MANY).map(({ text }) => text),
      )
    return { records, privateWords }
  } finally {
    store.close()
  }
}
