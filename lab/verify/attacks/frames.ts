/** WebSocket frames (RFC 6455 §5.2) as a client should not send them, and those that come back. */

export interface FrameParts {
  /** Whether it is the last of its message. */
  readonly fin?: boolean
  /** The three reserved bits, 0 to 7. */
  readonly reserved?: number
  /** 1 is text, 2 binary, 0 goes on; 8 is close, 9 ping, 10 pong. */
  readonly opcode?: number
  readonly masked?: boolean
  readonly payload?: Buffer | string
  /** What the header claims, where that is not the payload's length. */
  readonly length?: bigint
}

/** The mask is four zeros: it is there, and changes nothing. */
const MASK = Buffer.alloc(4)

export function frame({
  fin = true,
  reserved = 0,
  opcode = 1,
  masked = true,
  payload = '',
  length,
}: FrameParts = {}): Buffer {
  const bytes = Buffer.from(payload as string)
  const claimed = length ?? BigInt(bytes.length)
  const first = (fin ? 0x80 : 0) | (reserved << 4) | opcode
  const mask = masked ? 0x80 : 0
  let header: Buffer
  if (claimed < 126n) header = Buffer.from([first, mask | Number(claimed)])
  else if (claimed < 65_536n)
    header = Buffer.from([first, mask | 126, Number(claimed) >> 8, Number(claimed) & 255])
  else {
    header = Buffer.alloc(10)
    header.set([first, mask | 127])
    header.writeBigUInt64BE(claimed, 2)
  }
  return Buffer.concat([header, masked ? MASK : Buffer.alloc(0), bytes])
}

/** A close frame: its code, and its reason in bytes (RFC 6455 §5.5.1). */
export function closeFrame(code: number, reason: Buffer | string = ''): Buffer {
  return frame({
    opcode: 8,
    payload: Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason as string)]),
  })
}

/** What a server sent: its messages as text, and the code of its close frame, null before one is there. */
export function framesIn(bytes: Buffer): { texts: string[]; pongs: number; closeCode: number | null } {
  const texts: string[] = []
  let pongs = 0
  for (let at = 0; at + 2 <= bytes.length; ) {
    const opcode = bytes[at]! & 15
    let length = bytes[at + 1]! & 127
    let start = at + 2
    if (length === 126) {
      if (start + 2 > bytes.length) break
      length = bytes.readUInt16BE(start)
      start += 2
    } else if (length === 127) {
      if (start + 8 > bytes.length) break
      length = Number(bytes.readBigUInt64BE(start))
      start += 8
    }
    if (start + length > bytes.length) break
    const payload = bytes.subarray(start, start + length)
    if (opcode === 8) return { texts, pongs, closeCode: length >= 2 ? payload.readUInt16BE(0) : 1005 }
    if (opcode === 1) texts.push(payload.toString())
    if (opcode === 10) pongs++
    at = start + length
  }
  return { texts, pongs, closeCode: null }
}
