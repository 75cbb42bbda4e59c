/** Cases: headers, lengths, masks, and bytes that come in any pieces (RFC 6455 §5.2, §5.3, §5.7). */
import { expect } from 'vitest'
import type { CodecCase } from './case.ts'
import { bytesOf, eventsOf, hex, joined, listen, rawFrame } from './codec.ts'
import { sameMessages } from './property.ts'

const KEY = Uint8Array.from([0x37, 0xfa, 0x21, 0x3d])
const HELLO = bytesOf('Hello')
const fromHex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
/** Both sides of each border between the three ways to write a length. */
const BORDERS = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]

export const framing: readonly CodecCase[] = [
  {
    name: 'the examples of RFC 6455 §5.7 are read',
    run(codec) {
      const server = (text: string) => eventsOf(codec, fromHex(text))
      const client = (text: string) => eventsOf(codec, fromHex(text), { masked: false })
      expect(client('81 05 48 65 6c 6c 6f')).toEqual([['text', hex(HELLO)]])
      expect(server('81 85 37 fa 21 3d 7f 9f 4d 51 58')).toEqual([['text', hex(HELLO)]])
      expect(client('01 03 48 65 6c 80 02 6c 6f')).toEqual([['text', hex(HELLO)]])
      expect(client('89 05 48 65 6c 6c 6f')).toEqual([['ping', hex(HELLO)]])
      expect(server('8a 85 37 fa 21 3d 7f 9f 4d 51 58')).toEqual([['pong', hex(HELLO)]])
      expect(client(`82 7e 01 00 ${'ab'.repeat(256)}`)).toEqual([['binary', 'ab'.repeat(256)]])
      expect(client(`82 7f 00 00 00 00 00 01 00 00 ${'cd'.repeat(65_536)}`)).toEqual([
        ['binary', 'cd'.repeat(65_536)],
      ])
    },
  },
  {
    name: 'the examples of RFC 6455 §5.7 are written',
    run({ serverFrame, clientFrame }) {
      expect(hex(serverFrame(1, HELLO))).toBe('810548656c6c6f')
      expect(hex(clientFrame(1, HELLO, KEY))).toBe('818537fa213d7f9f4d5158')
      expect(hex(serverFrame(1, bytesOf('Hel'), { fin: false }))).toBe('010348656c')
      expect(hex(serverFrame(0, bytesOf('lo')))).toBe('80026c6f')
      expect(hex(serverFrame(9, HELLO))).toBe('890548656c6c6f')
      expect(hex(clientFrame(10, HELLO, KEY))).toBe('8a8537fa213d7f9f4d5158')
      expect(hex(serverFrame(2, new Uint8Array(256)).subarray(0, 4))).toBe('827e0100')
      expect(hex(serverFrame(2, new Uint8Array(65_536)).subarray(0, 10))).toBe('827f0000000000010000')
    },
  },
  {
    name: 'any messages, in any fragments, masked or not, cut into any reads, come out as they went in',
    run: sameMessages,
  },
  {
    name: 'every length is written in the fewest bytes, and read back',
    run(codec) {
      for (const length of BORDERS) {
        const payload = new Uint8Array(length).fill(length & 0x7f)
        const header = length < 126 ? 2 : length < 65_536 ? 4 : 10
        const served = codec.serverFrame(2, payload)
        expect(served.length, `${length} bytes from a server`).toBe(header + length)
        expect(eventsOf(codec, served, { masked: false })).toEqual([['binary', hex(payload)]])
        const sent = codec.clientFrame(2, payload, KEY)
        expect(sent.length, `${length} bytes from a client`).toBe(header + 4 + length)
        expect(eventsOf(codec, sent)).toEqual([['binary', hex(payload)]])
      }
    },
  },
  {
    name: 'a length that is written in more bytes than it needs is refused with 1002',
    run(codec) {
      const padded = [
        rawFrame(0x82, 0xfe, 0, 5, ...HELLO),
        rawFrame(0x82, 0xfe, 0, 125),
        rawFrame(0x82, 0xff, 0, 0, 0, 0, 0, 0, 0, 5, ...HELLO),
        rawFrame(0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff),
      ]
      for (const frame of padded) expect(eventsOf(codec, frame), hex(frame)).toEqual([['failed', 1002]])
    },
  },
  {
    name: 'a length of more than 32 bits is refused with 1009 and not cut to something smaller',
    run(codec) {
      const claims = [
        [0, 0, 0, 1, 0, 0, 0, 5],
        [0, 0, 1, 0, 0, 0, 0, 0],
        [0x7f, 255, 255, 255, 255, 255, 255, 255],
        [255, 255, 255, 255, 255, 255, 255, 255],
      ]
      for (const claim of claims) {
        const events = eventsOf(codec, rawFrame(0x82, 0xff, ...claim, ...HELLO))
        expect(events, claim.join()).toEqual([['failed', 1009]])
      }
    },
  },
  {
    name: 'a frame without a mask is refused on a server, and one with a mask on a client',
    run(codec) {
      for (const opcode of [1, 2, 8, 9, 10] as const) {
        const payload = opcode === 8 ? new Uint8Array(0) : HELLO
        expect(eventsOf(codec, codec.serverFrame(opcode, payload))).toEqual([['failed', 1002]])
        const masked = codec.clientFrame(opcode, payload, KEY)
        expect(eventsOf(codec, masked, { masked: false })).toEqual([['failed', 1002]])
      }
    },
  },
  {
    name: 'each reserved bit is refused with 1002, on every kind of frame',
    run(codec) {
      for (const opcode of [1, 2, 8, 9, 10])
        for (let reserved = 1; reserved < 8; reserved++)
          expect(eventsOf(codec, rawFrame(0x80 | (reserved << 4) | opcode, 0x80))).toEqual([['failed', 1002]])
    },
  },
  {
    name: 'each reserved opcode is refused with 1002',
    run(codec) {
      for (const opcode of [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
        expect(eventsOf(codec, rawFrame(0x80 | opcode, 0x80)), `opcode ${opcode}`).toEqual([['failed', 1002]])
    },
  },
  {
    name: 'what the first two bytes make wrong is told before the third has come',
    run(codec) {
      for (const [first, second] of [
        [0x83, 0x80],
        [0xc1, 0x80],
        [0x81, 0x05],
        [0x89, 0xfe],
        [0x09, 0x80],
        [0x80, 0xfe],
      ] as const)
        expect(eventsOf(codec, Uint8Array.from([first, second]))).toEqual([['failed', 1002]])
    },
  },
  {
    name: 'a payload is its receiver’s to keep: the memory of a read can be used again',
    run(codec) {
      const { events, take } = listen(codec)
      const kept: Uint8Array[] = []
      const parser = new codec.FrameParser(
        {
          ...{ onPing() {}, onPong() {}, onClose() {} },
          onMessage: (_opcode, payload) => void kept.push(payload),
        },
        { masked: true, maxMessage: 1_000, maxFragments: 10 },
      )
      const read = codec.clientFrame(2, HELLO, KEY)
      const before = hex(read)
      parser.take(read)
      take(read)
      expect(hex(read), 'the read itself is not written to').toBe(before)
      read.fill(0)
      expect(kept.map(hex)).toEqual([hex(HELLO)])
      expect(events).toEqual([['binary', hex(HELLO)]])
    },
  },
  {
    name: 'after a failure, nothing more is parsed',
    run(codec) {
      const { events, take } = listen(codec)
      const good = codec.clientFrame(1, HELLO, KEY)
      take(joined([rawFrame(0x83, 0x80), good]))
      take(good)
      expect(events).toEqual([['failed', 1002]])
    },
  },
]
