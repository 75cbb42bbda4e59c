/** A lab on an engine, without its pages: what `npm start -- --engine` serves, in a process that can be killed. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DESCRIPTORS } from '../../../../../transports/descriptors.ts'
import { buildLab } from '../../../../app/build-lab.ts'
import { catchUp, openEngine } from '../../../../app/engine.ts'
import { labOnLog } from '../../../../app/lab-on-log.ts'
import { complain, say } from '../../../../command/terminal.ts'
import type { Hub } from '../../../../hub/hub.ts'
import { plainLogger } from '../../../../server/observe/event-logger.ts'
import { type Engine, EngineError } from '../../../../store/engine/engine.ts'
import { openSqliteStore } from '../../../../store/sqlite.ts'
import type { Store } from '../../../../store/store.ts'
import { recorded } from './recorder.ts'

/** What is wrong with a server, on purpose; nothing unless given. */
export interface ServerChanges {
  engine?(engine: Engine, lab: number): Engine
  hub?(hub: Hub): Hub
  store?(store: Store): Store
}

export interface ServeOptions {
  /** Of this server's own. */
  readonly folder: string
  readonly address: string
  readonly replicas: number
  /** Which of the servers it is, from 0. */
  readonly lab: number
}

export const storeIn = (folder: string): string => join(folder, 'chat.sqlite')
export const recordIn = (folder: string): string => join(folder, 'engine.jsonl')

/** @throws EngineError when the engine cannot be reached: it may be tried again */
export async function serveLab(
  { folder, address, replicas, lab }: ServeOptions,
  changes: ServerChanges = {},
): Promise<void> {
  const nats = await openEngine({ address, replicas }, plainLogger)
  const store = openSqliteStore(storeIn(folder))
  const log = recorded(nats, recordIn(folder))
  let tell = (_why: EngineError) => {}
  const ended = new Promise<EngineError>((resolve) => (tell = resolve))
  const { hub, ...shared } = labOnLog({
    store: changes.store?.(store) ?? store,
    engine: changes.engine?.(log, lab) ?? log,
    ...{ bus: nats.bus, requests: nats.requests },
    onLogEnd: (why) => tell(why),
  })
  await catchUp(hub, ended)
  const overTcp = [...DESCRIPTORS].flatMap(([name, { carriedBy }]) => (carriedBy === 'tcp' ? [name] : []))
  const app = await buildLab({
    ...shared,
    hub: changes.hub?.(hub) ?? hub,
    listen: overTcp.map((name) => ({ name, host: '127.0.0.1', port: 0 })),
    onListening: (name, { port }) => say(`${name} listens at tcp://127.0.0.1:${port}`),
  })
  await app.listen({ port: 0, host: '127.0.0.1' })
  say(`http://localhost:${(app.server.address() as AddressInfo).port}`)
  process.once('SIGINT', async () => {
    await app.close()
    await hub.close()
    process.exit(0)
  })
}

/** By the command line: folder, the engine's address, replicas, which lab. The clock comes last (clock.ts). */
export async function serveByArguments(
  changes: ServerChanges = {},
  args = process.argv.slice(2),
): Promise<void> {
  const [folder = '', address = '', replicas, lab] = args
  try {
    await serveLab({ folder, address, replicas: Number(replicas), lab: Number(lab) }, changes)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    complain(error.message)
    process.exit(1)
  }
}
