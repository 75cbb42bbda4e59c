import { describe, expect, it } from 'vitest'
import { clientFrame, serverFrame } from '../ws-encoder.ts'
import { anyFrame, type FrameFields, fieldsOf } from './ws-any-frame.ts'

const KEY = Uint8Array.of(1, 2, 3, 4)
const fields = (more: Partial<FrameFields> = {}): FrameFields => ({
  ...{ fin: true, reserved: 0, opcode: 1, masked: true, length: null, key: KEY },
  payload: new TextEncoder().encode('hello'),
  ...more,
})

describe('a frame of any fields', () => {
  it.each([0, 5, 125, 126, 65_535, 65_536])(
    'is the encoder’s own when nothing is wrong with it: %i bytes',
    (size) => {
      const payload = new Uint8Array(size).fill(7)
      expect(anyFrame(fields({ payload }))).toEqual(clientFrame(1, payload, KEY))
      expect(anyFrame(fields({ payload, masked: false }))).toEqual(serverFrame(1, payload))
    },
  )

  it('has the bits that it is given, and says the length that it is given', () => {
    const frame = anyFrame(fields({ fin: false, reserved: 4, opcode: 11, length: 300 }))
    expect([...frame.subarray(0, 4)]).toEqual([0b0100_1011, 0x80 | 126, 1, 44])
  })

  it('is read back as the same fields', () => {
    for (const one of [
      fields(),
      fields({ reserved: 3, fin: false }),
      fields({ length: 9 }),
      fields({ length: 70_000 }),
    ])
      expect(fieldsOf(anyFrame(one))).toEqual(one)
    expect(fieldsOf(Uint8Array.of(0x81))).toBeNull()
    expect(fieldsOf(Uint8Array.of(0x81, 0x85, 1, 2))).toBeNull()
  })
})
