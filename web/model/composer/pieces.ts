/**
 * What the raw composer sends: pieces, each edited as text, as bytes, or as the fields of a WebSocket frame, and turned into the other forms.
 */
import { anyFrame, type FrameFields, fieldsOf } from '../../../transports/_formats/compose/ws-any-frame.ts'

export type Form = 'text' | 'hex' | 'frame'

export interface Piece {
  readonly form: Form
  /** As it is edited: lines of text, which are sent with CR LF between them; or hexadecimal. Of a frame, its payload. */
  readonly text: string
  /** Of a frame, and null of all else. */
  readonly frame: Omit<FrameFields, 'payload'> | null
  /** Whether lines end with CR LF, as HTTP's do; with LF alone otherwise. */
  readonly isCrlf: boolean
  /** Whether it waits for the answer to what stands before it. */
  readonly afterAnswer: boolean
}

const utf8 = new TextEncoder()

export const textPiece = (text: string, more: Partial<Piece> = {}): Piece => ({
  ...{ form: 'text', text, frame: null, isCrlf: true, afterAnswer: false },
  ...more,
})

export function framePiece({ payload, ...frame }: FrameFields, more: Partial<Piece> = {}): Piece {
  return {
    form: 'frame',
    text: new TextDecoder().decode(payload),
    frame,
    isCrlf: false,
    afterAnswer: true,
    ...more,
  }
}

/** The bytes that a piece stands for. @throws RangeError with a sentence, for what is no hexadecimal */
export function bytesOf({ form, text, frame, isCrlf }: Piece): Uint8Array {
  if (form === 'hex') return fromHex(text)
  if (form === 'frame' && frame) return anyFrame({ ...frame, payload: utf8.encode(text) })
  return utf8.encode(isCrlf ? text.replace(/\r?\n/g, '\r\n') : text)
}

/** The same bytes in another form; a frame's fields only of bytes that have the header of one. */
export function inForm(piece: Piece, form: Form): Piece {
  if (form === piece.form) return piece
  const bytes = bytesOf(piece)
  if (form === 'hex') return { ...piece, form, text: toHex(bytes), frame: null }
  if (form === 'frame') {
    const fields = fieldsOf(bytes)
    if (!fields)
      throw new RangeError('A frame has a header of two bytes at least, and these bytes have none.')
    const { payload, ...frame } = fields
    return { ...piece, form, frame, text: new TextDecoder().decode(payload) }
  }
  const text = new TextDecoder().decode(bytes)
  if (utf8.encode(text).join() !== bytes.join())
    throw new RangeError('Not all of these bytes are text (UTF-8): edit them as bytes.')
  const isCrlf = /\r\n/.test(text) && !/(^|[^\r])\n/.test(text)
  return { ...piece, form, frame: null, text: isCrlf ? text.replaceAll('\r\n', '\n') : text, isCrlf }
}

/** Two pieces of the same bytes, the second of which is sent a moment later: a chunk, a frame or a head that is cut. */
export function cutInTwo(piece: Piece): readonly [Piece, Piece] {
  const bytes = bytesOf(piece)
  const half = Math.ceil(bytes.length / 2)
  const part = (some: Uint8Array, afterAnswer: boolean): Piece => ({
    ...{ form: 'hex', text: toHex(some), frame: null, isCrlf: piece.isCrlf, afterAnswer },
  })
  return [part(bytes.subarray(0, half), piece.afterAnswer), part(bytes.subarray(half), false)]
}

/** In rows of sixteen. */
export const toHex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte, at) => byte.toString(16).padStart(2, '0') + (at % 16 === 15 ? '\n' : ' '))
    .join('')
    .trim()

/** @throws RangeError that says where it is wrong */
export function fromHex(text: string): Uint8Array {
  const wrong = /[^\s0-9a-f]/i.exec(text)
  if (wrong)
    throw new RangeError(
      `“${wrong[0]}”, at place ${wrong.index + 1}, is no hexadecimal digit: write two for each byte.`,
    )
  const digits = text.replace(/\s/g, '')
  if (digits.length % 2 === 1)
    throw new RangeError('The last byte has one hexadecimal digit: each byte has two.')
  return Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

export const toBase64 = (bytes: Uint8Array): string => {
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary)
}
