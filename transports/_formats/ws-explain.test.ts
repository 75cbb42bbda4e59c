import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientFrame, closePayload, serverFrame } from './ws-encoder.ts'
import { explain, type FramePart, type Sender } from './ws-explain.ts'
import { FrameParser } from './ws-parser.ts'

const fromHex = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(' ', ''), 'hex'))
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d)
const byName = (bytes: Uint8Array, sender: Sender) =>
  new Map(explain(bytes, sender).parts.map((part) => [part.name, part]))

describe('the explanation of a frame', () => {
  it('names each field of a masked “Hello” of RFC 6455 §5.7, with its place and what it holds', () => {
    const { parts, size, missing } = explain(fromHex('81 85 37 fa 21 3d 7f 9f 4d 51 58'), 'client')
    const shown = parts.map(({ name, offset, bit, bits, raw }) => [name, offset, bit, bits, raw])
    expect(shown).toEqual([
      ['FIN', 0, 0, 1, '1'],
      ['RSV1', 0, 1, 1, '0'],
      ['RSV2', 0, 2, 1, '0'],
      ['RSV3', 0, 3, 1, '0'],
      ['opcode', 0, 4, 4, '0001'],
      ['MASK', 1, 0, 1, '1'],
      ['length', 1, 1, 7, '0000101'],
      ['masking key', 2, null, 32, '37 fa 21 3d'],
      ['masked payload', 6, null, 40, '7f 9f 4d 51 58'],
      ['payload', 6, null, 40, '48 65 6c 6c 6f'],
    ])
    expect(parts.at(-1)!.meaning).toBe('“Hello”')
    expect(parts.every(({ problem }) => problem === null)).toBe(true)
    expect([size, missing]).toEqual([11, 0])
  })

  it.each([
    [126, 2, '00 7e', '126 bytes of payload'],
    [65_536, 8, '00 00 00 00 00 01 00 00', '65536 bytes of payload'],
  ])('of %i bytes has its length in %i more', (length, bytes, raw, meaning) => {
    const parts = byName(serverFrame(2, new Uint8Array(length)), 'server')
    expect(parts.get('length')!.meaning).toContain(`in the next ${bytes} bytes`)
    expect(parts.get('extended length')).toMatchObject({ offset: 2, bits: 8 * bytes, raw, meaning })
    expect(parts.get('payload')!.offset).toBe(2 + bytes)
    expect(parts.get('payload')!.raw).toMatch(/^(00 ){64}…$/)
  })

  it('tells a close code and its reason', () => {
    const parts = byName(serverFrame(8, closePayload(1001, 'stopping')), 'server')
    expect(parts.get('opcode')!.meaning).toContain('close')
    expect(parts.get('payload')!.meaning).toBe('Close code 1001, “stopping”')
  })

  it.each<[what: string, hex: string, sender: Sender, part: string, problem: RegExp]>([
    ['a client that does not mask', '81 00', 'client', 'MASK', /must mask/],
    ['a server that masks', '81 80 00 00 00 00', 'server', 'MASK', /must not mask/],
    ['a reserved bit', 'c1 00', 'server', 'RSV1', /must be 0/],
    ['a reserved opcode', '83 00', 'server', 'opcode', /fail the connection/],
    ['a ping in fragments', '09 00', 'server', 'FIN', /not be fragmented/],
    ['a ping that is too long', '89 7e 00 7e', 'server', 'length', /at most 125/],
    ['a length in too many bytes', '82 7e 00 05', 'server', 'extended length', /few bytes/],
    [
      'a length with its highest bit set',
      '82 7f 80 00 00 00 00 00 00 00',
      'server',
      'extended length',
      /highest bit/,
    ],
    ['a text that is no UTF-8', '81 02 c3 28', 'server', 'payload', /not UTF-8/],
    ['a close code that must not be sent', '88 02 03 ed', 'server', 'payload', /1005 must not/],
    ['a reason that is no UTF-8', '88 03 03 e8 ff', 'server', 'payload', /not UTF-8/],
    ['half a close code', '88 01 03', 'server', 'payload', /two bytes/],
  ])('says what is wrong with %s, where it stands', (_what, hex, sender, part, problem) => {
    const { parts } = explain(fromHex(hex), sender)
    expect(parts.filter((one) => one.problem !== null).map(({ name }) => name)).toEqual([part])
    expect(parts.find(({ name }) => name === part)!.problem).toMatch(problem)
  })

  it('tells of a frame that is not whole what is there, and how much is missing', () => {
    const whole = clientFrame(1, new TextEncoder().encode('x'.repeat(200)), KEY)
    let before = 0
    for (let length = 0; length <= whole.length; length++) {
      const { parts, size, missing } = explain(whole.subarray(0, length), 'client')
      expect(parts.length).toBeGreaterThanOrEqual(before)
      before = parts.length
      if (length >= 4) expect([size, missing]).toEqual([whole.length, whole.length - length])
    }
  })

  it('covers each byte of any frame, and finds a problem whenever the parser finds one in a header', () => {
    const property = fc.property(fc.uint8Array({ minLength: 2, maxLength: 40 }), (bytes) => {
      const { parts, size } = explain(bytes, 'client')
      const ends = Math.max(...parts.map(({ offset, bit, bits }) => offset + ((bit ?? 0) + bits) / 8))
      expect(ends).toBeLessThanOrEqual(size)
      let failed = false
      const ignore = () => {}
      const parser = new FrameParser(
        { onMessage: ignore, onPing: ignore, onPong: ignore, onClose: ignore },
        { masked: true, maxMessage: Number.MAX_SAFE_INTEGER, maxFragments: 9 },
      )
      try {
        parser.take(bytes.subarray(0, size))
      } catch {
        failed = true
      }
      // What only its message can tell, a frame alone cannot: a continuation of nothing.
      if ((bytes[0]! & 15) !== 0 && failed && size < 2 ** 40) expect(parts.some(isWrong)).toBe(true)
    })
    fc.assert(property, { numRuns: 1_000, seed: Number(process.env.SEED ?? Date.now() & 0xffff) })
  })
})

const isWrong = ({ problem }: FramePart) => problem !== null
