import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Room } from '../hub/room.ts'
import type { Page } from '../wire/message.ts'
import { push, STALL_MS } from './push.ts'
import { createTransportWatch } from './watch.ts'

/** A stream whose kernel takes bytes when the test says so. */
class FakeOutlet extends EventEmitter {
  writableNeedDrain = false
  destroyed = false
  destroy() {
    this.destroyed = true
  }
  drain() {
    this.writableNeedDrain = false
    this.emit('drain')
  }
}

function createStage() {
  const due: (() => void)[] = []
  const room = new Room('lobby', 'e1', {
    maxMessages: 100,
    maxLength: 10_000,
    pageMessages: 10,
    pageBytes: 10_000,
    now: () => 0,
    admitFile: () => {},
    defer: (ring) => due.push(ring),
  })
  let drafts = 0
  const outlet = new FakeOutlet()
  const watch = createTransportWatch()
  const written: number[][] = []
  const write = ({ messages }: Page) => written.push(messages.map(({ seq }) => seq))
  return {
    room,
    outlet,
    watch,
    written,
    start: () => push(room, room.read(null).cursor, outlet, write, () => {}, watch),
    say(count = 1) {
      for (let i = 0; i < count; i++) room.publish({ draftId: `d${++drafts}`, author: 'ada', text: 'x' })
      for (const ring of due.splice(0)) ring()
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('push', () => {
  it('writes once per wake-up, whatever was published in between', () => {
    const { start, say, written } = createStage()
    start()
    say(3)
    say(1)
    expect(written).toEqual([[1, 2, 3], [4]])
  })

  it('reads nothing more for a reader that does not drain, and then all it missed at once', () => {
    const { start, say, written, outlet } = createStage()
    start()
    outlet.writableNeedDrain = true
    say()
    for (let i = 0; i < 5; i++) say()
    expect(written).toEqual([[1]])
    outlet.drain()
    expect(written).toEqual([[1], [2, 3, 4, 5, 6]])
  })

  it('cuts a reader that takes nothing for too long', () => {
    const { start, say, outlet } = createStage()
    start()
    outlet.writableNeedDrain = true
    say()
    vi.advanceTimersByTime(STALL_MS - 1)
    expect(outlet.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(outlet.destroyed).toBe(true)
  })

  it('does not cut one that drained in time', () => {
    const { start, say, outlet } = createStage()
    start()
    outlet.writableNeedDrain = true
    say()
    vi.advanceTimersByTime(STALL_MS - 1)
    outlet.drain()
    vi.advanceTimersByTime(STALL_MS)
    expect(outlet.destroyed).toBe(false)
  })

  it('leaves nothing behind: no bell, no listener, no timer', () => {
    const { start, say, outlet, room, written } = createStage()
    const stop = start()
    outlet.writableNeedDrain = true
    say()
    stop()
    expect(room.followers).toBe(0)
    expect(outlet.listenerCount('drain')).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    say()
    expect(written).toEqual([[1]])
  })
})
