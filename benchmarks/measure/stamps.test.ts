import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createScanner, MIN_PAYLOAD_BYTES, nowNs, stampedText } from './stamps.ts'

/** All stamps in `bytes`, fed in pieces that end at `cuts`. */
function found(bytes: Buffer, cuts: readonly number[] = []): [number, number][] {
  const stamps: [number, number][] = []
  const scan = createScanner((ns, number) => stamps.push([ns, number]))
  let from = 0
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    scan(bytes.subarray(from, cut))
    from = cut
  }
  scan(bytes.subarray(from))
  return stamps
}

describe('a stamped text', () => {
  it('has exactly the size that was asked for', () => {
    expect(Buffer.byteLength(stampedText(nowNs(), 123_456, 120))).toBe(120)
  })

  it('has room for any stamp in the smallest payload', () => {
    expect(() => stampedText(Number.MAX_SAFE_INTEGER, 999_999_999_999_999, MIN_PAYLOAD_BYTES)).not.toThrow()
  })

  it('is refused when its stamp does not fit', () => {
    expect(() => stampedText(nowNs(), 1, 10)).toThrow(RangeError)
  })
})

describe('the scanner', () => {
  it('finds what was stamped, inside of anything', () => {
    const page = JSON.stringify({
      messages: [{ text: stampedText(17, 1, 60) }, { text: stampedText(18, 2, 60) }],
    })
    expect(found(Buffer.from(`HTTP/1.1 200 OK\r\n\r\n${page}`))).toEqual([
      [17, 1],
      [18, 2],
    ])
  })

  it('finds a stamp wherever the network cuts it', () => {
    const bytes = Buffer.from(`x${stampedText(1_234_567, 89, 40)}y${stampedText(2_345_678, 90, 40)}`)
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 12 }), (cuts) => {
        expect(found(bytes, cuts)).toEqual([
          [1_234_567, 89],
          [2_345_678, 90],
        ])
      }),
    )
  })

  it.each(['@', '@@', '@12@', '@12,@', '@,3@', '@1x,2@', '@ 1,2@', 'a@b.example'])(
    'does not take %j for a stamp, and finds the one behind it',
    (noise) => {
      expect(found(Buffer.from(`${noise}@5,6@`)).at(-1)).toEqual([5, 6])
      expect(found(Buffer.from(`${noise} `))).toEqual([])
    },
  )
})
