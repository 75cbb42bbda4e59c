import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createCapture } from './capture.ts'
import type { WireRecord } from './records.ts'
import { createSimulatedWires, get, ok, oneMessage } from './simulated-wires.ts'

const seed = Number(process.env.SEED ?? Date.now() & 0xffff)
function captureOf(records: readonly WireRecord[], options = {}) {
  const capture = createCapture(options)
  for (const record of records) capture.take(record)
  return { capture, ...capture.news() }
}

describe('a capture', () => {
  it('finds one message in each lane, by the id of its draft, and what it says', () => {
    const { marks } = captureOf(oneMessage())
    const seen = marks.filter(({ messages }) => messages.includes('m1'))
    expect(seen.map(({ lane, direction, kind }) => `${lane} ${direction} ${kind}`)).toEqual([
      'socket toServer frame',
      'stream toClient event',
      'socket toClient frame',
      'held toClient response',
      'polls toClient response',
    ])
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(['says m1']))
  })

  it('makes a bar of each request, with its parts by time, what it is for and how it ended', () => {
    const { exchanges } = captureOf(oneMessage())
    const shown = exchanges.map(({ lane, role, state, connecting, sent, answered, until, isEmpty }) => ({
      ...{ lane, role, state, times: [connecting, sent, answered, until], isEmpty },
    }))
    expect(shown).toEqual([
      { lane: 'stream', role: 'stream', state: 'cut', times: [10, 12, 15, 80], isEmpty: false },
      { lane: 'socket', role: 'socket', state: 'open', times: [20, 21, 22, 71], isEmpty: false },
      { lane: 'held', role: 'poll', state: 'done', times: [30, 31, 53, 53], isEmpty: false },
      { lane: 'polls', role: 'poll', state: 'done', times: [40, 41, 42, 42], isEmpty: true },
      { lane: 'polls', role: 'poll', state: 'done', times: [null, 60, 61, 61], isEmpty: false },
    ])
  })

  it('tells heartbeats from content', () => {
    const { marks } = captureOf(oneMessage())
    expect(marks.filter(({ kind }) => kind === 'heartbeat').map(({ label }) => label)).toEqual([
      'comment',
      'heartbeat',
    ])
  })

  it('makes the same marks and bars of any split of the same bytes', () => {
    const whole = captureOf(oneMessage())
    const property = fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
      (places) => {
        const pieces = oneMessage().flatMap((record): WireRecord[] => {
          if (record.kind !== 'bytes') return [record]
          const cuts = [
            ...places.map((place) => Math.floor(place * record.bytes.length)).sort((a, b) => a - b),
            record.bytes.length,
          ]
          return cuts.map((end, index) => {
            const start = cuts[index - 1] ?? 0
            return { ...record, offset: record.offset + start, bytes: record.bytes.subarray(start, end) }
          })
        })
        const { marks, exchanges } = captureOf(pieces)
        expect({ marks, exchanges }).toEqual({ marks: whole.marks, exchanges: whole.exchanges })
      },
    )
    fc.assert(property, { numRuns: 100, seed })
  })

  it('knows a retry: the same is asked again after it was cut off or refused, and once only', () => {
    const { open, bytes, close, records } = createSimulatedWires()
    open(1, 'sse', 1)
    bytes(1, 'toServer', 2, get('/a/events?since=1'))
    close(1, 3, 'fault')
    open(2, 'sse', 4)
    bytes(2, 'toServer', 5, get('/a/events?since=2'))
    bytes(2, 'toClient', 6, 'HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n')
    bytes(2, 'toServer', 7, get('/a/events?since=3'))
    bytes(2, 'toClient', 8, ok('{}'))
    bytes(2, 'toServer', 9, get('/a/events?since=4'))
    expect(captureOf(records).exchanges.map(({ isRetry }) => isRetry)).toEqual([false, true, true, false])
  })

  it('has the very bytes of each mark, and says how many are no longer kept', () => {
    const { capture, marks } = captureOf(oneMessage())
    for (const { id, connection, direction, size } of marks) {
      const place = capture.placeOf(id)!
      expect(capture.bytes.read(connection, direction, place.from, place.to)).toMatchObject({
        missing: 0,
        bytes: { length: size },
      })
    }
    const small = captureOf(oneMessage(), { maxBytes: 200 })
    expect(small.capture.bytes.size).toBeLessThanOrEqual(200)
    const [first] = small.marks
    const place = small.capture.placeOf(first!.id)!
    expect(small.capture.bytes.read(1, 'toServer', place.from, place.to)).toEqual({
      bytes: new Uint8Array(0),
      missing: place.to,
    })
    expect(captureOf(oneMessage(), { maxMarks: 3 }).capture.placeOf(1)).toBeNull()
  })

  it('tells the same once when the records are read from their beginning again', () => {
    const { capture, marks } = captureOf(oneMessage())
    expect(marks.length).toBeGreaterThan(0)
    capture.restart()
    capture.take({ kind: 'now', at: 200 })
    for (const record of oneMessage()) capture.take(record)
    expect(capture.news().marks).toEqual([])
  })

  it('keeps what it has when another server counts from one again, and closes what that one does not know', () => {
    const { capture } = captureOf(oneMessage())
    capture.restart()
    capture.take({ kind: 'now', at: 500 })
    capture.take({ kind: 'open', connection: 1, lane: 'tcp', at: 400 })
    capture.take({ kind: 'now', at: 501 })
    const { connections } = capture.news()
    expect(connections.map(({ lane, closed }) => [lane, closed])).toEqual([
      ['tcp', null],
      ['socket', 500],
      ['held', 500],
      ['polls', 500],
    ])
    expect(capture.connections.size).toBe(5)
  })

  it('has a fault from its beginning to its end', () => {
    const { capture } = captureOf([
      { kind: 'fault', id: 1, lanes: ['sse'], fault: 'silence', at: 5, until: null, on: true },
    ])
    capture.take({ kind: 'fault', id: 1, lanes: ['sse'], fault: 'silence', at: 9, until: null, on: false })
    expect(capture.news().faults).toEqual([{ id: 1, lanes: ['sse'], fault: 'silence', at: 5, until: 9 }])
  })
})
