/**
 * How large a page is on the wire, on every transport: below 128 KiB with all that is around it, since clients
 * stop there (libsoup's WebSocket by default, aiohttp's reader of lines); only a message that is longer by
 * itself is more.
 */
import { once } from 'node:events'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { OVER_HTTP } from '../../../transports/descriptors.ts'
import { loadClient } from '../../../transports/load-client.ts'
import type { TransportName } from '../../../transports/manifest.ts'
import { pause } from '../../client/platform.ts'
import { Hub } from '../../hub/hub.ts'
import { Presences } from '../../hub/presences.ts'
import { platformOver } from '../../verify/kit/network/network.ts'
import { startTestServer, type TestServer } from '../../verify/kit/test-server.ts'
import { systemClock } from '../../wire/clock.ts'
import { MAX_DRAFT_BYTES, MAX_TEXT_BYTES } from '../../wire/limits.ts'
import type { Cursor, Page } from '../../wire/message.ts'
import { MAX_LISTED, MAX_TYPING } from '../../wire/presence.ts'

const LIMIT = 128 * 1024
const TIMEOUT = { timeout: 20_000, interval: 5 }

let server: TestServer | null = null
afterEach(() => server?.close())

const ROOMS = [
  { what: 'three texts of 21,800 ideographs', texts: Array<string>(3).fill('茶'.repeat(21_800)) },
  { what: 'four texts of 16,000 control characters', texts: Array<string>(4).fill('\u0001'.repeat(16_000)) },
  { what: 'forty texts of 3,000 quotation marks', texts: Array<string>(40).fill('"'.repeat(3_000)) },
  { what: 'a hundred texts of 900 ideographs', texts: Array<string>(100).fill('茶'.repeat(900)) },
]

describe.each([...OVER_HTTP, 'reading back'] as const)('by %s', (transport) => {
  it.each(ROOMS)('no page of $what reaches 128 KiB as it is sent', async ({ texts }) => {
    const { got, count } = await readAll(transport, texts)
    expect(count).toBe(texts.length)
    expect(Math.max(...got)).toBeLessThan(LIMIT)
  })

  it('a text that is longer than that by itself is a page of its own', async () => {
    const { got, count } = await readAll(transport, ['before', '\u0001'.repeat(MAX_TEXT_BYTES), 'after'])
    expect(count).toBe(3)
    expect(got.filter((size) => size >= LIMIT)).toHaveLength(1)
    expect(Math.max(...got)).toBeLessThan(MAX_DRAFT_BYTES)
  })
})

describe.each(OVER_HTTP)('by %s, for a tab', (transport) => {
  it('the room is told who is here, and no page reaches 128 KiB with that', async () => {
    const texts = ['\u0001'.repeat(20_000), ...Array<string>(3).fill('茶'.repeat(21_800)), 'the end']
    const { got, count, listed } = await readAll(transport, texts, { crowd: true })
    expect(count).toBe(texts.length)
    expect(listed).toBe(MAX_LISTED)
    expect(Math.max(...got)).toBeLessThan(LIMIT)
  })
})

interface Seen {
  /** Bytes of each page as it was sent: a body, a line of the stream, a frame's payload. */
  readonly got: readonly number[]
  readonly count: number
  /** People on the list, at last. */
  readonly listed: number
}

async function readAll(
  transport: TransportName | 'reading back',
  texts: readonly string[],
  { crowd = false } = {},
): Promise<Seen> {
  const hub = new Hub()
  const presences = new Presences({ clock: systemClock })
  const room = hub.room('kitchen')
  for (const [n, text] of texts.entries()) room.publish({ draftId: `d${n}`, author: 'hub', text })
  if (crowd) await fill(presences)
  server = await startTestServer({ hub, presences })
  const url = server.url
  const tab = crowd ? 'tab=t1&' : ''

  const got: number[] = []
  let count = 0
  let listed = 0
  let isDone = false
  const take = (json: string, size: number): Page => {
    const page = JSON.parse(json) as Page
    got.push(size)
    count += page.messages.length
    listed = page.here?.people.length ?? listed
    isDone = count >= texts.length && (!crowd || listed >= MAX_LISTED)
    return page
  }
  const poll = async (path: string, query: (cursor: Cursor) => string) => {
    for (let address = `${url}${path}?${tab}wait=0`; !isDone; ) {
      const text = await (await fetch(address)).text()
      const { cursor } = take(text, Buffer.byteLength(text))
      address = `${url}${path}?${tab}wait=0&${query(cursor)}`
    }
  }
  const base = `/transports/${transport}/rooms/kitchen/`

  if (transport === 'reading back') await poll('/rooms/kitchen/messages', (cursor) => `before=${cursor}`)
  else if (transport === 'sse') {
    const hangUp = new AbortController()
    const { body } = await fetch(`${url}${base}events?${tab}`, hangUp)
    let rest = ''
    for await (const piece of body!.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + piece).split('\n')
      rest = lines.pop()!
      for (const line of lines)
        if (line.startsWith('data: ')) take(line.slice(6), Buffer.byteLength(line) + 1)
      if (isDone) break
    }
    hangUp.abort()
  } else if (transport === 'websocket') {
    const socket = new WebSocket(`${url.replace('http', 'ws')}${base}socket?${tab}`)
    socket.on('message', (data) => {
      const { type, page } = JSON.parse(String(data)) as { type: string; page: unknown }
      if (type === 'page') take(JSON.stringify(page), (data as Buffer).length)
    })
    await once(socket, 'open')
    await expect.poll(() => isDone, TIMEOUT).toBe(true)
    socket.terminate()
  } else if (transport === 'short-polling' || transport === 'long-polling')
    await poll(`${base}messages`, (cursor) => `since=${cursor}`)
  else {
    // How it frames a page is its own affair: a page as JSON is the most that is the same for all.
    const hangUp = new AbortController()
    const connection = await (await loadClient(transport)).open({
      baseUrl: new URL(`${url}${base}`),
      since: null,
      clientId: crowd ? 't1' : null,
      signal: hangUp.signal,
      platform: platformOver(),
      onActivity: () => {},
      pause: (ms) => pause(systemClock, ms, hangUp.signal), // one that returned at once would renew a lease without end
    })
    for await (const page of connection) {
      const json = JSON.stringify(page)
      take(json, Buffer.byteLength(json))
      if (isDone) break
    }
    hangUp.abort()
  }
  return { got, count, listed }
}

/** As many people as a list has places for, with the longest names that there are, all of whom type. */
async function fill(presences: Presences): Promise<void> {
  const presence = presences.of('kitchen')
  for (let n = 0; n < MAX_LISTED; n++) {
    const person = { id: `${n}`.padStart(20, 'p'), name: `${n}`.padStart(64, '茶') }
    const lease = presence.arrive({
      clientId: 't0',
      person,
      owner: person.id,
      quietMs: 1e6,
      watch: () => () => {},
    })!
    if (n < MAX_TYPING) presence.update(lease, { typing: true })
  }
  await expect.poll(() => presence.here.typing.length, TIMEOUT).toBe(MAX_TYPING)
}
