/** The room's notification wakes a waiting poll. No other code would catch an error thrown there. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { Hub } from '../../lab/hub/hub.ts'
import { plainLogger } from '../../lab/server/observe/event-logger.ts'
import { createServerMetrics } from '../../lab/server/observe/server-metrics.ts'
import { createMemoryStore } from '../../lab/store/memory.ts'
import type { Store } from '../../lab/store/store.ts'
import { startTestServer } from '../../lab/verify/kit/test-server.ts'

it('answers 500 when the disk cannot be read while it waits, and the server goes on', async () => {
  const store = createMemoryStore()
  let isBroken = false
  const disk: Store = {
    ...store,
    get rooms() {
      return store.rooms
    },
    read(room, from, count) {
      if (isBroken) throw new Error('the disk cannot be read')
      return store.read(room, from, count)
    },
  }
  // Of which the room remembers two messages: a reader who is further behind is given the rest from the disk.
  const hub = new Hub({ store: disk, maxMessages: 2 })
  const failures: unknown[] = []
  const logger = { ...plainLogger, failed: (error: unknown) => failures.push(error) }
  const server = await startTestServer({ hub, metrics: createServerMetrics(logger) })
  const { port } = server
  const messages = `http://127.0.0.1:${port}/transports/long-polling/rooms/lobby/messages`
  const room = hub.room('lobby')
  const publish = (draftId: string) => room.publish({ draftId, author: 'hub', text: 'hello' })
  try {
    const parked = fetch(`${messages}?since=${room.read(null).cursor}&wait=50`)
    await vi.waitFor(() => expect(hub.followers).toBe(1))
    isBroken = true
    for (const draftId of ['a', 'b', 'c', 'd']) publish(draftId) // one turn, one notification, and two are in memory
    const answer = await parked
    expect({ status: answer.status, body: await answer.json() }).toMatchObject({
      status: 500,
      body: { code: 'internal' },
    })
    expect(failures).toMatchObject([{ message: 'the disk cannot be read' }])
    expect(hub.followers).toBe(0)

    publish('e') // the commit that rang goes on, and so do the next
    await nextTurn()
    await nextTurn()
    expect(room.lastSeq).toBe(5)
    isBroken = false
    const read = (await (await fetch(messages)).json()) as { messages: { seq: number }[] }
    expect(read.messages.map(({ seq }) => seq)).toEqual([4, 5])
  } finally {
    await server.close()
  }
})
