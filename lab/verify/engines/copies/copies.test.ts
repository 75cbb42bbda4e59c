/**
 * Labs with a disk each, on a real NATS whose log is trimmed: one that begins takes a copy of another, while a reader goes from server to
 * server; and what was removed is nowhere any more.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { PeerEvent } from '../../../hub/shared/copy/peers.ts'
import { openNatsEngine } from '../../../store/engine/nats.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { skipLoudly } from '../../proxies/programs.ts'
import { holdConversation } from '../conversation.ts'
import { type Labs, startLabs } from '../labs.ts'
import { NATS, type Nats, startNats } from '../nats-server.ts'
import { REQUESTS_CASES } from './requests-cases.ts'

const LIMIT_MS = 240_000
/** Longer than a server of NATS takes to come back on a busy machine. */
const GIVE_UP_MS = 90_000
const WAIT = { timeout: 120_000, interval: 50 }

if (NATS === null) skipLoudly('nats-server', 'nats-server')

describe.runIf(NATS)('servers on one NATS', { timeout: LIMIT_MS }, () => {
  let nats: Nats
  const folder = mkdtempSync(join(tmpdir(), 'lab-copies-'))
  let labs: Labs | null = null
  const ways: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    nats = await startNats()
    return () => nats.stop()
  }, LIMIT_MS)
  afterEach(async () => {
    await labs?.close()
    labs = null
    for (const way of ways.splice(0)) await way.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  let stores = 0
  const wayTo = (stream: string) => async () => {
    const engine = await openNatsEngine(nats.address, { stream, giveUpMs: GIVE_UP_MS })
    const store = openSqliteStore(join(folder, `${stores++}`, 'chat.sqlite'))
    return { engine, bus: engine.bus, requests: engine.requests, store }
  }
  /** Labs that keep the log for a second. */
  async function startTrimming(count: number, stream: string) {
    const events: PeerEvent[] = []
    labs = await startLabs(count, wayTo(stream), {
      hubOptions: {
        peers: { keepMs: 1_000, everyMs: 500, askMs: 300, againMs: 500 },
        onPeerEvent: (event) => events.push(event),
      },
    })
    return { labs, events }
  }
  async function firstPlaceOf(stream: string): Promise<number> {
    const connection = await connect({ servers: nats.address.replace('nats://', '') })
    try {
      return (await (await jetstreamManager(connection)).streams.info(stream)).state.first_seq
    } finally {
      await connection.close()
    }
  }

  it.each(REQUESTS_CASES.map(({ name, run }, i) => [name, run, `ASK_${i}`] as const))(
    '%s',
    async (_name, run, stream) => {
      await run(async () => {
        const engine = await openNatsEngine(nats.address, { stream })
        ways.push(engine)
        return engine.requests
      }, 30_000)
    },
  )

  it.each(['long-polling', 'sse', 'websocket'] as const)(
    'trim their log, and a fourth begins from a copy, while a reader over %s goes from one to the other: nothing lost, doubled or called a gap',
    async (transport) => {
      const stream = `COPY_${transport}`
      const { labs: all, events } = await startTrimming(3, stream)
      const { findings, said } = await holdConversation(all, {
        transport,
        rounds: 8,
        async trouble(round) {
          if (round !== 3) return
          await expect.poll(() => events.some(({ kind }) => kind === 'trimmed'), WAIT).toBe(true)
          await expect.poll(() => firstPlaceOf(stream), WAIT).toBeGreaterThan(1)
          await all.start()
        },
      })
      expect(findings).toEqual([])
      expect(said).toBeGreaterThan(40)
      expect(events.filter(({ kind }) => kind === 'taken')).toHaveLength(1)
      const texts = all.up.map(({ hub }) => hub.room('lobby').read(null))
      for (const other of texts) expect(other).toEqual(texts[0])
    },
  )

  it('have the text of a removed message nowhere, once the log is trimmed: not in NATS’ files, not in theirs, not at one that begins then', async () => {
    const stream = 'REMOVED'
    const { labs: all, events } = await startTrimming(2, stream)
    const [first] = all.up
    const room = first!.hub.room('lobby')
    await room.publish({ draftId: 'a', author: 'ada', text: 'these words must not stay' })
    const places = [nats.servers[0]!.folder, folder]
    const found = () =>
      places.map((place) => filesIn(place).some((file) => readFileSync(file).includes('must not stay')))
    await expect.poll(found, WAIT).toEqual([true, true])
    const note = { kind: 'removed', seq: 1 } as const
    await room.publish({ draftId: 'r', author: 'ada', text: 'removed', note })
    await all.settle()
    await expect.poll(() => events.at(-1), WAIT).toMatchObject({ kind: 'trimmed', place: 2 })
    await expect.poll(found, WAIT).toEqual([false, false])
    const late = await all.start()
    await all.settle()
    expect(late.hub.room('lobby').read(null).messages).toMatchObject([{ text: '' }, { text: 'removed' }])
    expect(found()).toEqual([false, false])
  })
})

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
