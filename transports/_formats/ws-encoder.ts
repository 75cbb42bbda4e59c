/**
 * From messages to bytes: the sending half of a WebSocket (RFC 6455 §5.2).
 *
 * A server's frames are not masked, so one frame is good for all readers: it is built once and written a thousand
 * times. A client's are masked, each by a key of its own that the page behind it must not foresee (§5.3).
 */
import { CLOSE, FIN, LENGTH_16, LENGTH_64, MASK, MAX_16, MAX_SHORT, type Opcode, TEXT } from './ws-frame.ts'
import { copyMasked, keyAt } from './ws-mask.ts'

export interface FrameOptions {
  /** Whether it is the last of its message; it is, unless told otherwise. */
  readonly fin?: boolean
  /** The reserved bits, where an extension gives them a meaning: 0b0100_0000 for a compressed message (RFC 7692 §6). */
  readonly reserved?: number
}

/** A frame from a server. */
export function serverFrame(
  opcode: Opcode,
  payload: Uint8Array,
  { fin = true, reserved = 0 }: FrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const size = sizeOfHeader(payload.length)
  const frame = new Uint8Array(size + payload.length)
  writeHeader(frame, (fin ? FIN : 0) | reserved | opcode, payload.length, 0)
  frame.set(payload, size)
  return frame
}

/** A frame from a client. @param key four bytes, drawn for each frame by a cryptographic generator */
export function clientFrame(
  opcode: Opcode,
  payload: Uint8Array,
  key: Uint8Array,
  { fin = true, reserved = 0 }: FrameOptions = {},
): Uint8Array<ArrayBuffer> {
  const size = sizeOfHeader(payload.length) + 4
  const frame = new Uint8Array(size + payload.length)
  writeHeader(frame, (fin ? FIN : 0) | reserved | opcode, payload.length, MASK)
  frame.set(key, size - 4)
  copyMasked(payload, 0, payload.length, frame, size, keyAt(key, 0), 0)
  return frame
}

/** A whole text message from a server. */
export const textFrame = (text: string): Uint8Array<ArrayBuffer> => serverFrame(TEXT, encoder.encode(text))

/** A server's close frame. @param code none for a frame without one (§5.5.1) */
export const closeFrame = (code?: number, reason = ''): Uint8Array<ArrayBuffer> =>
  serverFrame(CLOSE, code === undefined ? new Uint8Array(0) : closePayload(code, reason))

/** A code and a reason. The reason is cut between two characters when it is too long for a control frame. */
export function closePayload(code: number, reason = ''): Uint8Array<ArrayBuffer> {
  const payload = new Uint8Array(MAX_SHORT)
  payload[0] = code >> 8
  payload[1] = code & 0xff
  const { written } = encoder.encodeInto(reason, payload.subarray(2))
  return payload.subarray(0, 2 + written)
}

const encoder = new TextEncoder()

/** Without the key. */
const sizeOfHeader = (length: number): number => (length <= MAX_SHORT ? 2 : length <= MAX_16 ? 4 : 10)

function writeHeader(frame: Uint8Array, first: number, length: number, mask: number): void {
  frame[0] = first
  if (length <= MAX_SHORT) {
    frame[1] = mask | length
    return
  }
  const bytes = length <= MAX_16 ? 2 : 8
  frame[1] = mask | (bytes === 2 ? LENGTH_16 : LENGTH_64)
  // From the lowest byte up, by division: shifts would cut it to 32 bits.
  for (let at = 1 + bytes, rest = length; at > 1; at--, rest = Math.floor(rest / 256)) frame[at] = rest % 256
}
