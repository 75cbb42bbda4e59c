import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readEventStream } from '../../sse/event-stream.ts'
import { readLines } from '../ndjson.ts'
import { clientFrame, serverFrame } from '../ws-encoder.ts'
import { FrameParser } from '../ws-parser.ts'
import { BEGINNING_LOST, createDialogue, createScanner, NOT_HTTP } from './http1.ts'
import type { Tile } from './tiles.ts'

const seed = Number(process.env.SEED ?? Date.now() & 0xffff)
const utf8 = new TextEncoder()
const bytesOf = (text: string) => utf8.encode(text)
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)

interface Found {
  readonly tile: Tile
  readonly from: number
  readonly to: number
}

/** What the two scanners of a connection make of it: each of `said` is cut by `cut`, and they are told in turn. */
function scan(
  said: readonly (readonly [side: 'client' | 'server', bytes: Uint8Array])[],
  cut: (length: number) => readonly number[] = (length) => [length],
  { ends = true, protocol = 'http/1.1' as const as 'http/1.1' | 'http/2' } = {},
) {
  const dialogue = createDialogue()
  dialogue.protocol = protocol
  const found: Record<'client' | 'server', Found[]> = { client: [], server: [] }
  const scanners = {
    client: createScanner(dialogue, true, (tile, from, to) => found.client.push({ tile, from, to })),
    server: createScanner(dialogue, false, (tile, from, to) => found.server.push({ tile, from, to })),
  }
  const at = { client: 0, server: 0 }
  for (const [side, bytes] of said) {
    let start = 0
    for (const end of [...cut(bytes.length), bytes.length]) {
      scanners[side].take(bytes.slice(start, end), at[side] + start)
      start = Math.max(start, end)
    }
    at[side] += bytes.length
  }
  if (ends) for (const side of ['client', 'server'] as const) scanners[side].end()
  return { ...found, at }
}

const kinds = (found: readonly Found[]) => found.map(({ tile }) => tile.kind)
const chunk = (text: string) => `${bytesOf(text).length.toString(16)}\r\n${text}\r\n`
const page = (id: string, text: string) => `{"messages":[{"draftId":"${id}","text":${JSON.stringify(text)}}]}`

const GET = bytesOf('GET /transports/x/rooms/lobby/events HTTP/1.1\r\nHost: lab\r\n\r\n')
const head = (more: string) => `HTTP/1.1 200 OK\r\n${more}\r\n\r\n`
const CHUNKED = 'Transfer-Encoding: chunked\r\nContent-Type: text/event-stream'

const SSE: Conversation = [
  ['client', GET],
  ['server', bytesOf(head(CHUNKED))],
  ['server', bytesOf(chunk('retry: 1000\n') + chunk(`id: 1\ndata: ${page('a', 'é')}\n\n`) + chunk(':\n'))],
  ['server', bytesOf(`${chunk('id: 2\nda')}${chunk('ta: x\n\n:\n\nid: 3\ndata: y\n\n')}0\r\n\r\n`)],
]
const POLLS: Conversation = [
  ['client', bytesOf('POST /messages HTTP/1.1\r\nContent-Length: 4\r\n\r\n{"a"')],
  ['server', bytesOf('HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n{}')],
  ['client', bytesOf('HEAD /x HTTP/1.1\r\n\r\n\r\nGET /y HTTP/1.1\r\n\r\n')],
  ['server', bytesOf('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 Not Modified\r\n\r\n')],
  ['client', bytesOf('GET /z HTTP/1.1\r\n\r\n')],
  [
    'server',
    bytesOf(`${head('Transfer-Encoding: chunked')}${chunk('abc')}${chunk('def')}0\r\nTrailer: 1\r\n\r\n`),
  ],
]
const SOCKET: Conversation = [
  ['client', bytesOf('GET /socket HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n')],
  ['server', bytesOf('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')],
  ['server', serverFrame(1, bytesOf(page('a', 'x'.repeat(200))))],
  ['client', clientFrame(1, bytesOf('{"type":"send"}'), KEY)],
  ['server', serverFrame(9, bytesOf('hi'))],
  ['client', clientFrame(10, bytesOf('hi'), KEY)],
  ['server', serverFrame(8, Uint8Array.of(3, 233))],
]
const frame2 = (type: number, stream: number, payload: string) =>
  Uint8Array.of(0, 0, payload.length, type, 0, 0, 0, 0, stream, ...bytesOf(payload))
const HTTP2: Conversation = [
  ['client', bytesOf('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')],
  ['client', frame2(4, 0, '')],
  ['server', frame2(4, 0, 'abcdef')],
  ['client', frame2(1, 1, 'head')],
  ['server', frame2(0, 1, page('a', 'b'))],
]
const NONSENSE: Conversation = [
  ['client', bytesOf('hello there\nand \xffmore\r\nGET /back HTTP/1.1\r\n\r\n')],
  ['server', bytesOf(`${'z'.repeat(5_000)}\nHTTP/1.1 204 No Content\r\n\r\n`)],
]
type Conversation = readonly (readonly ['client' | 'server', Uint8Array])[]
const ALL = { SSE, POLLS, SOCKET, HTTP2, NONSENSE }

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

describe('the scanner of a connection', () => {
  it.each(Object.entries(ALL))(
    'finds the same in %s however its bytes are cut, and leaves no byte out',
    (_name, said) => {
      const whole = scan(said)
      const property = fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 30 }),
        (places) => {
          const cut = (length: number) =>
            places.map((place) => Math.floor(place * length)).sort((a, b) => a - b)
          expect(scan(said, cut)).toEqual(whole)
        },
      )
      fc.assert(property, { numRuns: 200, seed })
      expect(scan(said, (length) => Array.from({ length }, (_, at) => at))).toEqual(whole)
      for (const side of ['client', 'server'] as const) {
        let next = 0
        for (const { from, to } of whole[side]) {
          expect(from).toBe(next)
          expect(to).toBeGreaterThanOrEqual(from)
          next = to
        }
        expect(next).toBe(whole.at[side])
      }
    },
  )

  it('cuts a stream of events into its blocks, each with the chunk around it', () => {
    const { server } = scan(SSE)
    expect(kinds(server)).toEqual([
      'message',
      'setting',
      'event',
      'comment',
      'event',
      'comment',
      'comment',
      'event',
      'end',
    ])
    const body = server.slice(1)
    expect(body[0]!.to - body[0]!.from).toBe(chunk('retry: 1000\n').length)
    expect(body[2]!.to - body[2]!.from).toBe(chunk(':\n').length)
  })

  it('pairs bodies with heads: none to a HEAD, a 100 or a 304, and by chunks without the framing', () => {
    const { client, server } = scan(POLLS)
    const lines = (found: readonly Found[]) =>
      found.map(
        ({ tile }) =>
          tile.kind === 'message' && [
            tile.head.kind === 'request' ? tile.head.method : tile.head.status,
            tile.body && new TextDecoder().decode(tile.body),
          ],
      )
    expect(lines(client).filter(Boolean)).toEqual([
      ['POST', '{"a"'],
      ['HEAD', null],
      ['GET', null],
      ['GET', null],
    ])
    expect(lines(server)).toEqual([
      [100, null],
      [201, '{}'],
      [200, null],
      [304, null],
      [200, 'abcdef'],
    ])
  })

  it('reads frames after a 101, both ways, and unmasks them', () => {
    const { client, server } = scan(SOCKET)
    expect(kinds(server)).toEqual(['message', 'frame', 'frame', 'frame'])
    expect(kinds(client)).toEqual(['message', 'frame', 'frame'])
    const [, sent] = client
    expect(sent!.tile).toMatchObject({
      frame: { opcode: 1, masked: true, payload: bytesOf('{"type":"send"}') },
    })
  })

  it('reads frames of HTTP/2 after its preface, and without one when the handshake of TLS has said so', () => {
    const { client, server } = scan(HTTP2)
    expect(kinds(client)).toEqual(['raw', 'http2', 'http2'])
    expect(server.map(({ tile }) => tile.kind === 'http2' && [tile.frame.type, tile.frame.stream])).toEqual([
      [4, 0],
      [0, 1],
    ])
    const serverFirst = HTTP2.toSorted((a, b) => Number(b[0] === 'server') - Number(a[0] === 'server'))
    const agreed = scan(serverFirst, undefined, { protocol: 'http/2' })
    expect([kinds(agreed.client), kinds(agreed.server)]).toEqual([kinds(client), kinds(server)])
  })

  it('shows what is no HTTP by lines with the reason, and goes on where a message begins', () => {
    const { client } = scan(NONSENSE)
    expect(client.map(({ tile }) => (tile.kind === 'raw' ? tile.problem : tile.kind))).toEqual([
      NOT_HTTP,
      NOT_HTTP,
      'message',
    ])
  })

  it('says that the beginning is lost when bytes are missing, and finds its place again', () => {
    const tiles: Found[] = []
    const scanner = createScanner(createDialogue(), false, (tile, from, to) => tiles.push({ tile, from, to }))
    scanner.take(bytesOf('rest of a body\nHTTP/1.1 204 No Content\r\n\r\n'), 1_000)
    expect(tiles.map(({ tile }) => (tile.kind === 'raw' ? tile.problem : tile.kind))).toEqual([
      BEGINNING_LOST,
      'message',
    ])
    expect(tiles[0]).toMatchObject({ from: 1_000, to: 1_015 })
  })

  it.each<[what: string, side: 'client' | 'server', bytes: Uint8Array, kinds: Tile['kind'][]]>([
    ['events in chunks', 'server', bytesOf(chunk('id: 1\ndata: x\n\n') + chunk(':\n')), ['event', 'comment']],
    ['a heartbeat of events', 'server', bytesOf(chunk(':\n') + chunk('data: x\n\n')), ['comment', 'event']],
    [
      'lines in chunks',
      'server',
      bytesOf(`${chunk('{}\n') + chunk('\n')}0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n`),
      ['line', 'empty line', 'end', 'message'],
    ],
    [
      'frames of a server',
      'server',
      Uint8Array.of(...serverFrame(1, bytesOf('x'.repeat(300))), ...serverFrame(9, bytesOf(''))),
      ['frame', 'frame'],
    ],
    ['frames of a client', 'client', clientFrame(1, bytesOf('hello'), KEY), ['frame']],
    ['a request', 'client', bytesOf('GET /x HTTP/1.1\r\n\r\n'), ['message']],
    ['text', 'server', bytesOf('deadbeefcafe\nab\r\nzz\n'), ['raw', 'raw', 'raw']],
    ['a client’s frame from a server', 'server', clientFrame(1, bytesOf('hello'), KEY), ['raw']],
  ])(
    'tells %s by their form where the beginning is missing, however they are cut',
    (_what, side, bytes, expected) => {
      const found = (pieces: readonly number[]) => {
        const tiles: Found[] = []
        const scanner = createScanner(createDialogue(), side === 'client', (tile, from, to) =>
          tiles.push({ tile, from, to }),
        )
        let start = 0
        for (const end of [...pieces, bytes.length]) {
          scanner.take(bytes.slice(start, end), 1_000 + start)
          start = end
        }
        scanner.end()
        return tiles
      }
      const whole = found([])
      expect(kinds(whole)).toEqual(expected)
      expect([whole[0]!.from, whole.at(-1)!.to]).toEqual([1_000, 1_000 + bytes.length])
      for (let cut = 1; cut < Math.min(bytes.length, 40); cut++) expect(found([cut])).toEqual(whole)
      if (bytes.length < 200)
        expect(found(Array.from({ length: bytes.length - 1 }, (_, at) => at + 1))).toEqual(whole)
    },
  )

  it('says so when a connection is closed in the middle of a body, a stream or a head', () => {
    const cut = (text: string) =>
      scan([
        ['client', GET],
        ['server', bytesOf(text)],
      ]).server.at(-1)!.tile
    expect(cut(`${head('Content-Length: 10')}abc`)).toMatchObject({ kind: 'message', isOpen: true })
    expect(cut(`${head(CHUNKED)}${chunk(':\n')}5\r\nda`)).toMatchObject({ kind: 'end', isWhole: false })
    expect(cut('HTTP/1.1 200 OK\r\nContent-')).toMatchObject({ kind: 'raw' })
    expect(cut(`${head('Content-Type: text/plain')}until the end`)).toMatchObject({
      kind: 'message',
      isOpen: false,
    })
  })

  it('keeps what is no chunk, and does not take a chunk’s content for its size', () => {
    const { server } = scan([
      ['client', GET],
      ['server', bytesOf(`${head(CHUNKED)}zz\r\nabc\r\n`)],
    ])
    expect(kinds(server)).toEqual(['message', 'end', 'raw'])
  })

  it('holds no more of a head without an end than its bound', () => {
    const long = bytesOf(`GET /x HTTP/1.1\r\n${'a: b\r\n'.repeat(20_000)}`)
    const { client } = scan([['client', long]])
    expect(client[0]!.tile.kind).toBe('raw')
    expect(client[0]!.to - client[0]!.from).toBeLessThanOrEqual(64 * 1024)
  })
})

describe('the scanner agrees with the codecs that the transports use', () => {
  const streamOf = (bytes: Uint8Array) => new Blob([bytes as Uint8Array<ArrayBuffer>]).stream()
  const alphabet = fc.constantFrom('data: x', 'data:y', 'id: 1', ':c', 'retry: 5', '', 'event: e', 'é')

  it('on the events of a stream', async () => {
    const property = fc.asyncProperty(
      fc.array(alphabet, { maxLength: 20 }),
      fc.constantFrom('\n', '\r\n', '\r'),
      async (lines, end) => {
        const text = lines.map((line) => line + end).join('')
        const events = await all(readEventStream(streamOf(bytesOf(text))))
        const { server } = scan([
          ['client', GET],
          ['server', bytesOf(head(CHUNKED) + (text && chunk(text)))],
        ])
        const withData = server.filter(
          ({ tile }) => tile.kind === 'event' && /(?:^|[\r\n])data(?:[:\r\n])/.test(tile.text),
        )
        expect(withData.length).toBe(events.length)
      },
    )
    await fc.assert(property, { numRuns: 300, seed })
  })

  it('on the lines of a stream', async () => {
    const property = fc.asyncProperty(
      fc.array(fc.constantFrom('{}', '[1]', '', '"é"'), { maxLength: 20 }),
      async (lines) => {
        const text = lines.map((line) => `${line}\n`).join('')
        const read = await all(readLines(streamOf(bytesOf(text))))
        const { server } = scan([
          ['client', GET],
          ['server', bytesOf(head('Content-Type: application/x-ndjson') + text)],
        ])
        expect(server.flatMap(({ tile }) => (tile.kind === 'line' ? tile.text.trimEnd() : []))).toEqual(read)
      },
    )
    await fc.assert(property, { numRuns: 200, seed })
  })

  it('on the messages of a WebSocket', () => {
    const property = fc.property(fc.array(fc.string({ maxLength: 300 }), { maxLength: 8 }), (texts) => {
      const frames = texts.map((text) => clientFrame(1, bytesOf(text), KEY))
      const read: string[] = []
      const ignore = () => {}
      const parser = new FrameParser(
        {
          onMessage: (_opcode, payload) =>
            read.push(new TextDecoder('utf-8', { ignoreBOM: true }).decode(payload)),
          onPing: ignore,
          onPong: ignore,
          onClose: ignore,
        },
        { masked: true, maxMessage: 1e6, maxFragments: 9 },
      )
      for (const frame of frames) parser.take(frame)
      const { client } = scan([...SOCKET.slice(0, 2), ...frames.map((frame) => ['client', frame] as const)])
      const seen = client.flatMap(({ tile }) =>
        tile.kind === 'frame' ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(tile.frame.payload) : [],
      )
      expect(seen).toEqual(read)
    })
    fc.assert(property, { numRuns: 200, seed })
  })
})
