export interface Decoder {
  push(chunk: Buffer): void
}

/** @param onText called with the text of each frame, in order */
export function createDecoder(onText: (text: string) => void): Decoder {
  return {
    push(chunk) {
      const length = chunk[1]!
      onText(chunk.subarray(2, 2 + length).toString())
    },
  }
}
