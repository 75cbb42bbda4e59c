/** What `npm start` serves, without its pages, which take most of the time that a start takes. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { say } from '../command/terminal.ts'
import { Hub } from '../hub/hub.ts'
import { openSqliteStore } from '../log/sqlite.ts'
import { buildLab } from '../server/build-lab.ts'

const [folder = ''] = process.argv.slice(2)
const store = openSqliteStore(join(folder, 'chat.sqlite'))
const hub = new Hub({ store })
const app = await buildLab({ hub, records: store.records })
await app.listen({ port: 0, host: '127.0.0.1' })
say(`http://localhost:${(app.server.address() as AddressInfo).port}`)
process.once('SIGINT', () => {
  void app.close().then(() => {
    hub.close()
    process.exit(0)
  })
})
