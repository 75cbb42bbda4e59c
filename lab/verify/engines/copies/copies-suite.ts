/**
 * What servers with a disk each do on a real engine whose log is trimmed: one that begins takes a copy of another, while a reader goes from server to
 * server; and what was removed is nowhere any more. For each engine that has a way to ask.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { TransportName } from '../../../../transports/manifest.ts'
import type { PeerEvent } from '../../../hub/shared/copy/peers.ts'
import type { Bus } from '../../../store/engine/bus.ts'
import { type Engine, EngineError } from '../../../store/engine/engine.ts'
import type { Requests } from '../../../store/engine/requests/requests.ts'
import { openSqliteStore } from '../../../store/sqlite.ts'
import { holdConversation } from '../conversation.ts'
import { type Labs, startLabs } from '../labs.ts'
import { REQUESTS_CASES } from './requests-cases.ts'

export const LIMIT_MS = 240_000
/** Longer than a node of an engine takes to come back on a busy machine. */
const GIVE_UP_MS = 90_000
export const WAIT = { timeout: 120_000, interval: 50 }

export type OpenedLog = Engine & { readonly bus: Bus; readonly requests: Requests }

/** An engine that runs for the tests of one file. */
export interface RunningEngine {
  /** @param name tells one log from the others, of A to Z, 0 to 9 and _ */
  open(name: string, giveUpMs: number): Promise<OpenedLog>
  /** Where it keeps what is in the log now. */
  readonly folder: string
  stop(): Promise<void>
}

/** Declares the tests, within a `describe`. @param transports by which a reader goes from server to server */
export function declareCopies(
  start: () => Promise<RunningEngine>,
  transports: readonly TransportName[],
): void {
  let engine: RunningEngine
  const folder = mkdtempSync(join(tmpdir(), 'lab-copies-'))
  let labs: Labs | null = null
  const ways: { close(): Promise<void> }[] = []
  beforeAll(async () => {
    engine = await start()
    return () => engine.stop()
  }, LIMIT_MS)
  afterEach(async () => {
    await labs?.close()
    labs = null
    for (const way of ways.splice(0)) await way.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  let stores = 0
  const wayTo = (name: string) => async () => {
    const log = await engine.open(name, GIVE_UP_MS)
    const store = openSqliteStore(join(folder, `${stores++}`, 'chat.sqlite'))
    return { engine: log, bus: log.bus, requests: log.requests, store }
  }
  /** Labs that keep the log for a second. */
  async function startTrimming(count: number, name: string) {
    const events: PeerEvent[] = []
    labs = await startLabs(count, wayTo(name), {
      hubOptions: {
        peers: { keepMs: 1_000, everyMs: 500, askMs: 300, againMs: 500 },
        onPeerEvent: (event) => events.push(event),
      },
    })
    return { labs, events }
  }
  /** Whether the engine has the first entry no more, as a server is told that begins with nothing. */
  async function isTrimmed(name: string): Promise<boolean> {
    const log = await engine.open(name, GIVE_UP_MS)
    try {
      return await new Promise<boolean>((resolve) => {
        const stop = log.follow(0, {
          onEntry() {
            stop()
            resolve(false)
          },
          onEnd: (why) => resolve(why instanceof EngineError && why.code === 'gone'),
        })
      })
    } finally {
      await log.close()
    }
  }

  it.each(REQUESTS_CASES.map(({ name, run }, i) => [name, run, `ASK_${i}`] as const))(
    '%s',
    async (_name, run, log) => {
      await run(async () => {
        const way = await engine.open(log, GIVE_UP_MS)
        ways.push(way)
        return way.requests
      }, 30_000)
    },
  )

  it.each(transports)(
    'trim their log, and a fourth begins from a copy, while a reader over %s goes from one to the other: nothing lost, doubled or called a gap',
    async (transport) => {
      const name = `COPY_${transport.toUpperCase().replace('-', '_')}`
      const { labs: all, events } = await startTrimming(3, name)
      const { findings, said } = await holdConversation(all, {
        transport,
        rounds: 8,
        async trouble(round) {
          if (round !== 3) return
          await expect.poll(() => events.some(({ kind }) => kind === 'trimmed'), WAIT).toBe(true)
          await expect.poll(() => isTrimmed(name), WAIT).toBe(true)
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

  it('have the text of a removed message nowhere, once the log is trimmed: not in the engine’s files, not in theirs, not at one that begins then', async () => {
    const { labs: all, events } = await startTrimming(2, 'REMOVED')
    const [first] = all.up
    const room = first!.hub.room('lobby')
    await room.publish({ draftId: 'a', author: 'ada', text: 'these words must not stay' })
    const places = [engine.folder, folder]
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

  it('wait for a copy and say so where no other server is there, and take one when one comes', async () => {
    const { labs: all, events } = await startTrimming(2, 'ALONE')
    await all.up[0]!.hub.room('lobby').publish({ draftId: 'a', author: 'ada', text: 'here' })
    await expect.poll(() => events.some(({ kind }) => kind === 'trimmed'), WAIT).toBe(true)
    // Both are stopped; their folders stay for the one that comes again.
    const kept = `${stores - 1}`
    await all.close()
    const told: PeerEvent[] = []
    const hubOptions = {
      peers: { askMs: 300, againMs: 500 },
      onPeerEvent: (event: PeerEvent) => told.push(event),
    }
    labs = await startLabs(1, wayTo('ALONE'), { hubOptions })
    await expect
      .poll(() => told[0], WAIT)
      .toMatchObject({ kind: 'waits', why: expect.stringMatching(/no other server answers that has it/) })
    const [alone] = labs.up
    expect(alone!.hub.readiness).toMatchObject({ status: 'copying' })
    const other = await engine.open('ALONE', GIVE_UP_MS)
    const store = openSqliteStore(join(folder, kept, 'chat.sqlite'))
    const back = await startLabs(
      1,
      async () => ({ engine: other, bus: other.bus, requests: other.requests, store }),
      { hubOptions },
    )
    try {
      await expect.poll(() => alone!.hub.readiness?.status, WAIT).toBe('ok')
      expect(alone!.hub.room('lobby').read(null).messages).toMatchObject([{ text: 'here' }])
    } finally {
      await back.close()
    }
  })
}

const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
