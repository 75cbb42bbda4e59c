/** What a strict reader of the stream meets: an empty line ends an event, and an event has data. */
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { createManualClock } from '../../lab/client/manual-clock.ts'
import { Hub } from '../../lab/hub/hub.ts'
import { buildLab } from '../../lab/server/build-lab.ts'

const PATIENCE = { timeout: 20_000, interval: 5 }
const HEARTBEAT_MS = 15_000

it('every empty line of a stream ends an event that has data, around its retry and its heartbeats too', async () => {
  const clock = createManualClock()
  const hub = new Hub()
  const room = hub.room('kitchen')
  const app = await buildLab({ hub, clock })
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  const hangUp = new AbortController()
  let text = ''
  try {
    const { body } = await fetch(`http://127.0.0.1:${port}/transports/sse/rooms/kitchen/events`, hangUp)
    const reading = body!.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write(piece) {
          text += piece
        },
      }),
    )
    reading.catch(() => {}) // we hang up
    const heartbeats = () => text.match(/^:$/gm)?.length ?? 0
    for (const round of [1, 2, 3]) {
      room.publish({ draftId: `d${round}`, author: 'hub', text: 'a\n\nb' })
      await expect.poll(() => text, PATIENCE).toContain(`"d${round}"`)
      await clock.pass(2 * HEARTBEAT_MS)
      await expect.poll(heartbeats, PATIENCE).toBe(2 * round)
    }
  } finally {
    hangUp.abort()
    await app.close()
  }
  const blocks = text.split('\n\n').slice(0, -1) // the last has not ended
  expect(blocks.filter((block) => !/^data: ./m.test(block))).toEqual([])
  expect(blocks.length).toBeGreaterThanOrEqual(3)
  expect(text).toMatch(/^retry: 1000\n/)
})
