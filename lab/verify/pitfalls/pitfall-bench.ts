/** For the tests of pitfalls: a real server with lanes, one visitor, a client in one lane, and the page's own ledger. */
import { setTimeout as pause } from 'node:timers/promises'
import { expect } from 'vitest'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { createEvidence } from '../../../web/model/ledger/evidence.ts'
import { createPageLedger, type LedgerRow } from '../../../web/model/ledger/page-ledger.ts'
import { connectionsInfoOf } from '../../../web/model/wires/connections-info.ts'
import { type ChatClient, type ConnectionState, createChatClient } from '../../client/chat-client.ts'
import { randomId, systemClock } from '../../client/platform.ts'
import type { Settings } from '../../client/transport.ts'
import { CLIENT_DEFECTS } from '../../defects/client/index.ts'
import type { SettingValues } from '../../wires/control.ts'
import type { ActivePitfall } from '../../wires/pitfalls/control.ts'
import { platformOver, showing } from '../kit/network/network.ts'
import { type LanesBench, startWithLanes } from '../wires/lanes-bench.ts'

/** Short, so that a heartbeat is not waited for. */
export const HEARTBEAT_MS = 50
/** The room's own draw: what is tried is not the dice. */
const RANDOM = () => 0.1

export interface LaneOptions {
  readonly settings?: Settings
  readonly silenceMs?: number
  /** Between two tries, in milliseconds; as usual when null. */
  readonly backoffMs?: number | null
}

export interface LaneBench {
  readonly bench: LanesBench
  readonly client: ChatClient
  readonly states: readonly ConnectionState[]
  /** Whether each page that came by the lane had messages. */
  readonly pages: readonly boolean[]
  readonly row: () => Promise<LedgerRow>
  /** Written by another user. */
  say(...texts: string[]): void
  /** Written in the lane; resolves when its client says that it is accepted. */
  send(text: string): Promise<void>
  fault(fault: string, settings?: SettingValues, seconds?: number | null): Promise<void>
  heal(): Promise<void>
  /** Resolves when the lane has all that stands in the log. */
  whole(): Promise<LedgerRow>
  until(what: string, isSo: () => boolean | Promise<boolean>): Promise<void>
}

export interface PitfallBench {
  /** Plays in a room of its own. @param pitfall null for the sound lane */
  play<T>(
    lane: TransportName,
    pitfall: string | null,
    options: LaneOptions,
    act: (laneBench: LaneBench) => Promise<T>,
  ): Promise<T>
  close(): Promise<void>
}

export async function openPitfallBench(): Promise<PitfallBench> {
  const bench = await startWithLanes({}, { heartbeatMs: HEARTBEAT_MS })
  const cookie = await bench.visitor()
  let rooms = 0

  async function ask<T>(method: string, path: string, body?: object): Promise<T> {
    const response = await fetch(`${bench.server.url}${path}`, {
      method,
      headers: { cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`)
    return (text === '' ? null : JSON.parse(text)) as T
  }

  return {
    async play(lane, pitfall, { settings = {}, silenceMs = 20_000, backoffMs = 10 }, act) {
      const room = `room-${++rooms}`
      await ask('DELETE', '/wires/pitfalls')
      const active = pitfall && (await ask<ActivePitfall>('POST', '/wires/pitfalls', { pitfall, lane }))
      const defect = pitfall ? CLIENT_DEFECTS[pitfall] : undefined
      const platform = platformOver(showing({ cookie }), RANDOM)
      const evidence = createEvidence(systemClock)
      const transport = await loadClient(lane, settings)
      const path = active ? (active.path ?? `/transports/${lane}`) : `/transports/${lane}`
      const pages: boolean[] = []
      const watched = evidence.watched(defect?.wrap(transport, settings) ?? transport)
      const client = createChatClient(
        {
          async open(options) {
            const connection = await watched.open(options)
            return {
              send: (draft, signal) => connection.send(draft, signal),
              renewPresence: (update) => connection.renewPresence(update),
              async *[Symbol.asyncIterator]() {
                for await (const page of connection) {
                  pages.push(page.messages.length > 0)
                  yield page
                }
              },
            }
          },
        },
        {
          ...{
            baseUrl: new URL(`${path}/rooms/${room}/`, bench.laneOf(lane)),
            author: 'anna',
            platform,
            silenceMs,
          },
          ...(backoffMs !== null && { backoffMs: defect?.backoffMs ?? (() => backoffMs) }),
          ...(defect?.backoffMs && { backoffMs: defect.backoffMs }),
        },
      )
      const states: ConnectionState[] = []
      client.onState((state) => {
        evidence.onState(state)
        states.push(state)
      })
      const ledger = createPageLedger({
        platform,
        url: () => new URL(`/rooms/${room}/messages`, bench.server.url),
        lanes: () => [{ name: lane, evidence, requests: 0 }],
        connections: async () => connectionsInfoOf(await ask('GET', '/wires/connections'), Date.now()),
      })
      const laneBench: LaneBench = {
        ...{ bench, client, states, pages },
        async row() {
          await ledger.look()
          expect(ledger.problem).toBeNull()
          return ledger.rows[0]!
        },
        say: (...texts) => {
          for (const text of texts) bench.server.say(room, text)
        },
        async send(text) {
          const draftId = randomId()
          await client.send(text, draftId)
          evidence.onSent(draftId)
        },
        async fault(fault, given = {}, seconds = 60) {
          await ask('POST', '/wires/faults', { fault, lanes: [lane], settings: given, seconds })
        },
        heal: () => ask('DELETE', '/wires/faults?whose=all'),
        async whole() {
          let row = await laneBench.row()
          await laneBench.until('the lane has all that is in the log', async () => {
            row = await laneBench.row()
            return row.inLog > 0 && row.behind === 0
          })
          return row
        },
        until: (what, isSo) => expect.poll(async () => await isSo(), { message: what }).toBe(true),
      }
      try {
        laneBench.say('hello')
        client.connect()
        await laneBench.until('hello is heard', () => pages.includes(true))
        return await act(laneBench)
      } finally {
        client.close()
        await laneBench.heal()
        // The server is told that the client has gone before the next one comes.
        await expect.poll(() => bench.server.hub.followers).toBe(0)
      }
    },
    close: () => bench.close(),
  }
}

export { pause }
