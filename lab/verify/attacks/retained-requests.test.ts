/**
 * What an idle connection keeps, counted by class in snapshots of the server's heap before and after 500 of them.
 *
 * Some 40 header strings hang on a request, and they would stay for as long as the connection does. So no transport
 * keeps a request or a response while its reader waits; and since closures, arrays and small objects are memory too,
 * there is a bound for each class.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { type Audience, openAudience } from '../../../benchmarks/load/audience.ts'
import { DESCRIPTORS, keepsRequestOpen, OVER_HTTP } from '../../../transports/descriptors.ts'
import { TRANSPORTS, type TransportName } from '../../../transports/manifest.ts'
import { parsePage } from '../../wire/codec.ts'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type Heap, readHeap } from './heap-snapshot.ts'

const READERS = 500
const FEW = 20
/** Some seconds of a quiet core: some thousand connections, and a heap of half a million objects, written and read for each. */
const LIMIT_MS = 180_000
/** Where the benchmark's readers sit. */
const ROOM = 'bench'
const STAY_OPEN: readonly TransportName[] = [
  ...OVER_HTTP.filter(keepsRequestOpen),
  ...(await webSocketTransports()),
  ...TRANSPORTS.filter((name) => DESCRIPTORS.get(name)?.carriedBy === 'tcp'),
]

const folder = mkdtempSync(join(tmpdir(), 'lab-heap-'))
const audiences: Audience[] = []
let server: ServerUnderTest
/** By transport: how many of each class its first 500 connections have added, per connection; and the heap with them. */
const added = new Map<string, { readonly census: ReadonlyMap<string, number>; readonly heap: Heap }>()

beforeAll(async () => {
  const places = STAY_OPEN.length * (READERS + FEW) + 100
  server = await startServerUnderTest({ connections: { perAddress: places, total: places }, withAll: true })
  const { cursor } = parsePage(await (await fetch(`http://${server.at}/rooms/${ROOM}/messages`)).json())
  const open = async (subject: string, count: number) => {
    const port = server.ports[subject] ?? server.port
    const audience = await openAudience({
      ...{ subject, port, count, atOnce: 100, since: cursor, headers: 'browser' },
      ...{ pollMs: 1_000, resume: false, untilFirst: false, seed: 1 },
    })
    audiences.push(audience)
  }
  let followers = 0
  const snapshot = async () => {
    await vi.waitFor(async () => expect((await server.figures()).followers).toBe(followers), {
      timeout: 20_000,
      interval: 100,
    })
    const file = join(folder, 'server.heapsnapshot')
    await server.heapSnapshot(file)
    return readHeap(file)
  }
  for (const subject of STAY_OPEN) {
    await open(subject, FEW) // what is made once for a transport is there after that
    followers += FEW
    const before = (await snapshot()).census()
    await open(subject, READERS)
    followers += READERS
    const heap = await snapshot()
    const perConnection = [...heap.census()].map(
      ([name, count]) => [name, (count - (before.get(name) ?? 0)) / READERS] as const,
    )
    added.set(subject, { census: new Map(perConnection), heap })
  }
}, LIMIT_MS)
afterAll(async () => {
  for (const audience of audiences) await audience.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

it('x', () => {
  for (const [name, { census }] of added) {
    console.log(
      name,
      [...census]
        .filter(([, n]) => n > 0.05)
        .sort((a, b) => b[1] - a[1])
        .map(([k, n]) => `${k}=${n.toFixed(2)}`)
        .join(' '),
    )
  }
})
