import { describe, expect, it } from 'vitest'
import { anySeed, between, createRandom } from '../../lab/wire/random.ts'
import { asLine, LineReader } from './lines.ts'

const bytesOf = (text: string) => new TextEncoder().encode(text)
const SAID = ['first', '', '👩‍👩‍👧 é \u2028', 'x'.repeat(300), '{"a":"\\n"}']
const WIRE = bytesOf(SAID.map((line) => `${line}\n`).join(''))

describe('a reader of lines', () => {
  it.each([1, 2, 3, 7, 1_000])('finds the same lines in pieces of %i bytes', (size) => {
    const reader = new LineReader(1_024)
    const lines: string[] = []
    for (let at = 0; at < WIRE.length; at += size) lines.push(...reader.take(WIRE.subarray(at, at + size)))
    expect(lines).toEqual(SAID)
  })

  it('finds the same lines however they are cut', () => {
    const seed = anySeed()
    const random = createRandom(seed)
    for (let round = 0; round < 200; round++) {
      const reader = new LineReader(1_024)
      const lines: string[] = []
      for (let at = 0; at < WIRE.length; ) {
        const to = at + between(random, 1, 40)
        lines.push(...reader.take(WIRE.subarray(at, to)))
        at = to
      }
      expect(lines, `seed ${seed}, round ${round}`).toEqual(SAID)
    }
  })

  it('keeps nothing of the memory that a piece came in', () => {
    const reader = new LineReader(100)
    const piece = bytesOf('half')
    expect([...reader.take(piece)]).toEqual([])
    piece.fill(0)
    expect([...reader.take(bytesOf(' a line\n'))]).toEqual(['half a line'])
  })

  it('takes the carriage return away that Telnet writes, and no other', () => {
    expect([...new LineReader(100).take(bytesOf('a\r\nb\rc\r\n\r\n'))]).toEqual(['a', 'b\rc', ''])
  })

  it('refuses a line that is longer than it may be, with or without its end, and gives the lines before it', () => {
    for (const end of ['', '\n']) {
      const lines: string[] = []
      expect(() => {
        for (const line of new LineReader(10).take(bytesOf(`short\n${'x'.repeat(11)}${end}`)))
          lines.push(line)
      }).toThrow(expect.objectContaining({ code: 'too-large', message: expect.stringContaining('10 bytes') }))
      expect(lines).toEqual(['short'])
    }
    expect([...new LineReader(10).take(bytesOf(`${'x'.repeat(10)}\n`))]).toEqual(['x'.repeat(10)])
  })

  it('refuses what is no UTF-8', () => {
    const line = Uint8Array.of(0x61, 0xff, 0x0a)
    expect(() => [...new LineReader(10).take(line)]).toThrow(expect.objectContaining({ code: 'bad-frame' }))
  })

  it('writes no line feed inside a line', () => {
    expect(asLine({ text: 'a\nb\u2028' })).toBe('{"text":"a\\nb\u2028"}\n')
  })
})
