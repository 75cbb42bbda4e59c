import { describe, expect, it } from 'vitest'
import { bytesOf, cutInTwo, framePiece, fromHex, inForm, textPiece, toHex } from './pieces.ts'

const frame = () =>
  framePiece({
    ...{ fin: true, reserved: 0, opcode: 1, masked: true, length: null, key: Uint8Array.of(1, 2, 3, 4) },
    payload: new TextEncoder().encode('hi'),
  })
const latin1 = (bytes: Uint8Array) => String.fromCharCode(...bytes)

describe('a piece of the raw composer', () => {
  it('of text is sent with CR LF at the end of each line, or with LF alone', () => {
    expect(latin1(bytesOf(textPiece('GET / HTTP/1.1\n\n')))).toBe('GET / HTTP/1.1\r\n\r\n')
    expect(latin1(bytesOf(textPiece('{}\n', { isCrlf: false })))).toBe('{}\n')
  })

  it('is the same bytes in each form that can show them', () => {
    const head = textPiece('GET / HTTP/1.1\nHost: lab\n\n')
    expect(bytesOf(inForm(inForm(head, 'hex'), 'text'))).toEqual(bytesOf(head))
    const masked = frame()
    expect(toHex(bytesOf(masked))).toBe('81 82 01 02 03 04 69 6b')
    expect(inForm(inForm(masked, 'hex'), 'frame')).toMatchObject({
      form: 'frame',
      text: 'hi',
      frame: masked.frame,
    })
  })

  it('with its MASK bit cleared has no key, and its payload goes as it is', () => {
    const piece = frame()
    expect(toHex(bytesOf({ ...piece, frame: { ...piece.frame!, masked: false } }))).toBe('81 02 68 69')
  })

  it('says why it has no such form, and where its hexadecimal is wrong', () => {
    expect(() => inForm({ ...textPiece('ff fe'), form: 'hex' }, 'text')).toThrow('edit them as bytes')
    expect(() => inForm(textPiece('x'), 'frame')).toThrow('two bytes at least')
    expect(() => fromHex('0g')).toThrow('“g”, at place 2,')
    expect(() => fromHex('012')).toThrow('one hexadecimal digit')
  })

  it('is cut into two that are it together, the second sent without waiting for an answer', () => {
    const [first, second] = cutInTwo(frame())
    expect(toHex(bytesOf(first))).toBe('81 82 01 02')
    expect(toHex(bytesOf(second))).toBe('03 04 69 6b')
    expect([first.afterAnswer, second.afterAnswer]).toEqual([true, false])
  })
})
