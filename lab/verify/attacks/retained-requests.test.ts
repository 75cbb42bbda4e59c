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
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
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
      timeout: 60_000,
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
    // Not beside the next one: what they do meanwhile, a pong say, would be counted as the next one's.
    for (const audience of audiences.splice(0)) await audience.close()
    followers = 0
  }
}, LIMIT_MS)
afterAll(async () => {
  for (const audience of audiences) await audience.close()
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** A class is held if more than every tenth connection has one: a pool of Node's may grow by a few. */
const isHeld = (count: number) => count > 0.1

/** Node's own for a connection, whatever it is used for. `Timeout`: of the socket, and of what the transport waits for. */
const OF_A_SOCKET = { Socket: 1, TCP: 1, ReadableState: 1, WritableState: 1, Timeout: 2 }
const OF_HTTP = { ...OF_A_SOCKET, HTTPParser: 1, HTTPServerAsyncResource: 1 }
const OF_A_READER = { RoomReader: 1, Follower: 1 }
const OF_A_STREAM = { ...OF_A_READER, Pump: 1 }
const OF_A_WEB_SOCKET = { ...OF_A_SOCKET, ...OF_A_STREAM, OpenSocket: 1, RoomWriter: 1 }

/** Most of each class that one idle connection may have: what is not named here, none may have. */
const MOST: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'long-polling': { ...OF_HTTP, ...OF_A_READER, HeldPoll: 1, HeldPollAnswer: 1, HeldAnswer: 1 },
  'http-streaming': { ...OF_HTTP, ...OF_A_STREAM, OpenStream: 1, HeldStream: 1, HeldAnswer: 1 },
  sse: { ...OF_HTTP, ...OF_A_STREAM, OpenStream: 1, HeldStream: 1, HeldAnswer: 1 },
  // A `Receiver` is a stream of its own, which has a state too.
  websocket: { ...OF_A_WEB_SOCKET, WritableState: 2, WebSocket: 1, Receiver: 1, Sender: 1 },
  // A parser is made for the first byte that comes: the first pong.
  'websocket-by-hand': { ...OF_A_WEB_SOCKET, WebSocketConnection: 1, FrameParser: 1 },
  tcp: { ...OF_A_SOCKET, ...OF_A_STREAM, RoomWriter: 1, LineReader: 1, OpenConnection: 1, Program: 1 },
}

/**
 * Most of what has no class of its own: seen with Node 20, and a few more for the versions after it. The two that Node's HTTP
 * server goes on reading have some twenty of its own: `http.Server` binds eight functions for each connection.
 */
const MOST_SMALL: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'long-polling': { closures: 20, contexts: 13, objects: 20, strings: 6 },
  'http-streaming': { closures: 19, contexts: 13, objects: 19, strings: 5 },
  sse: { closures: 19, contexts: 13, objects: 19, strings: 5 },
  websocket: { closures: 13, contexts: 11, objects: 25, strings: 6 },
  'websocket-by-hand': { closures: 11, contexts: 10, objects: 18, strings: 6 },
  tcp: { closures: 10, contexts: 6, objects: 18, strings: 5 },
}

const SMALL: Readonly<Record<string, string>> = {
  '(closure)': 'closures',
  'system / Context': 'contexts',
  Object: 'objects',
  Array: 'objects',
  '(string)': 'strings',
  '(array)': '', // as V8 likes it: for the properties and the elements of the others
}

// A transport that is new gets its rows when it has been measured.
describe.each(STAY_OPEN.filter((name) => name in MOST))('an idle connection of %s', (name) => {
  it('keeps neither its request nor its response, nor any other object but those that it needs', () => {
    const { census, heap } = added.get(name)!
    const held = [...census].filter(([className, count]) => isHeld(count) && !(className in SMALL))
    for (const [className, count] of held) {
      const most = MOST[name]?.[className] ?? 0
      // Said with the way by which the heap reaches one of them: that is where to look.
      const path = count > most + 0.1 ? heap.instancesOf(className).at(-1)?.path() : ''
      expect({ className, count: Math.round(count), path }).toEqual({
        className,
        count: Math.min(most, Math.round(count)),
        path: '',
      })
    }
    // Not without any either: the snapshot would be read wrongly, and none would ever be found.
    expect(census.get('Socket')).toBeCloseTo(1, 1)
  })

  it('keeps no closure for each event, and few small objects', () => {
    const counts: Record<string, number> = { closures: 0, contexts: 0, objects: 0, strings: 0 }
    for (const [className, count] of added.get(name)!.census) {
      const kind = SMALL[className]
      if (kind) counts[kind]! += count
    }
    const over = Object.entries(counts).filter(([kind, count]) => count > (MOST_SMALL[name]?.[kind] ?? 0))
    expect(over).toEqual([])
  })
})
