/**
 * The words of a WebSocket frame (RFC 6455 §5.2), shared by the parser, the encoder and the explanation.
 *
 *      0                   1                   2                   3
 *      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     |F|R|R|R| opcode|M| length      | 16 or 64 bits more of length, |
 *     |I|S|S|S| (4)   |A| 0…125, or   | when it is 126 or 127         |
 *     |N|V|V|V|       |S| 126, or 127 +-------------------------------+
 *     | |1|2|3|       |K|             | masking key, 32 bits, if MASK |
 *     +-+-+-+-+-------+-+-------------+-------------------------------+
 *     | payload, each byte XORed with a byte of the key, if MASK      |
 *     +---------------------------------------------------------------+
 *
 * All of `ws-*.ts` in this folder is pure: bytes in, values out, no socket and no clock. It runs in Node and in a browser.
 */
export const FIN = 0b1000_0000
export const RESERVED = 0b0111_0000
export const OPCODE = 0b0000_1111
export const MASK = 0b1000_0000
export const LENGTH = 0b0111_1111

/** §5.2. The other ten are reserved for protocols to come, and refused until then. */
export const CONTINUATION = 0x0
export const TEXT = 0x1
export const BINARY = 0x2
export const CLOSE = 0x8
export const PING = 0x9
export const PONG = 0xa

export type DataOpcode = typeof TEXT | typeof BINARY
export type ControlOpcode = typeof CLOSE | typeof PING | typeof PONG
export type Opcode = typeof CONTINUATION | DataOpcode | ControlOpcode

export const OPCODE_NAMES: Readonly<Record<Opcode, string>> = {
  [CONTINUATION]: 'continuation',
  [TEXT]: 'text',
  [BINARY]: 'binary',
  [CLOSE]: 'close',
  [PING]: 'ping',
  [PONG]: 'pong',
}

export const isOpcode = (value: number): value is Opcode => Object.hasOwn(OPCODE_NAMES, value)

/** The control frames are those with the highest bit of the opcode set (§5.5). */
export const isControl = (opcode: number): boolean => opcode >= CLOSE

/** The longest payload of a control frame, in bytes (§5.5), and of any frame whose length fits into 7 bits. */
export const MAX_SHORT = 125
/** In the place of a length: 16 bits of length follow. */
export const LENGTH_16 = 126
/** In the place of a length: 64 bits of length follow. */
export const LENGTH_64 = 127
/** The longest payload whose length fits into 16 bits. */
export const MAX_16 = 0xffff
/** Two bytes, eight of length, four of key. */
export const MAX_HEADER = 14

/** A close frame without a code (§7.4.1). It is never sent. */
export const NO_CODE = 1005
/** A connection that ended without a close frame (§7.4.1). It is never sent. */
export const NO_CLOSE_FRAME = 1006

/**
 * Whether a close frame may carry this code (§7.4): those that RFC 6455 and IANA's registry define, and what is
 * left to libraries (3000 to 3999) and applications (4000 to 4999). 1004, 1005, 1006 and 1015 must never be sent.
 */
export function isCloseCode(code: number): boolean {
  if (code >= 3000) return code <= 4999
  return code >= 1000 && code <= 1014 && code !== 1004 && code !== NO_CODE && code !== NO_CLOSE_FRAME
}

/** Why a connection must fail, and with which close code (§7.1.7, §7.4.1). */
export class FrameError extends Error {
  override readonly name = 'FrameError'
  readonly closeCode: FrameErrorCode

  constructor(closeCode: FrameErrorCode, message: string) {
    super(message)
    this.closeCode = closeCode
  }
}

/** 1002 protocol error, 1007 text that is not UTF-8, 1008 too many fragments, 1009 too long. */
export type FrameErrorCode = 1002 | 1007 | 1008 | 1009
