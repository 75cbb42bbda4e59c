import { describe, expect, it } from 'vitest'
import { Hub } from '../../lab/hub/hub.ts'
import { createMemoryStore } from '../../lab/store/memory.ts'
import type { Cursor } from '../../lab/wire/message.ts'
import { createEarlier } from './earlier.ts'

/** A room of `count` messages behind a fetch that answers as the server does. */
function createHistory(count: number, keep = 1_000) {
  const now = (action: () => void) => action()
  const hub = new Hub({ store: createMemoryStore({ keep }), pageMessages: 10, defer: now })
  const room = hub.room('lobby')
  for (let i = 1; i <= count; i++) room.publish({ draftId: `d${i}`, author: 'ada', text: `m${i}` })
  const asked: (string | null)[] = []
  let isDown = false
  let changes = 0
  const earlier = createEarlier({
    url: new URL('http://lab/rooms/lobby/messages'),
    platform: {
      async fetch(input) {
        const before = new URL(String(input)).searchParams.get('before')
        asked.push(before)
        if (isDown) throw new TypeError('fetch failed')
        return new Response(JSON.stringify(room.readBack(before as Cursor | null)))
      },
    },
    onChange: () => changes++,
  })
  return {
    earlier,
    asked,
    end: room.readBack(null).messages.length > 0 ? (`${room.epoch}:${count}` as Cursor) : null,
    down: (is: boolean) => (isDown = is),
    changes: () => changes,
    seqs: () => earlier.messages.map(({ seq }) => seq),
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i)

describe('what was said earlier', () => {
  it('is put in front, a page at a time, until the first message', async () => {
    const { earlier, end, seqs } = createHistory(35)
    await earlier.load(end, 31)
    expect(seqs()).toEqual(range(26, 30))
    expect(earlier.state).toBe('idle')
    await earlier.load(end, 31)
    expect(seqs()).toEqual(range(16, 30))
    await earlier.load(end, 31)
    await earlier.load(end, 31)
    expect(seqs()).toEqual(range(1, 30))
    expect(earlier.state).toBe('ended')
  })

  it('passes over what is shown already, however much that is', async () => {
    const { earlier, end, asked, seqs } = createHistory(60)
    await earlier.load(end, 21)
    expect(seqs()).toEqual(range(11, 20))
    expect(asked).toHaveLength(5)
    await earlier.load(end, 21)
    expect(asked).toHaveLength(6)
  })

  it('ends where the server has no more', async () => {
    const { earlier, end, seqs } = createHistory(40, 20)
    await earlier.load(end, 31)
    await earlier.load(end, 31)
    expect(seqs()).toEqual(range(21, 30))
    expect(earlier.state).toBe('ended')
  })

  it('ends at once when the log is another one', async () => {
    const { earlier, seqs } = createHistory(40)
    await earlier.load('elsewhere:40' as Cursor, 31)
    expect(seqs()).toEqual([])
    expect(earlier.state).toBe('ended')
  })

  it('is asked for once at a time', async () => {
    const { earlier, end, asked } = createHistory(35)
    await Promise.all([earlier.load(end, 31), earlier.load(end, 31)])
    expect(asked).toHaveLength(1)
  })

  it('can be tried again after it has failed, and says so', async () => {
    const { earlier, end, down, seqs, changes } = createHistory(35)
    down(true)
    await earlier.load(end, 31)
    expect(earlier.state).toBe('failed')
    expect(changes()).toBe(2)
    down(false)
    await earlier.load(end, 31)
    expect(seqs()).toEqual(range(26, 30))
  })

  it('does not come back after it was forgotten', async () => {
    const { earlier, end, seqs } = createHistory(35)
    const loading = earlier.load(end, 31)
    earlier.forget()
    await loading
    expect(seqs()).toEqual([])
    expect(earlier.state).toBe('idle')
    await earlier.load(end, 36)
    expect(seqs()).toEqual(range(26, 35))
  })
})
