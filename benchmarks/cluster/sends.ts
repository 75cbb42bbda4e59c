/**
 * Acknowledged sends: 64 writers, each with one message underway, through a hub on the shared log, and the same by the
 * client of the engine alone, with entries of one such message.
 */
import { join } from 'node:path'
import { labOnLog } from '../../lab/app/lab-on-log.ts'
import type { Hub } from '../../lab/hub/hub.ts'
import type { Engine } from '../../lab/store/engine/engine.ts'
import { openNatsEngine } from '../../lab/store/engine/nats.ts'
import { entriesOf } from '../../lab/store/engine/turn.ts'
import { openSqliteStore } from '../../lab/store/sqlite.ts'
import { nextText } from './labs.ts'

const WRITERS = 64
const ROOMS = 50
const REPLICAS = 3

export interface Sends {
  /** @returns messages that were acknowledged in a second */
  throughHub(seconds: number): Promise<number>
  byEngineAlone(seconds: number): Promise<number>
  close(): Promise<void>
}

export async function openSends(address: string, folder: string): Promise<Sends> {
  const open = (stream: string) => openNatsEngine(address, { replicas: REPLICAS, stream })
  const engine = await open('BENCH_HUB')
  const store = openSqliteStore(join(folder, 'sends', 'chat.sqlite'))
  const { hub } = labOnLog({ store, engine, bus: engine.bus })
  await hub.caughtUp()
  const bare = await open('BENCH_ALONE')
  let writer = 0
  return {
    throughHub: (seconds) => perSecond(seconds, () => sendThrough(hub, writer++ % ROOMS)),
    byEngineAlone: (seconds) => perSecond(seconds, () => append(bare)),
    async close() {
      await hub.close()
      await bare.close()
    },
  }
}

async function perSecond(seconds: number, send: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  let sent = 0
  const write = async () => {
    while (performance.now() - begun < seconds * 1_000) {
      await send()
      sent++
    }
  }
  await Promise.all(Array.from({ length: WRITERS }, write))
  return (sent / (performance.now() - begun)) * 1_000
}

const draft = (text: string) => ({ draftId: text.replaceAll('.', ''), author: 'bench', text })

const sendThrough = (hub: Hub, room: number) => hub.room(`r${room}`).publish(draft(nextText()))

let entries = 0
/** As a hub writes it that has one message in a turn. */
function append(engine: Engine): Promise<number> {
  const change = { kind: 'publish', room: 'r1', draft: draft(nextText()), at: Date.now(), id: 'abcdefghij1' }
  const [entry] = entriesOf([change], `bench-${process.pid}-${entries++}`)
  return engine.append(entry!)
}
