/** A lab on an engine, without its pages: what `npm start -- --engine` serves, in a process that can be killed. */
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DESCRIPTORS } from '../../../../../transports/descriptors.ts'
import { buildLab } from '../../../../app/build-lab.ts'
import { catchUp, type OpenedEngine, openEngine } from '../../../../app/engine.ts'
import { labOnLog } from '../../../../app/lab-on-log.ts'
import { complain, say } from '../../../../command/terminal.ts'
import type { Hub } from '../../../../hub/hub.ts'
import { TRIM_SETTINGS } from '../../../../hub/shared/copy/trimmer.ts'
import { plainLogger } from '../../../../server/observe/event-logger.ts'
import { type Engine, EngineError } from '../../../../store/engine/engine.ts'
import { openSqliteStore } from '../../../../store/sqlite.ts'
import type { Store } from '../../../../store/store.ts'
import { noted, PEERS } from '../copies/noted.ts'
import { peerNotes, recorded } from './recorder.ts'

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
  /** For how long the log is kept, in milliseconds; as a lab does it, unless given. */
  readonly keepMs?: number | undefined
}

/** What a server needs of an engine. */
type Opened = Engine & Partial<Pick<OpenedEngine, 'bus' | 'requests'>>

export const storeIn = (folder: string): string => join(folder, 'chat.sqlite')
export const recordIn = (folder: string): string => join(folder, 'engine.jsonl')

/** @throws EngineError when the engine cannot be reached: it may be tried again */
export async function serveLab(
  { folder, address, replicas, lab, keepMs }: ServeOptions,
  changes: ServerChanges = {},
  open: (address: string) => Promise<Opened> = (at) => openEngine({ address: at, replicas }, plainLogger),
): Promise<void> {
  const opened = await open(address)
  const store = openSqliteStore(storeIn(folder))
  const log = recorded(opened, recordIn(folder))
  let tell = (_why: EngineError) => {}
  const ended = new Promise<EngineError>((resolve) => (tell = resolve))
  const { hub, ...shared } = labOnLog({
    store: changes.store?.(store) ?? store,
    engine: changes.engine?.(log, lab) ?? log,
    ...{ bus: opened.bus, requests: opened.requests ? noted(opened.requests, folder) : null },
    peers: { ...PEERS, ...(keepMs === undefined ? { everyMs: TRIM_SETTINGS.everyMs } : { keepMs }) },
    onPeerEvent: peerNotes(recordIn(folder)),
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

/** By the command line: folder, the engine's address, replicas, which lab, how long it keeps the log. The clock comes last (clock.ts). */
export async function serveByArguments(
  changes: ServerChanges = {},
  args = process.argv.slice(2),
  open?: (address: string) => Promise<Opened>,
): Promise<void> {
  const [folder = '', address = '', replicas, lab, keep = ''] = args
  const keepMs = /^\d+$/.test(keep) ? Number(keep) : undefined
  try {
    await serveLab({ folder, address, replicas: Number(replicas), lab: Number(lab), keepMs }, changes, open)
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    complain(error.message)
    process.exit(1)
  }
}
