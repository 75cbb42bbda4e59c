/**
 * What an open connection keeps of the request that opened it, counted in a snapshot of the server's heap. Some
 * 40 header strings hang on a request, and they would stay for as long as the connection does.
 *
 * A WebSocket must keep neither request nor response. A response in progress keeps its request: Node's own
 * `ServerResponse` has it as `req`, and its socket has the response, until it is finished. So a stream or a poll that is
 * held keeps one of each, and no more.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Audience, openAudience } from '../../../benchmarks/load/audience.ts'
import { keepsRequestOpen, OVER_HTTP } from '../../../transports/descriptors.ts'
import { parsePage } from '../../wire/codec.ts'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type Heap, type HeapObject, readHeap } from './heap-snapshot.ts'

const READERS = 200
/** Some seconds of a quiet core: a thousand connections, and a heap of half a million objects to write and to read. */
const LIMIT_MS = 120_000
/** Where the benchmark's readers sit. */
const ROOM = 'bench'
const WEBSOCKETS = await webSocketTransports()
const RESPONSES = OVER_HTTP.filter(keepsRequestOpen)
const STAY_OPEN = [...RESPONSES, ...WEBSOCKETS]

const folder = mkdtempSync(join(tmpdir(), 'lab-heap-'))
const audiences: Audience[] = []
let server: ServerUnderTest
let heap: Heap

beforeAll(async () => {
  const places = STAY_OPEN.length * READERS + 100
  server = await startServerUnderTest({ connections: { perAddress: places, total: places }, withAll: true })
  const { cursor } = parsePage(await (await fetch(`http://${server.at}/rooms/${ROOM}/messages`)).json())
  for (const subject of STAY_OPEN) {
    audiences.push(
      await openAudience({
        ...{ subject, port: server.port, count: READERS, atOnce: 100, since: cursor, headers: 'browser' },
        ...{ pollMs: 1_000, resume: false, untilFirst: false, seed: 1 },
      }),
    )
  }
  await vi.waitFor(async () => expect((await server.figures()).followers).toBe(STAY_OPEN.length * READERS), {
    timeout: 20_000,
    interval: 100,
  })
  const file = join(folder, 'server.heapsnapshot')
  await server.heapSnapshot(file)
  heap = await readHeap(file)
}, LIMIT_MS)
afterAll(async () => {
  for (const audience of audiences) await audience.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** By the request's address: a response has its request as `req`, and Fastify's request has Node's as `raw`. */
function isOf(name: string, object: HeapObject): boolean {
  const request = object.property('req') ?? object.property('raw') ?? object
  return request.property('url')?.name.startsWith(`/transports/${name}/`) ?? false
}

/** How many a transport's open connections hold, and how the first of them is held. */
function retained(constructorName: string, name: string): { count: number; by: string } {
  const held = heap.instancesOf(constructorName).filter((object) => isOf(name, object))
  return { count: held.length, by: held[0]?.path() ?? '' }
}
const NONE = { count: 0, by: '' }

it.each(WEBSOCKETS)('an open connection of %s keeps neither its request nor its response', (name) => {
  expect(retained('IncomingMessage', name)).toEqual(NONE)
  expect(retained('ServerResponse', name)).toEqual(NONE)
})

it.each(RESPONSES)('an open connection of %s keeps one request and one response, as Node does', (name) => {
  // Not fewer either: that would mean that the snapshot is read wrongly, and finds none of any transport.
  expect(retained('IncomingMessage', name).count).toBe(READERS)
  expect(retained('ServerResponse', name).count).toBe(READERS)
})

it("a stream keeps nothing of Fastify's; a held poll keeps Fastify's request, by which it may still be answered", () => {
  // Its class for a server that trusts a proxy has another name.
  const ofFastify = (name: string) =>
    ['Request', '_Request'].map((className) => retained(className, name)).find(({ count }) => count > 0) ??
    NONE
  for (const name of RESPONSES) if (name !== 'long-polling') expect(ofFastify(name), name).toEqual(NONE)
  expect(ofFastify('long-polling').count).toBe(READERS)
})
