/** A server with one bug, or none: what `npm start` is to the real one. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { buildLab } from '../../../app/build-lab.ts'
import { commandLine, runCommandLine } from '../../../command/options/command-line.ts'
import { number, oneOf, text } from '../../../command/options/kinds.ts'
import { say } from '../../../command/terminal.ts'
import { Hub } from '../../../hub/hub.ts'
import type { Room } from '../../../hub/room.ts'
import type { Store } from '../../../store/store.ts'
import { BUGS, type Bug, type RoomParts } from './bugs.ts'
import { openLineStore } from './line-store.ts'

/** For the tests of the chaos run alone: it is no command of package.json. */
const LINE = commandLine({
  name: 'chaos-defect',
  run: 'node --import tsx lab/verify/chaos/defects/main.ts',
  summary: 'Serves a lab with one bug, until Ctrl-C.',
  options: {
    bug: oneOf({ value: 'NAME', help: 'which bug', usual: 'none' }, [
      'none',
      ...BUGS.map(({ name }) => name),
    ]),
    port: number({ value: 'NUMBER', help: 'where to listen', min: 0, max: 65_535, usual: 0 }),
    data: text({ value: 'FOLDER', help: 'where the log is kept', usual: '.' }),
  },
  more: '',
})

await runCommandLine(LINE, async ({ values }) => {
  const bug = BUGS.find(({ name }) => name === values.bug)
  const file = join(values.data, 'log.txt')
  const store = bug?.store?.(file) ?? openLineStore(file)
  const real = new Hub({ store, ...bug?.hub })
  const app = await buildLab({ hub: bug?.room ? altered(real, store, bug.room) : real })
  await app.listen({ port: values.port, host: '127.0.0.1' })
  say(`http://localhost:${(app.server.address() as AddressInfo).port}`)
  await once(process, 'SIGINT')
  await app.close()
  return 0
})

/** The hub, with rooms that are altered for the server that serves them. */
function altered(hub: Hub, store: Store, alter: NonNullable<Bug['room']>): Hub {
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
