/**
 * One text message as one WebSocket frame, from server to client (RFC 6455 §5.2).
 *
 * The `ws` package would build this header again for every reader. A server's frames are not
 * masked, so the bytes are the same for all: built once, they can be written a thousand times.
 *
 *      0                   1
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R| opcode|M| length      | 16 or 64 bits more of length, |
 *     |I|S|S|S| 1=text|A| 0…125, or   | when it is 126 or 127; then   |
 *     |N|V|V|V|       |S| 126, or 127 | the payload, as UTF-8         |
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 */
export const FIN_AND_TEXT = 0b1000_0001

export function textFrame(text: string): Buffer {
  return frame(FIN_AND_TEXT, Buffer.from(text))
}

/** A whole message in one frame, unmasked. */
export function frame(firstByte: number, payload: Buffer): Buffer {
  const { length } = payload
  const header = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10)
  header[0] = firstByte
  if (header.length === 2) {
    header[1] = length
  } else if (header.length === 4) {
    header[1] = 126
    header.writeUInt16BE(length, 2)
  } else {
    header[1] = 127
    header.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([header, payload])
}
