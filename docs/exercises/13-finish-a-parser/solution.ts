export interface Handlers {
  /** @param opcode 1 for text, 2 for binary */
  onMessage(opcode: number, payload: Buffer): void
  onPing(payload: Buffer): void
  onPong(payload: Buffer): void
}

export interface Parser {
  push(chunk: Buffer): void
}

interface Frame {
  readonly fin: boolean
  readonly opcode: number
  readonly payload: Buffer
  readonly size: number
}

export function createParser({ onMessage, onPing, onPong }: Handlers): Parser {
  let rest = Buffer.alloc(0)
  /** Of the message that is coming. */
  let kind = 0
  let parts: Buffer[] = []

  function take({ fin, opcode, payload }: Frame): void {
    if (opcode === 9) onPing(payload)
    else if (opcode === 10) onPong(payload)
    else {
      if (opcode !== 0) kind = opcode
      parts.push(payload)
      if (fin) endMessage()
    }
  }
  function endMessage(): void {
    const message = Buffer.concat(parts)
    parts = []
    onMessage(kind, message)
  }

  return {
    push(chunk) {
      rest = Buffer.concat([rest, chunk])
      for (let frame = firstFrame(rest); frame; frame = firstFrame(rest)) {
        rest = rest.subarray(frame.size)
        take(frame)
      }
    },
  }
}

/** Null while the frame is not whole. */
function firstFrame(bytes: Buffer): Frame | null {
  if (bytes.length < 2) return null
  const isMasked = bytes[1]! >= 0b1000_0000
  const short = bytes[1]! & 0b0111_1111
  const keyAt = short === 126 ? 4 : short === 127 ? 10 : 2
  const start = isMasked ? keyAt + 4 : keyAt
  if (bytes.length < start) return null
  const length = keyAt === 2 ? short : keyAt === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  if (bytes.length < start + length) return null
  const payload = Buffer.from(bytes.subarray(start, start + length))
  if (isMasked) for (let i = 0; i < length; i++) payload[i]! ^= bytes[keyAt + (i & 3)]!
  return { fin: bytes[0]! >= 0b1000_0000, opcode: bytes[0]! & 0b1111, payload, size: start + length }
}
