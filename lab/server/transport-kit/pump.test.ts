import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Room } from '../../hub/room.ts'
import type { Page } from '../../wire/message.ts'
import { createTransportMetrics } from '../observe/server-metrics.ts'
import { Pump, STALL_MS } from './pump.ts'

/** A stream whose kernel takes bytes when the test says so. */
class FakeSink extends EventEmitter {
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

function createFixture() {
  const due: (() => void)[] = []
  const room = new Room('lobby', 'e1', {
    maxMessages: 100,
    maxLength: 10_000,
    pageMessages: 10,
    pageBytes: 10_000,
    now: () => 0,
    admitFile: () => {},
    defer: (notify) => due.push(notify),
  })
  let drafts = 0
  const sink = new FakeSink()
  const metrics = createTransportMetrics()
  const written: number[][] = []
  const owner = {
    onPage: ({ messages }: Page) => void written.push(messages.map(({ seq }) => seq)),
    onEnd() {},
  }
  return {
    room,
    sink,
    metrics,
    written,
    start: () => new Pump(room, room.read(null).cursor, sink, owner, metrics),
    say(count = 1) {
      for (let i = 0; i < count; i++) room.publish({ draftId: `d${++drafts}`, author: 'ada', text: 'x' })
      for (const notify of due.splice(0)) notify()
    },
  }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('push', () => {
  it('writes once per wake-up, whatever was published in between', () => {
    const { start, say, written } = createFixture()
    start()
    say(3)
    say(1)
    expect(written).toEqual([[1, 2, 3], [4]])
  })

  it('reads nothing more for a reader that does not drain, and then all it missed at once', () => {
    const { start, say, written, sink } = createFixture()
    start()
    sink.writableNeedDrain = true
    say()
    for (let i = 0; i < 5; i++) say()
    expect(written).toEqual([[1]])
    sink.drain()
    expect(written).toEqual([[1], [2, 3, 4, 5, 6]])
  })

  it('cuts a reader that takes nothing for too long', () => {
    const { start, say, sink } = createFixture()
    start()
    sink.writableNeedDrain = true
    say()
    vi.advanceTimersByTime(STALL_MS - 1)
    expect(sink.destroyed).toBe(false)
    vi.advanceTimersByTime(1)
    expect(sink.destroyed).toBe(true)
  })

  it('does not cut one that drained in time', () => {
    const { start, say, sink } = createFixture()
    start()
    sink.writableNeedDrain = true
    say()
    vi.advanceTimersByTime(STALL_MS - 1)
    sink.drain()
    vi.advanceTimersByTime(STALL_MS)
    expect(sink.destroyed).toBe(false)
  })

  it('leaves nothing behind: no subscription, no listener, no timer', () => {
    const { start, say, sink, room, written } = createFixture()
    const pump = start()
    sink.writableNeedDrain = true
    say()
    pump.stop()
    expect(room.followers).toBe(0)
    expect(sink.listenerCount('drain')).toBe(0)
    expect(vi.getTimerCount()).toBe(0)
    say()
    expect(written).toEqual([[1]])
  })
})
