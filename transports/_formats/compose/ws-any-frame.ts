/**
 * A frame of any fields, right or wrong (RFC 6455 §5.2): for the raw composer, which shows what a peer does about a wrong one. What the
 * transports send is built by ws-encoder.ts, which cannot be wrong.
 */
import { FIN, LENGTH, LENGTH_16, LENGTH_64, MASK, MAX_16, MAX_SHORT, OPCODE, RESERVED } from '../ws-frame.ts'
import { headerSize, payloadLength } from '../ws-header.ts'
import { copyMasked, keyAt } from '../ws-mask.ts'

export interface FrameFields {
  readonly fin: boolean
  /** The three reserved bits, 0 to 7: RSV1 is 4. */
  readonly reserved: number
  /** 0 to 15. */
  readonly opcode: number
  /** Whether the MASK bit is set. Without it there is no key, and the payload goes as it is. */
  readonly masked: boolean
  /** What the header says, in bytes; null for what is true. */
  readonly length: number | null
  /** Four bytes. */
  readonly key: Uint8Array
  /** As it is meant: before it is masked. */
  readonly payload: Uint8Array
}

export function anyFrame({ fin, reserved, opcode, masked, length, key, payload }: FrameFields): Uint8Array {
  const said = length ?? payload.length
  const more = said <= MAX_SHORT ? 0 : said <= MAX_16 ? 2 : 8
  const size = 2 + more + (masked ? 4 : 0)
  const frame = new Uint8Array(size + payload.length)
  frame[0] = (fin ? FIN : 0) | ((reserved << 4) & RESERVED) | (opcode & OPCODE)
  frame[1] = (masked ? MASK : 0) | (more === 0 ? said : more === 2 ? LENGTH_16 : LENGTH_64)
  // From the lowest byte up, by division: shifts would cut it to 32 bits.
  for (let at = 1 + more, rest = said; at > 1; at--, rest = Math.floor(rest / 256)) frame[at] = rest % 256
  if (masked) frame.set(key.subarray(0, 4), size - 4)
  copyMasked(payload, 0, payload.length, frame, size, masked ? keyAt(key, 0) : 0, 0)
  return frame
}

/** The fields of a frame that is whole; null of bytes that are none. */
export function fieldsOf(bytes: Uint8Array): FrameFields | null {
  if (bytes.length < 2) return null
  const size = headerSize(bytes[1]!)
  if (bytes.length < size) return null
  const [first, masked] = [bytes[0]!, (bytes[1]! & MASK) !== 0]
  const said = (bytes[1]! & LENGTH) <= MAX_SHORT ? bytes[1]! & LENGTH : payloadLength(bytes, 0)
  const key = masked ? bytes.slice(size - 4, size) : new Uint8Array(4)
  const payload = new Uint8Array(bytes.length - size)
  copyMasked(bytes, size, bytes.length, payload, 0, keyAt(key, 0), 0)
  return {
    ...{ fin: (first & FIN) !== 0, reserved: (first & RESERVED) >> 4, opcode: first & OPCODE, masked },
    ...{ length: said === payload.length ? null : said, key, payload },
  }
}
