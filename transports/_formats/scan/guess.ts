/**
 * What bytes are whose beginning is not known: those of a connection that was open before its recording began, or of
 * which some are missing.
 *
 * What is recorded begins where the sender wrote, and senders write whole frames and chunks. So the first bytes either
 * are the beginning of one, which their form tells, or nothing is claimed, and they are shown by lines.
 */
import {
  FIN,
  isControl,
  isOpcode,
  LENGTH,
  LENGTH_16,
  LENGTH_64,
  MASK,
  MAX_16,
  MAX_SHORT,
  OPCODE,
} from '../ws-frame.ts'
import { headerSize, payloadLength } from '../ws-header.ts'
import { HTTP2_HEADER } from './frames.ts'
import type { StreamedMedia } from './streamed.ts'
import type { Protocol } from './tiles.ts'

/** `more` until enough has come to tell. What a longer beginning tells is the same as what a shorter one has told. */
export type Guess = 'more' | 'lines' | 'websocket' | 'http/2' | StreamedMedia

/** The largest payload of a frame of HTTP/2 unless the other side allows more (RFC 9113 §6.5.2). */
const MAX_HTTP2 = 16_384
/** The last type of frame that RFC 9113 defines. */
const LAST_HTTP2_TYPE = 9

export function guess(bytes: Uint8Array, isClient: boolean, protocol: Protocol): Guess {
  if (bytes.length === 0) return 'more'
  if (protocol === 'http/2') return guessHttp2(bytes)
  return (bytes[0]! & FIN) !== 0 ? guessFrame(bytes, isClient) : isClient ? 'lines' : guessChunk(bytes)
}

function guessHttp2(bytes: Uint8Array): Guess {
  if (bytes.length < HTTP2_HEADER) return 'more'
  const length = (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!
  return length <= MAX_HTTP2 && bytes[3]! <= LAST_HTTP2_TYPE && (bytes[5]! & 0x80) === 0 ? 'http/2' : 'lines'
}

/** Its first bit is set, as in no character of ASCII: either a frame that is the last of its message, or no protocol. */
function guessFrame(bytes: Uint8Array, isClient: boolean): Guess {
  const [first, second] = bytes
  const opcode = first! & OPCODE
  if ((first! & 0x30) !== 0 || !isOpcode(opcode) || (isControl(opcode) && (first! & 0x40) !== 0))
    return 'lines'
  if (second === undefined) return 'more'
  if (((second & MASK) !== 0) !== isClient) return 'lines'
  if (bytes.length < headerSize(second)) return 'more'
  const [short, length] = [second & LENGTH, payloadLength(bytes, 0)]
  const isLong = (short === LENGTH_16 && length <= MAX_SHORT) || (short === LENGTH_64 && length <= MAX_16)
  return isLong || (isControl(opcode) && short > MAX_SHORT) ? 'lines' : 'websocket'
}

/** A size in hexadecimal, and then what begins a block of an event stream, or a line of JSON, or nothing. */
function guessChunk(bytes: Uint8Array): Guess {
  const text = String.fromCharCode(...bytes.subarray(0, 12))
  const [, inner] = /^[0-9a-f]{1,8}\r\n(.?)/is.exec(text) ?? []
  if (inner === undefined) return /^[0-9a-f]{1,8}\r?$/i.test(text) ? 'more' : 'lines'
  if (inner === '') return 'more'
  if (/[ider:]/.test(inner)) return 'text/event-stream'
  return /[{\n]/.test(inner) ? 'application/x-ndjson' : 'lines'
}
