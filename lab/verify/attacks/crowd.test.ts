/**
 * A crowd: no attack, and to a server it looks like one. Readers on all transports at once, each message to
 * every one of them, at a rate that does not wait for anybody; and none may miss one.
 *
 * `CROWD=10000 SECONDS=30` is the crowd of docs/reference/guarantees.md. It takes as many file descriptors in
 * each of two processes (ulimit -n).
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Audience, openAudience } from '../../../benchmarks/load/audience.ts'
import { percentileUs, unpackHistogram } from '../../../benchmarks/measure/histogram.ts'
import { keepPace } from '../../../benchmarks/measure/pacer.ts'
import { nowNs, stampedText } from '../../../benchmarks/measure/stamps.ts'
import { draftIdOf } from '../../../benchmarks/subjects/message.ts'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import type { Connection } from '../../client/transport.ts'
import { parsePage } from '../../wire/codec.ts'
import { ChatError } from '../../wire/errors.ts'
import type { ChatMessage } from '../../wire/message.ts'
import { platformOver } from '../kit/network/network.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'

const CROWD = Number(process.env.CROWD ?? 400)
const SECONDS = Number(process.env.SECONDS ?? 1)
const DELIVERIES_PER_SECOND = 20_000
const PER_TRANSPORT = Math.floor(CROWD / OVER_HTTP.length)
const READERS = PER_TRANSPORT * OVER_HTTP.length
const MESSAGES = Math.ceil((DELIVERIES_PER_SECOND * SECONDS) / READERS)
/** Where the benchmark's readers sit. */
const ROOM = 'bench'
const TEXT_BYTES = 120
/** Short pollers ask once a second, as on the lab's page. */
const POLL_MS = 1_000
/** Nothing that is still missing has come for so long: it never will. */
const TIMEOUT_MS = 10_000
const LIMIT_MS = 120_000 + 2_000 * SECONDS

const data = mkdtempSync(join(tmpdir(), 'lab-crowd-'))
let server: ServerUnderTest
const audiences: Audience[] = []

beforeAll(async () => {
  const places = 2 * READERS + 100 // a poller may come back before its last connection is forgotten
  server = await startServerUnderTest({ data, connections: { perAddress: places, total: places } })
})
afterAll(async () => {
  for (const audience of audiences) await audience.close()
  await server?.stop()
  rmSync(data, { recursive: true, force: true })
})

async function openAudiences(): Promise<void> {
  const room = `http://${server.at}/rooms/${ROOM}/messages`
  const { cursor } = parsePage(await (await fetch(room)).json())
  for (const subject of OVER_HTTP) {
    audiences.push(
      await openAudience({
        ...{ subject, port: server.port, count: PER_TRANSPORT, atOnce: 100, since: cursor, headers: 'bare' },
        ...{ pollMs: POLL_MS, resume: false, untilFirst: false, seed: 1 },
      }),
    )
  }
}

/** A writer that does not wait for a response before it sends more: over one socket, in the order of the log. */
async function publishAll(): Promise<void> {
  const hangUp = new AbortController()
  const transport = await loadClient('websocket')
  const connection = await transport.open({
    baseUrl: new URL(`http://${server.at}/transports/websocket/rooms/${ROOM}/`),
    ...{ since: null, clientId: null, signal: hangUp.signal, onActivity() {}, pause: async () => {} },
    platform: platformOver(),
  })
  const reading = readOn(connection)
  const answers: Promise<ChatMessage>[] = []
  await keepPace({ perSecond: MESSAGES / SECONDS, beats: MESSAGES, precise: false }, (scheduledNs, index) => {
    const number = index + 1
    const text = stampedText(scheduledNs, number, TEXT_BYTES)
    answers.push(
      connection.send({ draftId: draftIdOf(number), author: 'writer', text }, new AbortController().signal),
    )
  })
  await Promise.all(answers)
  hangUp.abort(new ChatError('closed', 'all is said'))
  await reading
}

/** What is not read would pile up. */
async function readOn(connection: Connection): Promise<void> {
  try {
    for await (const _page of connection);
  } catch (error) {
    if (ChatError.from(error).code !== 'closed') throw error
  }
}

it(`${READERS} readers, ${DELIVERIES_PER_SECOND} deliveries per second: none missing, none twice`, {
  timeout: LIMIT_MS,
}, async () => {
  await openAudiences()
  for (const audience of audiences) audience.begin(SECONDS * 1_000)
  const begunNs = nowNs()
  await publishAll()

  const lines: string[] = []
  let lastNs = begunNs
  for (const [i, audience] of audiences.entries()) {
    const expected = PER_TRANSPORT * MESSAGES
    const heard = await audience.finish({ expected, quietMs: TIMEOUT_MS })
    const { received, duplicates, missed, broken } = heard
    expect({ received, duplicates, missed, broken }, OVER_HTTP[i]).toEqual({
      ...{ received: expected, duplicates: 0, missed: 0, broken: 0 },
    })
    const [p50, p99] = [50, 99].map((percent) =>
      (percentileUs(unpackHistogram(heard.latencies), percent) / 1_000).toFixed(0),
    )
    lastNs = Math.max(lastNs, heard.lastNs)
    lines.push(`${OVER_HTTP[i]}: ${received} of ${expected}, p50 ${p50} ms, p99 ${p99} ms`)
  }
  const perSecond = (READERS * MESSAGES) / ((lastNs - begunNs) / 1e9)
  console.log(
    `${MESSAGES} messages to ${READERS} readers: ${perSecond.toFixed(0)} deliveries per second, ` +
      `to the last one\n${lines.join('\n')}`,
  )
  expect(server.said()).toBe('')
})
