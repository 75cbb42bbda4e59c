/** Frames that break RFC 6455, or the lab's limits: each ends its own connection, with the right code, and nothing else. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { MAX_DRAFT_BYTES } from '../../wire/limits.ts'
import { webSocketTransports } from '../fifth/reading-address.ts'
import { type ServerUnderTest, startServerUnderTest } from '../kit/server-under-test.ts'
import { closeFrame, type FrameParts, frame, framesIn } from './frames.ts'
import { type HonestReaders, joinHonestReaders, ROOM } from './honest-readers.ts'
import { openRawWebSocket } from './raw-web-socket.ts'

/** All that speak WebSocket: a package's parser and our own have the same attacks to refuse. */
const SPEAKERS = await webSocketTransports()
let server: ServerUnderTest
let honest: HonestReaders
beforeAll(async () => {
  server = await startServerUnderTest()
  honest = await joinHonestReaders(server.at)
})
afterAll(async () => {
  honest?.close()
  await server?.stop()
})

const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const
const draft = JSON.stringify({
  type: 'send',
  draft: { draftId: 'attack', author: 'eve', text: 'let me in' },
})
const repeat = (count: number, parts: FrameParts) => Buffer.alloc(frame(parts).length * count, frame(parts))

/** What no UTF-8 has (RFC 3629 §3). */
const NOT_UTF8 = {
  'a byte that is never used (FF)': [0xff],
  'a byte that is never used (C0)': [0xc0, 0xaf],
  'a byte that is never used (F5)': [0xf5, 0x80, 0x80, 0x80],
  'a continuation alone': [0x80],
  'an end in the middle of two': [0xc3],
  'an end in the middle of three': [0xe2, 0x82],
  'an end in the middle of four': [0xf0, 0x9f, 0x98],
  'an overlong slash of two': [0xc0, 0xaf],
  'an overlong slash of three': [0xe0, 0x80, 0xaf],
  'an overlong slash of four': [0xf0, 0x80, 0x80, 0xaf],
  'an overlong NUL': [0xc0, 0x80],
  'the first surrogate': [0xed, 0xa0, 0x80],
  'the last surrogate': [0xed, 0xbf, 0xbf],
  'a surrogate pair': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'what is beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'Latin-1': [0x66, 0xfc, 0x72],
} satisfies Record<string, number[]>

type Attack = readonly [what: string, code: number, bytes: Buffer]

const attacks: readonly Attack[] = [
  ...[1, 2, 3, 4, 5, 6, 7].flatMap((reserved): Attack[] => [
    [`text with reserved bits ${reserved}`, 1002, frame({ reserved, payload: draft })],
    [`a ping with reserved bits ${reserved}`, 1002, frame({ reserved, opcode: 9 })],
  ]),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): Attack[] => [
    [`opcode ${opcode}`, 1002, frame({ opcode })],
    [`opcode ${opcode} with a payload`, 1002, frame({ opcode, payload: draft })],
  ]),
  ...Object.entries(OPCODES).map(
    ([name, opcode]): Attack => [
      `${name} without a mask`,
      1002,
      frame({ opcode, masked: false, payload: draft.slice(0, 99) }),
    ],
  ),
  ...(['close', 'ping', 'pong'] as const).flatMap((name): Attack[] => [
    [`a ${name} in fragments`, 1002, frame({ opcode: OPCODES[name], fin: false })],
    [`a ${name} of 126 bytes`, 1002, frame({ opcode: OPCODES[name], payload: Buffer.alloc(126) })],
    [`a ${name} of 65,536 bytes`, 1002, frame({ opcode: OPCODES[name], payload: Buffer.alloc(65_536) })],
    [`a ${name} that claims 2⁶³ bytes`, 1002, frame({ opcode: OPCODES[name], length: 2n ** 63n })],
  ]),
  ['a continuation of nothing', 1002, frame({ opcode: 0, payload: draft })],
  ['a continuation of nothing, not final', 1002, frame({ opcode: 0, fin: false })],
  [
    'a message inside of a message',
    1002,
    Buffer.concat([frame({ fin: false, payload: '{' }), frame({ payload: draft })]),
  ],
  [
    'a binary message inside of a text',
    1002,
    Buffer.concat([frame({ fin: false }), frame({ opcode: 2, fin: false })]),
  ],
  [
    'a continuation after the end',
    1003,
    Buffer.concat([frame({ opcode: 2, payload: 'x' }), frame({ opcode: 0 })]),
  ],
  ...Object.entries(NOT_UTF8).flatMap(([name, bytes]): Attack[] => {
    const [head, tail] = [bytes.slice(0, 1), bytes.slice(1)].map((part) => Buffer.from(part)) as [
      Buffer,
      Buffer,
    ]
    return [
      [`text with ${name}`, 1007, frame({ payload: Buffer.from(bytes) })],
      [
        `text with ${name}, in two fragments`,
        1007,
        Buffer.concat([frame({ fin: false, payload: head }), frame({ opcode: 0, payload: tail })]),
      ],
    ]
  }),
  ['a reason that is not UTF-8', 1007, closeFrame(1000, Buffer.from([0xff, 0xfe]))],
  ...[0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): Attack => [`close code ${code}`, 1002, closeFrame(code)],
  ),
  ['a close of one byte', 1002, frame({ opcode: 8, payload: 'x' })],
  ['one byte too many', 1009, frame({ length: BigInt(MAX_DRAFT_BYTES + 1) })],
  ['a claim of 4 GiB', 1009, frame({ length: 2n ** 32n })],
  ['a claim of 2⁵³ bytes', 1009, frame({ length: 2n ** 53n })],
  ['a claim of 2⁶⁴ − 1 bytes', 1009, frame({ length: 2n ** 64n - 1n })],
  [
    'fragments that are too long together',
    1009,
    Buffer.concat([
      frame({ fin: false, payload: Buffer.alloc(MAX_DRAFT_BYTES, 'x') }),
      frame({ opcode: 0, payload: 'x' }),
    ]),
  ],
  [
    '300,000 empty fragments',
    1008,
    Buffer.concat([frame({ fin: false }), repeat(300_000, { opcode: 0, fin: false })]),
  ],
  [
    '2,000 fragments of one byte',
    1008,
    Buffer.concat([frame({ fin: false }), repeat(2_000, { opcode: 0, fin: false, payload: 'x' })]),
  ],
  [
    'a compressed message, which was not agreed',
    1002,
    frame({ reserved: 4, payload: Buffer.from([0xaa, 0x56, 0x2a, 0]) }),
  ],
  ['binary', 1003, frame({ opcode: 2, payload: draft })],
  ['an empty text', 1008, frame()],
  ['a prototype in a frame', 1008, frame({ payload: '{"type":"send","__proto__":{"polluted":1}}' })],
  [
    'a prototype for a draft',
    1008,
    frame({ payload: '{"type":"send","draft":{"__proto__":{"draftId":"attack"}}}' }),
  ],
  [
    'a constructor in a frame',
    1008,
    frame({ payload: '{"type":"send","constructor":{"prototype":{"polluted":1}}}' }),
  ],
  ['JSON 100,000 deep', 1008, frame({ payload: '['.repeat(100_000) })],
  ['JSON 100,000 deep, and whole', 1008, frame({ payload: `${'['.repeat(100_000)}${']'.repeat(100_000)}` })],
  ['HTTP', 1002, Buffer.from('GET / HTTP/1.1\r\n\r\n')],
]

describe.each(SPEAKERS)(`${attacks.length} attacks on the frames of %s`, (name) => {
  const SOCKET = `/transports/${name}/rooms/${ROOM}/socket`

  it.each(attacks)('%s is closed with %i', async (_what, code, bytes) => {
    const { wire, closeCode } = await openRawWebSocket(server.port, SOCKET)
    try {
      wire.write(bytes)
      expect(await closeCode()).toBe(code)
    } finally {
      wire.destroy()
    }
  })

  it('whatever comes after the attack is not listened to', async () => {
    const { wire, closeCode } = await openRawWebSocket(server.port, SOCKET)
    wire.write(Buffer.concat([frame({ reserved: 1 }), frame({ payload: draft })]))
    expect(await closeCode()).toBe(1002)
    wire.destroy()
  })

  it('a flood of pings is cut, before the pongs pile up', async () => {
    const before = await server.figures()
    const { wire } = await openRawWebSocket(server.port, SOCKET)
    wire.pause() // it talks and does not listen
    const flood = repeat(10_000, { opcode: 9, payload: 'x'.repeat(125) }) // 1.3 MB
    for (let i = 0; i < 20; i++) wire.write(flood)
    wire.resume()
    await vi.waitFor(() => expect(wire.closed).toBe(true), { timeout: 60_000 })
    const { held } = await server.figures()
    expect(held - before.held).toBeLessThan(16 * 1024 * 1024)
  })

  it('300,000 empty fragments and 20,000 pings leave the memory as it was', async () => {
    const before = await server.figures()
    for (const flood of [
      Buffer.concat([frame({ fin: false }), repeat(300_000, { opcode: 0, fin: false })]),
      repeat(20_000, { opcode: 9 }),
    ]) {
      const { wire } = await openRawWebSocket(server.port, SOCKET)
      wire.write(flood)
      await vi.waitFor(() => expect(wire.closed).toBe(true), { timeout: 60_000 })
    }
    const { held } = await server.figures()
    expect(held - before.held).toBeLessThan(4 * 1024 * 1024)
  })

  it('as many pings as a client may rightly send are answered', async () => {
    const { wire, received } = await openRawWebSocket(server.port, SOCKET)
    wire.write(repeat(50, { opcode: 9, payload: 'x' }))
    await expect.poll(() => framesIn(received()).pongs, { timeout: 60_000 }).toBe(50)
    wire.destroy()
  })

  it('leave the honest readers in order, the log clean, and the process quiet', async () => {
    await honest.expectUnharmed()
    expect(server.isAlive()).toBe(true)
    expect(server.said()).toBe('')
    expect((await server.figures()).polluted).toEqual([])
  })
})
