import { describe, expect, it } from 'vitest'
import { createHeadersWatch } from './h2-headers.ts'

const frame = (type: number, flags: number, length: number) =>
  Buffer.concat([Buffer.from([0, length >> 8, length & 255, type, flags, 0, 0, 0, 1]), Buffer.alloc(length)])
const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const [SETTINGS, DATA] = [frame(4, 0, 0), frame(0, 0, 300)]

/** How far it is safe after each piece. */
function safeAfter(bytes: Buffer, pieceBytes: number): number {
  const watch = createHeadersWatch()
  for (let at = 0; at < bytes.length; at += pieceBytes) watch.take(bytes.subarray(at, at + pieceBytes))
  return watch.safeUntil
}

describe('the heads of HTTP/2', () => {
  it.each([1, 5, 9, 1_000])('are safe when they are whole, in pieces of %d bytes', (pieceBytes) => {
    const all = Buffer.concat([PREFACE, SETTINGS, frame(1, 0, 20), frame(9, 0, 20), frame(9, 4, 20), DATA])
    expect(safeAfter(all, pieceBytes)).toBe(all.length)
  })

  it.each([1, 5, 9, 1_000])('are not while CONTINUATION is to come, in pieces of %d bytes', (pieceBytes) => {
    const before = Buffer.concat([PREFACE, SETTINGS])
    const all = Buffer.concat([before, frame(1, 0, 20), frame(9, 0, 20)])
    expect(safeAfter(all, pieceBytes)).toBe(before.length)
  })

  it('are not while a part of the frame is to come', () => {
    const headers = frame(1, 4, 20)
    expect(safeAfter(Buffer.concat([PREFACE, headers.subarray(0, 28)]), 1_000)).toBe(PREFACE.length)
    expect(safeAfter(Buffer.concat([PREFACE, headers]), 1_000)).toBe(PREFACE.length + headers.length)
  })

  it('leave the content of a body alone, of which any part is safe', () => {
    expect(safeAfter(Buffer.concat([PREFACE, DATA.subarray(0, 100)]), 1_000)).toBe(PREFACE.length + 100)
  })
})
