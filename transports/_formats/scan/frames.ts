/** WebSocket frames (RFC 6455 §5.2) and HTTP/2 frames (RFC 9113 §4.1): a header that says how long the payload is. */
import { FIN, MASK, MAX_HEADER, OPCODE } from '../ws-frame.ts'
import { headerSize, payloadLength } from '../ws-header.ts'
import { copyMasked, keyAt } from '../ws-mask.ts'
import { Kept, type OnTile, type SeenFrame, type SeenHttp2Frame } from './tiles.ts'

export interface FrameScanner {
  take(bytes: Uint8Array, wire: number): void
  /** Where the frame began that is not whole. */
  readonly from: number
}

/** @param onFrame called when the last byte of a frame has come */
function createFrameScanner(
  from: number,
  /** Bytes of the header, from those of it that have come; at least one more than those when that is not known yet. */
  sizeOfHeader: (header: Uint8Array, have: number) => number,
  lengthOf: (header: Uint8Array) => number,
  onFrame: (header: Uint8Array, payload: Uint8Array, length: number, from: number, to: number) => void,
): FrameScanner {
  const header = new Uint8Array(MAX_HEADER)
  const kept = new Kept()
  let have = 0
  let length = 0
  /** −1 while the header is not whole. */
  let left = -1
  let frameFrom = from
  return {
    get from() {
      return frameFrom
    },
    take(bytes, wire) {
      let at = 0
      while (at < bytes.length) {
        if (left < 0) {
          header[have++] = bytes[at++]!
          if (have < sizeOfHeader(header, have)) continue
          length = left = lengthOf(header)
        } else {
          const end = Math.min(bytes.length, at + left)
          kept.add(bytes.subarray(at, end))
          left -= end - at
          at = end
        }
        if (left > 0) continue
        const before = frameFrom
        frameFrom = wire + at
        onFrame(header.slice(0, have), kept.take(), length, before, frameFrom)
        have = 0
        left = -1
      }
    },
  }
}

export const createWebSocketScanner = (from: number, onTile: OnTile): FrameScanner =>
  createFrameScanner(
    from,
    (header, have) => (have < 2 ? 2 : headerSize(header[1]!)),
    (header) => payloadLength(header, 0),
    (header, masked, length, start, end) => {
      const first = header[0]!
      const isMasked = (header[1]! & MASK) !== 0
      const payload = isMasked ? new Uint8Array(masked.length) : masked
      if (isMasked) copyMasked(masked, 0, masked.length, payload, 0, keyAt(header, header.length - 4), 0)
      const frame: SeenFrame = {
        opcode: first & OPCODE,
        fin: (first & FIN) !== 0,
        compressed: (first & 0x40) !== 0,
        masked: isMasked,
        length,
        payload,
      }
      onTile({ kind: 'frame', frame }, start, end)
    },
  )

/** Nine bytes: 24 bits of length, type, flags, 31 bits of stream. */
export const HTTP2_HEADER = 9

export const createHttp2Scanner = (from: number, onTile: OnTile): FrameScanner =>
  createFrameScanner(
    from,
    () => HTTP2_HEADER,
    (header) => (header[0]! << 16) | (header[1]! << 8) | header[2]!,
    (header, payload, length, start, end) => {
      const frame: SeenHttp2Frame = {
        type: header[3]!,
        flags: header[4]!,
        stream: (((header[5]! & 0x7f) << 24) | (header[6]! << 16) | (header[7]! << 8) | header[8]!) >>> 0,
        length,
        payload,
      }
      onTile({ kind: 'http2', frame }, start, end)
    },
  )
