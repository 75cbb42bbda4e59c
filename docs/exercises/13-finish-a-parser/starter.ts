export interface Handlers {
  /** @param opcode 1 for text, 2 for binary */
  onMessage(opcode: number, payload: Buffer): void
  onPing(payload: Buffer): void
  onPong(payload: Buffer): void
}

export interface Parser {
  push(chunk: Buffer): void
}

export function createParser({ onMessage, onPing, onPong }: Handlers): Parser {
  return {
    push(chunk) {
      const opcode = chunk[0]! & 0b1111
      const isMasked = chunk[1]! >= 0b1000_0000
      const length = chunk[1]! & 0b0111_1111
      const start = isMasked ? 6 : 2
      const payload = chunk.subarray(start, start + length)
      if (isMasked) for (let i = 0; i < payload.length; i++) payload[i]! ^= chunk[2 + (i & 3)]!
      if (opcode === 9) onPing(payload)
      else if (opcode === 10) onPong(payload)
      else onMessage(opcode, payload)
    },
  }
}
