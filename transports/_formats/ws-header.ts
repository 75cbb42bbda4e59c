/** The header of a frame (RFC 6455 §5.2): what its bytes say, and what of it the protocol forbids. */
import {
  CONTINUATION,
  FIN,
  FrameError,
  isControl,
  isOpcode,
  LENGTH,
  LENGTH_16,
  LENGTH_64,
  MASK,
  MAX_16,
  MAX_SHORT,
  OPCODE,
  RESERVED,
} from './ws-frame.ts'

/** Bytes that a header takes, told by its second byte. */
export function headerSize(second: number): number {
  const short = second & LENGTH
  const extended = short === LENGTH_16 ? 2 : short === LENGTH_64 ? 8 : 0
  return 2 + extended + (second & MASK ? 4 : 0)
}

/** The payload's length, in bytes, from a header that is whole. Exact up to 2⁵³, and merely large beyond. */
export function payloadLength(bytes: Uint8Array, at: number): number {
  const short = bytes[at + 1]! & LENGTH
  if (short <= MAX_SHORT) return short
  let length = 0
  const end = at + 2 + (short === LENGTH_16 ? 2 : 8)
  // By multiplication: shifts would cut it to 32 bits.
  for (let i = at + 2; i < end; i++) length = length * 256 + bytes[i]!
  return length
}

export interface Expectations {
  /** Whether frames must be masked: a client's must, a server's must not be (§5.1). */
  readonly masked: boolean
  /** Whether a message has begun that is not at its end. */
  readonly insideMessage: boolean
}

/**
 * Checks all that the first two bytes can tell, so that a peer in error is told so at once and not when the
 * rest of its header has come.
 *
 * @throws FrameError 1002
 */
export function checkStart(first: number, second: number, { masked, insideMessage }: Expectations): void {
  const opcode = first & OPCODE
  if (first & RESERVED) throw broken('a reserved bit is set, and no extension was agreed on')
  if (!isOpcode(opcode)) throw broken(`opcode ${opcode} is reserved`)
  if (((second & MASK) !== 0) !== masked)
    throw broken(masked ? 'a client must mask its frames' : 'a server must not mask its frames')
  if (isControl(opcode)) {
    if (!(first & FIN)) throw broken('a control frame must not be fragmented')
    if ((second & LENGTH) > MAX_SHORT) throw broken('a control frame has at most 125 bytes of payload')
  } else if (opcode === CONTINUATION) {
    if (!insideMessage) throw broken('there is no message to continue')
  } else if (insideMessage) throw broken('a message began before the last one was at its end')
}

/** “The minimal number of bytes MUST be used to encode the length” (§5.2). @throws FrameError 1002 */
export function checkMinimal(short: number, length: number): void {
  const least = short === LENGTH_16 ? MAX_SHORT : short === LENGTH_64 ? MAX_16 : -1
  if (length <= least) throw broken('the length is written in more bytes than it needs')
}

const broken = (why: string) => new FrameError(1002, why)
