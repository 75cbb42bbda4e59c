/** Frames from bytes and bytes from frames, with the bugs of a tutorial (RFC 6455 §5.2 is what it should say). */
import type { Bugs } from './bugs.ts'

export interface Frame {
  readonly fin: boolean
  /** The three bits that are reserved, 0 when none is set. */
  readonly reserved: number
  readonly opcode: number
  readonly payload: Buffer
}

/** Why the connection must fail: the close code. */
export class ProtocolError extends Error {
  readonly code: number
  constructor(code: number) {
    super(`closed with ${code}`)
    this.code = code
  }
}

const MAX_PAYLOAD = 1024 * 1024

/**
 * Takes the first frame off `bytes`.
 *
 * @returns the frame and what is behind it; null while it is not whole
 * @throws ProtocolError
 */
export function takeFrame(bytes: Buffer, bugs: Bugs): { frame: Frame; rest: Buffer } | null {
  if (bytes.length < 2) return null
  const [first, second] = [bytes[0]!, bytes[1]!]
  const isMasked = (second & 0x80) !== 0
  if (!isMasked && !bugs.has('mask-not-required')) throw new ProtocolError(1002)
  const short = second & 0x7f
  const extended = short === 126 ? 2 : short === 127 ? 8 : 0
  const start = 2 + extended + (isMasked ? 4 : 0)
  if (bytes.length < start) return null
  const length = bugs.has('lengths-not-read') ? short : lengthOf(bytes, short)
  if (length > MAX_PAYLOAD) throw new ProtocolError(1009)
  const from = bugs.has('fixed-offset') || bugs.has('lengths-not-read') ? 6 : start
  const end = bugs.has('fixed-offset') ? start + length : from + length
  if (bytes.length < end && !bugs.has('read-is-a-frame')) return null
  const payload = Buffer.from(bytes.subarray(from, from + length))
  if (isMasked) unmask(payload, bytes.subarray(from - 4, from))
  const frame = { fin: (first & 0x80) !== 0, reserved: (first >> 4) & 7, opcode: first & 15, payload }
  return { frame, rest: bytes.subarray(end) }
}

function lengthOf(bytes: Buffer, short: number): number {
  if (short === 126) return bytes.readUInt16BE(2)
  return short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
}

function unmask(payload: Buffer, key: Buffer): void {
  for (let i = 0; i < payload.length; i++) payload[i]! ^= key[i & 3]!
}

/** A whole message in one frame, as a server sends it: without a mask. */
export function frameOf(opcode: number, payload: Buffer, bugs: Bugs): Buffer {
  const body = bugs.has('text-cut-at-125') ? payload.subarray(0, 125) : payload
  const { length } = body
  const first = 0x80 | opcode
  if (length < 126 || bugs.has('lengths-not-written')) {
    return Buffer.concat([Buffer.from([first, length & 0xff]), body])
  }
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = first
  if (header.length === 4) header.writeUInt16BE(length, 2)
  else header.writeBigUInt64BE(BigInt(length), 2)
  header[1] = header.length === 4 ? 126 : 127
  return Buffer.concat([header, body])
}
