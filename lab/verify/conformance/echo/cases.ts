/**
 * What a WebSocket server must do, as bytes and answers: our own cases from RFC 6455, in the groups of the official
 * conformance suite (1 framing, 2 pings and pongs, 3 reserved bits, 4 opcodes, 5 fragmentation, 6 UTF-8, 7 closing,
 * 9 limits, 10 many fragments). Compression (12, 13) is not agreed on.
 */
import { closeFrame, frame } from '../../attacks/frames.ts'

export interface EchoCase {
  readonly name: string
  /** What the client sends, in order. */
  readonly send: readonly Uint8Array[]
  /** How many bytes go out in one write; all of them unless given. */
  readonly chop?: number
  /** What comes back: opcode and payload of each message and pong, in order. */
  readonly back: readonly Frame[]
  /** The reason beside that code; none unless given. */
  readonly reason?: string
  /** The code with which the server closes by itself; none where it waits for the client to. */
  readonly closes?: number
  /** Whether it must close before the message is at its end, which a server may leave (§8.1: “when”). */
  readonly early?: boolean
}

export interface Frame {
  readonly opcode: number
  readonly payload: Buffer
}

const text = (payload: Buffer | string, fin = true) => frame({ payload, fin })
const binary = (payload: Buffer | string, fin = true) => frame({ opcode: 2, payload, fin })
const more = (payload: Buffer | string, fin = true) => frame({ opcode: 0, payload, fin })
const ping = (payload: Buffer | string) => frame({ opcode: 9, payload })
const pong = (payload: Buffer | string) => frame({ opcode: 10, payload })
const back = (opcode: number, payload: Buffer | string): Frame => ({
  opcode,
  payload: Buffer.from(payload as string),
})

const LENGTHS = [0, 1, 125, 126, 127, 128, 65_535, 65_536]
const HELLO = 'Hello-µ@ßöäüàá-UTF-8!!'
const KIB = 1024
const MIB = 1024 * KIB

const group1: EchoCase[] = ([1, 2] as const).flatMap((opcode) =>
  LENGTHS.flatMap((length): EchoCase[] => {
    const payload = Buffer.alloc(length, '*')
    const one = { send: [frame({ opcode, payload })], back: [back(opcode, payload)] }
    const name = `1: ${opcode === 1 ? 'text' : 'binary'} of ${length} bytes`
    return [
      { name, ...one },
      { name: `${name}, in writes of 997`, ...one, chop: 997 },
    ]
  }),
)

const group2: EchoCase[] = [
  { name: '2: an empty ping is answered', send: [ping('')], back: [back(10, '')] },
  { name: '2: a ping with text is answered with the same', send: [ping('Hello')], back: [back(10, 'Hello')] },
  {
    name: '2: a ping with bytes that are no text is answered with the same',
    send: [ping(Buffer.from([0, 255, 254, 253, 0, 255]))],
    back: [back(10, Buffer.from([0, 255, 254, 253, 0, 255]))],
  },
  {
    name: '2: a ping of 125 bytes, in writes of one byte',
    send: [ping(Buffer.alloc(125, 0xfe))],
    back: [back(10, Buffer.alloc(125, 0xfe))],
    chop: 1,
  },
  { name: '2: a ping of 126 bytes is refused', send: [ping(Buffer.alloc(126))], back: [], closes: 1002 },
  {
    name: '2: a pong that was not asked for is let pass',
    send: [pong('x'), ping('y')],
    back: [back(10, 'y')],
  },
  {
    name: '2: ten pings are answered in order',
    send: Array.from({ length: 10 }, (_, i) => ping(`${i}`)),
    back: Array.from({ length: 10 }, (_, i) => back(10, `${i}`)),
  },
]

const group3: EchoCase[] = [1, 2, 3, 4, 5, 6, 7].flatMap((reserved): EchoCase[] => {
  const wrong = frame({ reserved, payload: HELLO })
  return [
    { name: `3: reserved bits ${reserved}`, send: [wrong], back: [], closes: 1002 },
    {
      name: `3: reserved bits ${reserved} after a good message, which comes back`,
      send: [text(HELLO), wrong, ping('')],
      ...{ back: [back(1, HELLO)], closes: 1002 },
    },
    {
      name: `3: reserved bits ${reserved} on a ping, in writes of one byte`,
      send: [frame({ reserved, opcode: 9 })],
      ...{ back: [], chop: 1, closes: 1002 },
    },
  ]
})

const group4: EchoCase[] = [3, 4, 5, 6, 7, 11, 12, 13, 14, 15].flatMap((opcode): EchoCase[] => [
  { name: `4: opcode ${opcode}`, send: [frame({ opcode })], back: [], closes: 1002 },
  {
    name: `4: opcode ${opcode} with a payload, after a good message`,
    send: [text(HELLO), frame({ opcode, payload: 'x' }), ping('')],
    ...{ back: [back(1, HELLO)], closes: 1002 },
  },
])

const group5: EchoCase[] = [
  {
    name: '5: a ping in fragments',
    send: [frame({ opcode: 9, fin: false }), more('')],
    back: [],
    closes: 1002,
  },
  {
    name: '5: a pong in fragments',
    send: [frame({ opcode: 10, fin: false }), more('')],
    back: [],
    closes: 1002,
  },
  { name: '5: a text in two fragments', send: [text('Hel', false), more('lo')], back: [back(1, 'Hello')] },
  {
    name: '5: a text in two fragments, in writes of one byte',
    send: [text('Hel', false), more('lo')],
    ...{ back: [back(1, 'Hello')], chop: 1 },
  },
  {
    name: '5: a ping between two fragments is answered first',
    send: [text('Hel', false), ping('p'), more('lo')],
    back: [back(10, 'p'), back(1, 'Hello')],
  },
  {
    name: '5: two pings between five fragments, some of them empty',
    send: [
      text('', false),
      ping('1'),
      more('a', false),
      more('', false),
      ping('2'),
      more('b', false),
      more(''),
    ],
    back: [back(10, '1'), back(10, '2'), back(1, 'ab')],
  },
  { name: '5: a continuation of nothing', send: [more('x')], back: [], closes: 1002 },
  {
    name: '5: a continuation of nothing, not the last',
    send: [more('x', false), more('y')],
    back: [],
    closes: 1002,
  },
  {
    name: '5: a continuation after the end of a message',
    send: [text('a', false), more('b'), more('c')],
    ...{ back: [back(1, 'ab')], closes: 1002 },
  },
  { name: '5: a text inside of a text', send: [text('a', false), text('b')], back: [], closes: 1002 },
  { name: '5: a binary inside of a text', send: [text('a', false), binary('b')], back: [], closes: 1002 },
  {
    name: '5: a frame without a mask',
    send: [frame({ masked: false, payload: 'x' })],
    back: [],
    closes: 1002,
  },
  {
    name: '5: a binary in three fragments',
    send: [binary('a', false), more('', false), more('b')],
    back: [back(2, 'ab')],
  },
]

const VALID = [
  'κόσμε',
  '\0',
  '\x7f',
  '\u0080',
  '\u07ff',
  '\u0800',
  '\uffff',
  '\ufffe',
  '\ufeffBOM',
  '\u{10000}',
  '\u{10ffff}',
  '🦊',
]
const INVALID: Readonly<Record<string, readonly number[]>> = {
  'a continuation alone': [0x80],
  'an overlong slash of two': [0xc0, 0xaf],
  'an overlong slash of three': [0xe0, 0x80, 0xaf],
  'an overlong slash of four': [0xf0, 0x80, 0x80, 0xaf],
  'the first surrogate': [0xed, 0xa0, 0x80],
  'a surrogate pair': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80],
  'beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80],
  'a byte that is never used': [0xfe],
  'Latin-1': [0x66, 0xfc, 0x72],
}

const group6: EchoCase[] = [
  ...VALID.flatMap((content): EchoCase[] => {
    const bytes = Buffer.from(content)
    const name = `6: U+${content.codePointAt(0)!.toString(16)} and what follows`
    const pieces = [...bytes].map((_, i) =>
      frame({ opcode: i ? 0 : 1, fin: i === bytes.length - 1, payload: bytes.subarray(i, i + 1) }),
    )
    return [
      { name, send: [text(bytes)], back: [back(1, bytes)] },
      { name: `${name}, a fragment for each byte`, send: pieces, back: [back(1, bytes)] },
      { name: `${name}, in writes of one byte`, send: [text(bytes)], back: [back(1, bytes)], chop: 1 },
    ]
  }),
  ...Object.entries(INVALID).flatMap(([what, list]): EchoCase[] => {
    const bytes = Buffer.from(list)
    return [
      { name: `6: ${what}`, send: [text(bytes)], back: [], closes: 1007 },
      {
        name: `6: ${what}, after good text`,
        send: [text(Buffer.concat([Buffer.from('κόσμε'), bytes]))],
        back: [],
        closes: 1007,
      },
      {
        name: `6: ${what}, in a second fragment`,
        send: [text('κόσμε', false), more(bytes)],
        back: [],
        closes: 1007,
      },
      {
        name: `6: ${what}, in a fragment that is not the last`,
        send: [text('κόσμε', false), more(bytes, false), more('A')],
        ...{ back: [], closes: 1007 },
      },
    ]
  }),
  {
    name: '6: a surrogate fails while the message has not ended',
    send: [text('κόσμε', false), more(Buffer.from([0xed, 0xa0, 0x80]), false)],
    ...{ back: [], closes: 1007, early: true },
  },
  {
    name: '6: a byte beyond U+10FFFF fails while its frame has not ended',
    send: [frame({ payload: Buffer.from([0xf4, 0x90]), length: 100n })],
    ...{ back: [], closes: 1007, early: true },
  },
  {
    name: '6: binary that is no text comes back',
    send: [binary(Buffer.from([0xff, 0xc0]))],
    back: [back(2, Buffer.from([0xff, 0xc0]))],
  },
]

const group7: EchoCase[] = [
  {
    name: '7: a close after an echo',
    send: [text(HELLO), closeFrame(1000)],
    back: [back(1, HELLO)],
    closes: 1000,
  },
  { name: '7: a close without a code', send: [frame({ opcode: 8 })], back: [], closes: 1005 },
  {
    name: '7: what comes after a close is not answered',
    send: [closeFrame(1000), text('x'), ping('y')],
    back: [],
    closes: 1000,
  },
  {
    name: '7: a close between two fragments',
    send: [text('x', false), closeFrame(1000), more('y')],
    back: [],
    closes: 1000,
  },
  { name: '7: a close of one byte', send: [frame({ opcode: 8, payload: 'x' })], back: [], closes: 1002 },
  {
    name: '7: a close with a reason of 123 bytes, which comes back',
    send: [closeFrame(1000, 'x'.repeat(123))],
    reason: 'x'.repeat(123),
    back: [],
    closes: 1000,
  },
  {
    name: '7: a close with a reason of 124 bytes',
    send: [closeFrame(1000, 'x'.repeat(124))],
    back: [],
    closes: 1002,
  },
  {
    name: '7: a reason that is not UTF-8',
    send: [closeFrame(1000, Buffer.from([0xce, 0xff]))],
    back: [],
    closes: 1007,
  },
  { name: '7: a close in fragments', send: [frame({ opcode: 8, fin: false })], back: [], closes: 1002 },
  ...[1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999].map(
    (code): EchoCase => ({ name: `7: close code ${code}`, send: [closeFrame(code)], back: [], closes: code }),
  ),
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
    (code): EchoCase => ({
      name: `7: close code ${code} is refused`,
      send: [closeFrame(code)],
      back: [],
      closes: 1002,
    }),
  ),
]

/** A message in fragments of so many bytes. */
function fragments(opcode: 1 | 2, payload: Buffer, size: number): Buffer[] {
  const pieces: Buffer[] = []
  for (let at = 0; at < payload.length; at += size)
    pieces.push(
      frame({
        opcode: at ? 0 : opcode,
        fin: at + size >= payload.length,
        payload: payload.subarray(at, at + size),
      }),
    )
  return pieces
}

/** The longest that the servers under test are started with. */
export const MAX_MESSAGE = 16 * MIB

const group9: EchoCase[] = [
  ...[64 * KIB, 256 * KIB, MIB, 4 * MIB, 16 * MIB].flatMap((length): EchoCase[] => {
    const payload = Buffer.alloc(length, '0123456789')
    return [
      { name: `9: a text of ${length} bytes`, send: [text(payload)], back: [back(1, payload)] },
      { name: `9: a binary of ${length} bytes`, send: [binary(payload)], back: [back(2, payload)] },
    ]
  }),
  ...[64, 1_024, 64 * KIB, MIB].map((size): EchoCase => {
    const payload = Buffer.alloc(4 * MIB, 'abcdefg')
    return {
      name: `9: 4 MiB in fragments of ${size} bytes`,
      send: fragments(1, payload, size),
      back: [back(1, payload)],
    }
  }),
  {
    name: '9: 1 MiB in writes of 1,024 bytes',
    send: [binary(Buffer.alloc(MIB, 'x'))],
    ...{ back: [back(2, Buffer.alloc(MIB, 'x'))], chop: 1_024 },
  },
  {
    name: '9: a thousand messages at once come back in order',
    send: Array.from({ length: 1_000 }, (_, i) => text(`${i}`)),
    back: Array.from({ length: 1_000 }, (_, i) => back(1, `${i}`)),
  },
  {
    name: '9: one byte more than the limit',
    send: [frame({ opcode: 2, length: BigInt(MAX_MESSAGE + 1) })],
    back: [],
    closes: 1009,
  },
]

const group10: EchoCase[] = [
  {
    name: '10: 65,536 bytes in fragments of 1,300',
    send: fragments(1, Buffer.alloc(65_536, '*'), 1_300),
    back: [back(1, Buffer.alloc(65_536, '*'))],
  },
]

export const ECHO_CASES: readonly EchoCase[] = [
  ...[...group1, ...group2, ...group3, ...group4, ...group5],
  ...[...group6, ...group7, ...group9, ...group10],
]
