export interface Decoder {
  push(chunk: Buffer): void
}

/** @param onText called with the text of each frame, in order */
export function createDecoder(onText: (text: string) => void): Decoder {
  let rest = Buffer.alloc(0)

  return {
    push(chunk) {
      rest = Buffer.concat([rest, chunk])
      for (let frame = firstFrame(rest); frame; frame = firstFrame(rest)) {
        onText(rest.subarray(frame.start, frame.end).toString())
        rest = rest.subarray(frame.end)
      }
    },
  }
}

/** Where the payload of the first frame begins and ends; null while the frame is not whole. */
function firstFrame(bytes: Buffer): { start: number; end: number } | null {
  if (bytes.length < 2) return null
  const short = bytes[1]!
  const start = short < 126 ? 2 : short === 126 ? 4 : 10
  if (bytes.length < start) return null
  const length = start === 2 ? short : start === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2))
  const end = start + length
  return bytes.length < end ? null : { start, end }
}
