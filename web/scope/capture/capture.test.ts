import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientFrame, serverFrame } from '../../../transports/_formats/ws-encoder.ts'
import { createCapture } from './capture.ts'
import type { Direction, WireRecord } from './records.ts'

const seed = Number(process.env.SEED ?? Date.now() & 0xffff)
const utf8 = new TextEncoder()
const KEY = Uint8Array.of(1, 2, 3, 4)
const page = (...ids: string[]) =>
  JSON.stringify({ messages: ids.map((draftId) => ({ draftId, text: `says ${draftId}` })), cursor: 'x:1' })
const chunk = (text: string) => `${utf8.encode(text).length.toString(16)}\r\n${text}\r\n`
const ok = (body: string, more = '') =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${utf8.encode(body).length}\r\n${more}\r\n${body}`
const get = (target: string, more = '') => `GET ${target} HTTP/1.1\r\nHost: lab\r\n${more}\r\n`

/** Records of one server, as they come. */
function createWires() {
  const offsets = new Map<string, number>()
  const records: WireRecord[] = []
  return {
    records,
    open: (connection: number, lane: string, at: number) =>
      void records.push({ kind: 'open', connection, lane, at }),
    bytes(connection: number, direction: Direction, at: number, content: string | Uint8Array) {
      const key = `${connection} ${direction}`
      const offset = offsets.get(key) ?? 0
      const bytes = typeof content === 'string' ? utf8.encode(content) : content
      offsets.set(key, offset + bytes.length)
      records.push({ kind: 'bytes', connection, direction, at, offset, bytes })
    },
    close: (connection: number, at: number, by = 'client') =>
      void records.push({ kind: 'close', connection, at, by, how: 'end' }),
  }
}

/** The same message on four transports, with a heartbeat on each that has one, and a poll for nothing. */
function oneMessage(): readonly WireRecord[] {
  const { open, bytes, close, records } = createWires()
  open(1, 'sse', 10)
  bytes(1, 'toServer', 12, get('/a/events'))
  bytes(
    1,
    'toClient',
    15,
    'HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n',
  )
  open(2, 'websocket', 20)
  bytes(2, 'toServer', 21, get('/a/socket', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'))
  bytes(2, 'toClient', 22, 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')
  open(3, 'long-polling', 30)
  bytes(3, 'toServer', 31, get('/a/messages?since=x:0&wait=25'))
  open(4, 'short-polling', 40)
  bytes(4, 'toServer', 41, get('/a/messages?since=x:0'))
  bytes(4, 'toClient', 42, ok(page()))
  bytes(
    2,
    'toServer',
    50,
    clientFrame(1, utf8.encode('{"type":"send","draft":{"draftId":"m1","text":"says m1"}}'), KEY),
  )
  bytes(1, 'toClient', 51, chunk(`id: x:1\ndata: ${page('m1')}\n\n`))
  bytes(2, 'toClient', 52, serverFrame(1, utf8.encode(`{"type":"page","page":${page('m1')}}`)))
  bytes(3, 'toClient', 53, ok(page('m1')))
  bytes(4, 'toServer', 60, get('/a/messages?since=x:0'))
  bytes(4, 'toClient', 61, ok(page('m1')))
  bytes(1, 'toClient', 70, chunk(':\n'))
  bytes(2, 'toClient', 71, serverFrame(1, utf8.encode('{"type":"heartbeat"}')))
  close(1, 80, 'fault')
  return records
}

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
      'websocket toServer frame',
      'sse toClient event',
      'websocket toClient frame',
      'long-polling toClient response',
      'short-polling toClient response',
    ])
    expect(new Set(seen.map(({ text }) => text))).toEqual(new Set(['says m1']))
  })

  it('makes a bar of each request, with its parts by time, what it is for and how it ended', () => {
    const { exchanges } = captureOf(oneMessage())
    const shown = exchanges.map(({ lane, role, state, connecting, sent, answered, until, isEmpty }) => ({
      ...{ lane, role, state, times: [connecting, sent, answered, until], isEmpty },
    }))
    expect(shown).toEqual([
      { lane: 'sse', role: 'stream', state: 'cut', times: [10, 12, 15, 80], isEmpty: false },
      { lane: 'websocket', role: 'socket', state: 'open', times: [20, 21, 22, 71], isEmpty: false },
      { lane: 'long-polling', role: 'poll', state: 'done', times: [30, 31, 53, 53], isEmpty: false },
      { lane: 'short-polling', role: 'poll', state: 'done', times: [40, 41, 42, 42], isEmpty: true },
      { lane: 'short-polling', role: 'poll', state: 'done', times: [null, 60, 61, 61], isEmpty: false },
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
    const { open, bytes, close, records } = createWires()
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
      ['websocket', 500],
      ['long-polling', 500],
      ['short-polling', 500],
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
