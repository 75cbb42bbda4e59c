/** A server with one bug, or none: what `npm start` is to the real one. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildLab } from '../../../app/build-lab.ts'
import { say } from '../../../command/terminal.ts'
import { Hub } from '../../../hub/hub.ts'
import type { Room } from '../../../hub/room.ts'
import { BUGS, type Bug, type RoomParts } from './bugs.ts'
import { openLineStore } from './line-store.ts'

const { values } = parseArgs({
  options: { bug: { type: 'string' }, port: { type: 'string' }, data: { type: 'string' } },
})
const bug = BUGS.find(({ name }) => name === values.bug)
if (!bug && values.bug !== 'none') throw new Error(`there is no bug ${values.bug}`)

const file = join(values.data!, 'log.txt')
const store = bug?.store?.(file) ?? openLineStore(file)
const real = new Hub({ store, ...bug?.hub })
const app = await buildLab({ hub: bug?.room ? altered(real, bug.room) : real })
await app.listen({ port: Number(values.port), host: '127.0.0.1' })
say(`http://localhost:${(app.server.address() as AddressInfo).port}`)
process.once('SIGINT', () => void app.close().then(() => process.exit(0)))

/** The hub, with rooms that are altered for the server that serves them. */
function altered(hub: Hub, alter: NonNullable<Bug['room']>): Hub {
  const rooms = new Map<string, RoomParts>()
  return {
    room(name: string) {
      const room: Room = hub.room(name)
      const parts: RoomParts = {
        publish: (draft) => room.publish(draft),
        read: (cursor) => room.read(cursor),
        readBack: (cursor) => room.readBack(cursor),
        follow: (cursor, notify) => room.follow(cursor, notify),
      }
      if (!rooms.has(name)) rooms.set(name, { ...parts, ...alter(room, store) })
      return rooms.get(name)
    },
  } as unknown as Hub
}
