/**
 * WebSocket frames, walked over rather than read (RFC 6455 §5.2): their headers are needed for finding the
 * pings among them, which must be answered; their payloads are left to the stamp scanner.
 */
const PING = 0x9
const CLOSE = 0x8

export interface FrameWalker {
  take(bytes: Buffer): void
  reset(): void
}

/**
 * @param control called for each ping and close frame, with its opcode and payload
 */
export function createFrameWalker(control: (opcode: number, payload: Buffer) => void): FrameWalker {
  /** Bytes of payload still to come, of a frame that the caller does not want to see. */
  let skip = 0
  /** What has come of a header or a control frame that is not complete. */
  let rest: Buffer | null = null

  return {
    take(bytes) {
      if (rest) {
        bytes = Buffer.concat([rest, bytes])
        rest = null
      }
      let at = Math.min(skip, bytes.length)
      skip -= at
      while (at < bytes.length) {
        const header = headerAt(bytes, at)
        const isControl = ((bytes[at] ?? 0) & 0x0f) >= CLOSE
        if (!header || (isControl && at + header.size + header.length > bytes.length)) {
          rest = Buffer.from(bytes.subarray(at))
          return
        }
        const from = at + header.size
        const end = from + header.length
        if (isControl) control(bytes[at]! & 0x0f, bytes.subarray(from, end))
        at = Math.min(end, bytes.length)
        skip = end - at
      }
    },
    reset() {
      skip = 0
      rest = null
    },
  }
}

/** The header of the frame at `at`; null while it is not whole. */
export function headerAt(bytes: Buffer, at: number): { size: number; length: number } | null {
  const left = bytes.length - at
  if (left < 2) return null
  const length = bytes[at + 1]! & 0x7f
  if (length < 126) return { size: 2, length }
  if (length === 126) return left < 4 ? null : { size: 4, length: bytes.readUInt16BE(at + 2) }
  return left < 10 ? null : { size: 10, length: Number(bytes.readBigUInt64BE(at + 2)) }
}

export const isPing = (opcode: number) => opcode === PING

/** A frame from a client: masked, as it must be; a mask of zeros leaves the payload as it is (§5.3). */
export function clientFrame(opcode: 'text' | 'pong', payload: Buffer): Buffer {
  if (payload.length > 125) throw new RangeError('a subscriber has nothing longer to say')
  const header = Buffer.from([0x80 | (opcode === 'text' ? 0x1 : 0xa), 0x80 | payload.length, 0, 0, 0, 0])
  return Buffer.concat([header, payload])
}
