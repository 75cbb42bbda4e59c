/** Compression of messages (RFC 7692), such that once is enough for all readers. */
import { constants, deflateRawSync } from 'node:zlib'
import { FIN_AND_TEXT, frame } from './text-frame.ts'

/**
 * What to agree to. With context takeover, each message is compressed against those before it,
 * and every reader wants a compressor and a window of its own: seen, 276 KB a connection and ten
 * times the work. Without, a message is compressed by itself, and the bytes are the same for all.
 */
export const NO_CONTEXT_TAKEOVER = { serverNoContextTakeover: true, clientNoContextTakeover: true }

/** The first reserved bit: this message is compressed (RFC 7692 §6). */
const COMPRESSED = 0b0100_0000

/** A text frame for peers that have agreed to `permessage-deflate` without context takeover. */
export function compressedTextFrame(text: string): Buffer {
  const bytes = deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH })
  // The empty block that ends a flush is the same in every message, and is left out (RFC 7692 §7.2.1).
  return frame(FIN_AND_TEXT | COMPRESSED, bytes.subarray(0, -4))
}
