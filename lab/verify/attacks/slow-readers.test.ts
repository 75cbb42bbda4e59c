/**
 * Readers that take nothing. What is offered to them must not pile up in the server, and no other
 * reader may wait for them. What the kernel holds for each connection is its own matter, and bounded by it.
 */
import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { MAX_TEXT_BYTES } from '../../wire/limits.ts'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'
import { dial, requestText } from './raw.ts'
import { HANDSHAKE } from './raw-web-socket.ts'

const MIB = 1024 * 1024
const READERS = 100
/** All readers together; each text goes to each of them. `OFFER_MIB=1024` offers more. */
const OFFERED = Number(process.env.OFFER_MIB ?? 256) * MIB
const TEXTS = Math.ceil(OFFERED / READERS / MAX_TEXT_BYTES)
/** What the server may take for it, over what it takes without. */
const MAX_GROWTH = 64 * MIB
/** Texts in a history, all of which the room remembers; a reader begins behind each. */
const PLACES = 40
/** Each look has the server collect its garbage, which would be all that it does. */
const LOOK_EVERY_MS = 100
/** Few enough for the room to remember, so that an honest poller has time to come back for them. */
const TEXTS_AT_ONCE = 16

type Stream = readonly [transport: string, path: string, headers: readonly string[]]
const STREAMS = [
  ['http-streaming', 'stream', []],
  ['sse', 'events', []],
  ...(await webSocketTransports()).map((name) => [name, 'socket', HANDSHAKE] as const),
] satisfies Stream[]

let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  server = await startServerUnderTest()
  honest = await joinHonestReaders(server.at)
  await honest.say('x'.repeat(MAX_TEXT_BYTES)) // warm
  await honest.allHaveRead()
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

const stalled: Socket[] = []
afterEach(() => {
  for (const socket of stalled.splice(0)) socket.destroy()
})

/** Readers that ask for a stream and read none of it. `since` says from where, by the reader's number. */
async function stall(
  stream: Stream,
  room: string,
  since: (reader: number) => string = () => '',
): Promise<void> {
  const [transport, path, headers] = stream
  await Promise.all(
    Array.from({ length: READERS }, async (_, reader) => {
      const socket = await dial(server.port)
      stalled.push(socket)
      socket.pause()
      const target = `/transports/${transport}/rooms/${room}/${path}${since(reader)}`
      socket.write(requestText(server.port, `GET ${target}`, headers))
    }),
  )
}

/** Keeps the most that was seen, over what there was before. */
async function watch() {
  await onlyTheHonestAreLeft()
  const before = await server.figures()
  const most = { held: 0, rss: 0, followers: 0 }
  return {
    most,
    async look() {
      const { held, rss, followers } = await server.figures()
      most.held = Math.max(most.held, held - before.held)
      most.rss = Math.max(most.rss, rss - before.rss)
      most.followers = Math.max(most.followers, followers - before.followers)
    },
  }
}

describe.each(STREAMS)('%s', (...stream) => {
  const [transport] = stream

  it(`${READERS} stalled readers, offered ${OFFERED / MIB} MiB together, take at most ${MAX_GROWTH / MIB} MiB`, async () => {
    const { most, look } = await watch()
    await stall(stream, ROOM)
    await lookUntilAllFollow(most, look)
    for (let i = 0; i < TEXTS; i++) {
      if (i % TEXTS_AT_ONCE === 0) await look()
      await honest.say(String(i).padEnd(MAX_TEXT_BYTES, 'x'))
      if (i % TEXTS_AT_ONCE === TEXTS_AT_ONCE - 1) await honest.allHaveRead()
    }
    await look()
    expectLittle(`${transport}, live`, most)
    await honest.expectUnharmed()
  })

  it(`${READERS} readers that each ask for another part of the history and do not read it, likewise`, async () => {
    // Escapes make of each byte six, so these are the largest pages that there can be.
    const room = `archive-${transport}`
    for (let i = 0; i < PLACES; i++) await post(room, `d${i}`, '\u0001'.repeat(MAX_TEXT_BYTES))
    const epoch = await epochOf(room)
    const { most, look } = await watch()
    await stall(stream, room, (reader) => `?since=${epoch}:${reader % PLACES}`)
    await lookUntilAllFollow(most, look)
    expectLittle(`${transport}, history`, most)
    await honest.expectUnharmed()
  })
})

/** On a busy machine the first are cut, after their 10 s, before the last have come: then it is not all at once. */
async function lookUntilAllFollow(
  most: { readonly followers: number },
  look: () => Promise<void>,
): Promise<void> {
  const giveUp = performance.now() + 10_000
  do {
    await look()
    await pause(LOOK_EVERY_MS)
  } while (most.followers < READERS && performance.now() < giveUp)
}

async function onlyTheHonestAreLeft(): Promise<void> {
  await vi.waitFor(
    async () => expect((await server.figures()).followers).toBeLessThanOrEqual(OVER_HTTP.length),
    {
      timeout: 60_000,
    },
  )
}

it('slow readers leave the process alive and quiet, with no follower but those of the honest readers', async () => {
  await onlyTheHonestAreLeft()
  expect(server.isAlive()).toBe(true)
  expect(server.said()).toBe('')
})

async function post(room: string, draftId: string, text: string): Promise<void> {
  const { status } = await fetch(`http://${server.at}/rooms/${room}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ draftId, author: 'eve', text }),
  })
  expect(status).toBe(201)
}

async function epochOf(room: string): Promise<string> {
  const read = await fetch(`http://${server.at}/transports/short-polling/rooms/${room}/messages`)
  const { cursor } = (await read.json()) as { cursor: string }
  return cursor.split(':')[0]!
}

function expectLittle(
  what: string,
  { held, rss, followers }: { held: number; rss: number; followers: number },
): void {
  const inMib = (bytes: number) => `${(bytes / MIB).toFixed(1)} MiB`
  console.log(
    `${what}: at most ${followers} at once, ${inMib(held)} more in use, ${inMib(rss)} more resident`,
  )
  expect(followers).toBeGreaterThanOrEqual(READERS / 2)
  expect(held).toBeLessThan(MAX_GROWTH)
}
