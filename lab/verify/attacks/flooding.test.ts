/** A writer who writes too much is slowed down, by whichever transport; who waits as it is told loses nothing. */
import { afterEach, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'

let server: ServerUnderTest
let honest: HonestReaders | null = null
afterEach(async () => {
  honest?.close()
  honest = null
  await server?.stop()
})

const PATHS = ['', '/transports/short-polling', '/transports/long-polling', '/transports/sse']
let count = 0
const draft = () => ({ draftId: `flood-${count++}`, author: 'eve', text: 'more' })

async function post(path: string) {
  const response = await fetch(`http://${server.at}${path}/rooms/${ROOM}/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(draft()),
  })
  const retryAfter = response.headers.get('retry-after')
  return { status: response.status, retryAfter, body: (await response.json()) as { code?: string } }
}

it('one bucket counts for all transports: a client that has emptied it over one is refused over the others', async () => {
  // So slow that no drop falls while the test runs: there is one token in all.
  server = await startServerUnderTest({ messagesPerSecond: 0.001 })
  const socket = new WebSocket(`ws://${server.at}/transports/websocket/rooms/${ROOM}/socket`)
  const frames: Record<string, unknown>[] = []
  socket.on('message', (data) => frames.push(JSON.parse(String(data))))
  await expect.poll(() => frames.length).toBe(1) // the first page
  const send = async () => {
    const before = frames.length
    socket.send(JSON.stringify({ type: 'send', draft: draft() }))
    await expect.poll(() => frames.slice(before).find(({ type }) => type !== 'page')).toBeDefined()
    return frames.slice(before).find(({ type }) => type !== 'page' && type !== 'heartbeat')!
  }

  expect(await send()).toMatchObject({ type: 'accepted' })
  for (const path of PATHS) {
    const { status, retryAfter, body } = await post(path)
    expect({ path, status, code: body.code }).toEqual({ path, status: 429, code: 'too-many-requests' })
    expect(Number(retryAfter)).toBeGreaterThan(0)
    expect(body).toMatchObject({ retryAfterS: Number(retryAfter) })
  }
  expect(await send()).toMatchObject({
    type: 'rejected',
    code: 'too-many-requests',
    retryAfterS: expect.any(Number),
  })
  expect(socket.readyState).toBe(WebSocket.OPEN)
  socket.terminate()

  const read = await fetch(`http://${server.at}/transports/short-polling/rooms/${ROOM}/messages`)
  expect(read.status).toBe(200) // reading goes on
  expect(((await read.json()) as { messages: unknown[] }).messages).toHaveLength(1)
})

it('clients that keep the rules get everything through, in order, though later', async () => {
  server = await startServerUnderTest({ messagesPerSecond: 2 })
  honest = await joinHonestReaders(server.at)
  // Twice the burst: the last are refused until there are tokens for them, half a second each.
  for (let i = 0; i < 8; i++) await honest.say()
  await honest.expectUnharmed()
  expect(server.said()).toBe('')
})
