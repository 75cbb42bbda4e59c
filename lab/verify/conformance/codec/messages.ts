/** Cases: fragments, control frames between them, text, closing, and limits (RFC 6455 §5.4, §5.5, §7.4, §8.1). */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { CodecCase } from './case.ts'
import { bytesOf, type Codec, eventsOf, hex, joined, listen } from './codec.ts'

const KEY = Uint8Array.from([1, 2, 3, 4])
const FRAGMENTS = 2_048
type AnyOpcode = 0 | 1 | 2 | 8 | 9 | 10

const part = (codec: Codec, opcode: AnyOpcode, payload: Uint8Array | string, fin = true) =>
  codec.clientFrame(opcode, typeof payload === 'string' ? bytesOf(payload) : payload, KEY, { fin })

/** At which byte, counted from 0, each can be known not to be UTF-8. */
const NOT_UTF8: readonly (readonly [what: string, at: number, bytes: readonly number[]])[] = [
  ['a continuation alone', 0, [0x80]],
  ['an overlong two', 0, [0xc0, 0xaf]],
  ['a byte that is never used', 0, [0xff]],
  ['more than U+10FFFF, by its first byte', 0, [0xf5, 0x80, 0x80, 0x80]],
  ['a character that is not continued', 1, [0xc3, 0x28]],
  ['an overlong three', 1, [0xe0, 0x80, 0xaf]],
  ['a surrogate', 1, [0xed, 0xa0, 0x80]],
  ['an overlong four', 1, [0xf0, 0x80, 0x80, 0xaf]],
  ['more than U+10FFFF', 1, [0xf4, 0x90, 0x80, 0x80]],
  ['a four that breaks off', 3, [0xf0, 0x9f, 0x98, 0x41]],
]

export const messages: readonly CodecCase[] = [
  {
    name: 'a control frame between two fragments comes before the message, and does not disturb it',
    run(codec) {
      const bytes = joined([part(codec, 1, 'Hel', false), part(codec, 9, 'ping'), part(codec, 0, 'lo')])
      expect(eventsOf(codec, bytes)).toEqual([
        ['ping', hex(bytesOf('ping'))],
        ['text', hex(bytesOf('Hello'))],
      ])
    },
  },
  {
    name: 'a control frame of more than 125 bytes, or in fragments, is refused with 1002',
    run(codec) {
      for (const opcode of [8, 9, 10] as const) {
        const fits = codec.clientFrame(
          opcode,
          opcode === 8 ? codec.closePayload(1000) : new Uint8Array(125),
          KEY,
        )
        expect(eventsOf(codec, fits)[0]![0]).not.toBe('failed')
        expect(eventsOf(codec, part(codec, opcode, new Uint8Array(126)))).toEqual([['failed', 1002]])
        expect(eventsOf(codec, part(codec, opcode, '', false))).toEqual([['failed', 1002]])
      }
    },
  },
  {
    name: 'a continuation of nothing, and a message inside of a message, are refused with 1002',
    run(codec) {
      const wrong = [
        [part(codec, 0, 'x')],
        [part(codec, 0, 'x', false)],
        [part(codec, 1, 'a'), part(codec, 0, 'b')],
        [part(codec, 1, 'a', false), part(codec, 1, 'b')],
        [part(codec, 2, 'a', false), part(codec, 1, 'b', false)],
      ]
      for (const frames of wrong) expect(eventsOf(codec, joined(frames)).at(-1)).toEqual(['failed', 1002])
    },
  },
  {
    name: 'a character may be cut by fragments and by reads',
    run(codec) {
      const fox = bytesOf('🦊')
      const frames = [...fox].map((byte, index) =>
        part(codec, index === 0 ? 1 : 0, Uint8Array.of(byte), index === fox.length - 1),
      )
      expect(eventsOf(codec, joined(frames))).toEqual([['text', hex(fox)]])
    },
  },
  {
    name: 'a text that is not UTF-8 fails with 1007 at the first byte that shows it',
    run(codec) {
      for (const [what, at, bytes] of NOT_UTF8) {
        const { events, take } = listen(codec)
        take(codec.clientFrame(1, bytesOf('κόσμε'), KEY, { fin: false }))
        // A frame that claims more than will ever come: waiting for its end would be waiting for ever.
        take(codec.clientFrame(0, new Uint8Array(100), Uint8Array.of(0, 0, 0, 0)).subarray(0, 6))
        const failedAt = bytes.findIndex((byte) => {
          take(Uint8Array.of(byte))
          return events.length > 0
        })
        expect(events, what).toEqual([['failed', 1007]])
        expect(failedAt, what).toBe(at)
      }
    },
  },
  {
    name: 'a text that ends inside of a character fails with 1007, and a binary message may hold anything',
    run(codec) {
      for (const cut of [[0xc3], [0xe2, 0x82], [0xf0, 0x9f, 0x98]]) {
        const bytes = Uint8Array.from(cut)
        expect(eventsOf(codec, part(codec, 1, bytes))).toEqual([['failed', 1007]])
        const frames = joined([part(codec, 1, bytes, false), part(codec, 0, '')])
        expect(eventsOf(codec, frames)).toEqual([['failed', 1007]])
        expect(eventsOf(codec, part(codec, 2, bytes))).toEqual([['binary', hex(bytes)]])
      }
    },
  },
  {
    name: 'text is taken exactly when another decoder takes it too',
    run(codec) {
      const other = new TextDecoder('utf-8', { fatal: true })
      const isText = (bytes: Uint8Array): boolean => {
        try {
          other.decode(bytes)
          return true
        } catch {
          return false
        }
      }
      // Bytes near the borders of the encoding are much more likely to be almost right.
      const edge = fc.constantFrom(
        ...[0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc1, 0xc2, 0xdf, 0xe0, 0xec],
      )
      const high = fc.constantFrom(...[0xed, 0xee, 0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff, 0x41])
      const bytes = fc.array(fc.oneof(edge, high), { maxLength: 6 }).map((list) => Uint8Array.from(list))
      const property = fc.property(bytes, (payload) => {
        const expected = isText(payload) ? ['text', hex(payload)] : ['failed', 1007]
        expect(eventsOf(codec, part(codec, 1, payload))).toEqual([expected])
      })
      // Surrogates, overlong forms, and what lies beyond U+10FFFF: each time, whatever chance draws.
      const borders = [
        [0xed, 0xa0, 0x80],
        [0xed, 0xbf, 0xbf],
        [0xc1, 0xbf],
        [0xe0, 0x9f, 0xbf],
        [0xf0, 0x8f, 0xbf, 0xbf],
        [0xf4, 0x90, 0x80, 0x80],
      ]
      const examples = borders.map((list): [Uint8Array] => [Uint8Array.from(list)])
      const seed = Number(process.env.SEED ?? Date.now() & 0xffff)
      fc.assert(property, { numRuns: 2_000, seed, examples })
    },
  },
  {
    name: 'a close frame is told with its code and reason, and nothing is parsed after it',
    run(codec) {
      const after = part(codec, 1, 'x')
      const closes = [
        [part(codec, 8, ''), ['close', 1005, '']],
        [part(codec, 8, codec.closePayload(1000)), ['close', 1000, '']],
        [part(codec, 8, codec.closePayload(4999, 'später')), ['close', 4999, 'später']],
      ] as const
      for (const [frame, event] of closes) {
        const { events, take } = listen(codec)
        take(joined([frame, after]))
        take(after)
        expect(events).toEqual([event])
      }
    },
  },
  {
    name: 'a close code that must not be sent is refused with 1002, and every other one is taken',
    run(codec) {
      const mayBeSent = (code: number) =>
        (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code < 5000)
      for (const code of [
        0, 1, 998, 999, 1015, 1016, 1100, 2000, 2999, 3000, 3999, 4000, 4999, 5000, 65_535,
      ]) {
        const [event] = eventsOf(codec, part(codec, 8, codec.closePayload(code)))
        expect(event, `${code}`).toEqual(mayBeSent(code) ? ['close', code, ''] : ['failed', 1002])
      }
      for (let code = 1000; code <= 1016; code++) {
        const [event] = eventsOf(codec, part(codec, 8, codec.closePayload(code)))
        expect(event?.[0], `${code}`).toBe(mayBeSent(code) ? 'close' : 'failed')
      }
    },
  },
  {
    name: 'half a close code is refused with 1002, and a reason that is not UTF-8 with 1007',
    run(codec) {
      expect(eventsOf(codec, part(codec, 8, Uint8Array.of(3)))).toEqual([['failed', 1002]])
      for (const bad of [[0xff], [0xed, 0xa0, 0x80], [0xc3]]) {
        const payload = Uint8Array.from([3, 0xe8, ...bad])
        expect(eventsOf(codec, part(codec, 8, payload))).toEqual([['failed', 1007]])
      }
    },
  },
  {
    name: 'a reason that is too long is cut between two characters',
    run(codec) {
      const payload = codec.closePayload(1001, 'ä'.repeat(100))
      expect(payload.length).toBe(124)
      expect(eventsOf(codec, part(codec, 8, payload))).toEqual([['close', 1001, 'ä'.repeat(61)]])
    },
  },
  {
    name: 'a message may be as long as the limit, and one byte more is refused with 1009 by its header alone',
    run(codec) {
      const limits = { maxMessage: 1_000 }
      const fits = new Uint8Array(1_000)
      expect(eventsOf(codec, part(codec, 2, fits), limits)).toEqual([['binary', hex(fits)]])
      const tooLong = part(codec, 2, new Uint8Array(1_001))
      expect(eventsOf(codec, tooLong.subarray(0, 8), limits)).toEqual([['failed', 1009]])
    },
  },
  {
    name: 'the fragments of a message are held against its limit together, and each message starts from zero',
    run(codec) {
      const limits = { maxMessage: 1_000 }
      const half = new Uint8Array(500)
      const whole = joined([part(codec, 2, half, false), part(codec, 0, half)])
      expect(eventsOf(codec, joined([whole, whole]), limits)).toHaveLength(2)
      const tooLong = joined([part(codec, 2, half, false), part(codec, 0, new Uint8Array(501))])
      expect(eventsOf(codec, tooLong, limits)).toEqual([['failed', 1009]])
    },
  },
  {
    name: 'fragments are counted, empty ones too, and each message starts from zero',
    run(codec) {
      const limits = { maxFragments: 3 }
      const empty = part(codec, 0, '', false)
      const three = joined([part(codec, 1, '', false), empty, part(codec, 0, '')])
      expect(eventsOf(codec, joined([three, three]), limits)).toHaveLength(2)
      const four = joined([part(codec, 1, '', false), empty, empty, empty])
      expect(eventsOf(codec, four, limits)).toEqual([['failed', 1008]])
    },
  },
  {
    name: 'a message in 2,048 fragments is moved a few times and not once for each of them',
    run(codec) {
      const pieces = Array.from({ length: FRAGMENTS }, (_, i) =>
        part(codec, i === 0 ? 2 : 0, new Uint8Array(64).fill(i), i === FRAGMENTS - 1),
      )
      const bytes = joined(pieces)
      const limits = { maxMessage: 64 * FRAGMENTS, maxFragments: FRAGMENTS }
      const moved = bytesMoved(() => {
        expect(eventsOf(codec, bytes, limits)).toHaveLength(1)
      })
      expect(moved).toBeLessThan(2 * limits.maxMessage)
    },
  },
]

/** Bytes that are copied by `set` from one array to another while it runs. */
function bytesMoved(act: () => void): number {
  const { set } = Uint8Array.prototype
  let moved = 0
  Uint8Array.prototype.set = function (source, offset) {
    moved += source.length
    set.call(this, source, offset)
  }
  try {
    act()
  } finally {
    Uint8Array.prototype.set = set
  }
  return moved
}
