/**
 * A frame, taken apart and told in plain words: what a page shows beside the bytes, field by field.
 *
 * It explains wrong frames too: what breaks the protocol is told where it stands, and the rest is still read.
 */
import {
  BINARY,
  CLOSE,
  CONTINUATION,
  FIN,
  isCloseCode,
  isControl,
  isOpcode,
  LENGTH,
  LENGTH_16,
  LENGTH_64,
  MASK,
  MAX_16,
  MAX_SHORT,
  OPCODE,
  OPCODE_NAMES,
  TEXT,
} from './ws-frame.ts'
import { headerSize, payloadLength } from './ws-header.ts'
import { copyMasked, keyAt } from './ws-mask.ts'
import { Utf8Validator } from './ws-utf8.ts'

/** A field of a frame: where it stands, what it holds, and what that means. */
export interface FramePart {
  readonly name: string
  /** The byte in which it begins, counted from the start of the frame. */
  readonly offset: number
  /** The bit of that byte in which it begins, 0 for the highest; null for what is whole bytes. */
  readonly bit: number | null
  /** How wide it is, in bits. */
  readonly bits: number
  /** As it stands there: bits as 0 and 1, bytes in hexadecimal. At most {@link MAX_SHOWN} bytes of a payload. */
  readonly raw: string
  readonly meaning: string
  /** What the protocol forbids about it; null when nothing is wrong. */
  readonly problem: string | null
}

export interface Explanation {
  readonly parts: readonly FramePart[]
  /** Bytes that the frame takes, those that have not come included. */
  readonly size: number
  /** Bytes that have not come. Until the length has come, it is not known how many those will be. */
  readonly missing: number
}

/** Which side sent it: a client must mask, a server must not (§5.1). */
export type Sender = 'client' | 'server'

/** A payload is shown to this many bytes. */
export const MAX_SHOWN = 64

/** Explains the frame at the beginning of `bytes`; the next one begins at `size`. */
export function explain(bytes: Uint8Array, sender: Sender): Explanation {
  if (bytes.length === 0) return { parts: [], size: 2, missing: 2 }
  const parts = [...firstByte(bytes[0]!)]
  if (bytes.length === 1) return { parts, size: 2, missing: 1 }
  const second = bytes[1]!
  parts.push(...secondByte(second, isControl(bytes[0]! & OPCODE), sender))
  const header = headerSize(second)
  const extended = header - 2 - (second & MASK ? 4 : 0)
  if (bytes.length < 2 + extended) return { parts, size: header, missing: header - bytes.length }
  const length = payloadLength(bytes, 0)
  if (extended > 0) parts.push(extendedLength(bytes, extended, length))
  const size = header + length
  const missing = Math.max(0, size - bytes.length)
  if (bytes.length < header) return { parts, size, missing }
  if (second & MASK) {
    const meaning = 'Four bytes that the client has drawn: XORed with them, byte by byte, the payload appears'
    parts.push(wholeBytes('masking key', header - 4, bytes.subarray(header - 4, header), meaning))
  }
  const payload = bytes.subarray(header, Math.min(size, bytes.length))
  if (length > 0)
    parts.push(...payloadParts(bytes[0]!, payload, header, second & MASK ? keyAt(bytes, header - 4) : null))
  return { parts, size, missing }
}

function firstByte(first: number): FramePart[] {
  const opcode = first & OPCODE
  const last = (first & FIN) !== 0
  const reserved = [0x40, 0x20, 0x10].map((mask, index): FramePart => {
    const isSet = (first & mask) !== 0
    const meaning = isSet
      ? 'Set by an extension: RSV1 says “compressed”, when that was agreed on'
      : 'Not used'
    const problem = isSet ? 'It must be 0 unless an extension was agreed on that gives it a meaning' : null
    return flag(`RSV${index + 1}`, 0, 1 + index, isSet, meaning, problem)
  })
  const fragmented = isControl(opcode) && !last ? 'A control frame must not be fragmented' : null
  return [
    flag(
      'FIN',
      0,
      0,
      last,
      last ? 'The last frame of its message' : 'More frames of this message follow',
      fragmented,
    ),
    ...reserved,
    {
      ...{ name: 'opcode', offset: 0, bit: 4, bits: 4, raw: bitsOf(opcode, 4) },
      meaning: isOpcode(opcode) ? `${OPCODE_NAMES[opcode]}: ${OPCODE_MEANINGS[opcode]}` : 'Reserved',
      problem: isOpcode(opcode)
        ? null
        : 'No protocol has given it a meaning: the receiver must fail the connection',
    },
  ]
}

const OPCODE_MEANINGS = {
  [CONTINUATION]: 'the payload goes on where the last frame of the message ended',
  [TEXT]: 'a message of UTF-8 begins',
  [BINARY]: 'a message of any bytes begins',
  [CLOSE]: 'the sender will send nothing more',
  9: 'are you there? The other side answers with a pong of the same payload',
  10: 'yes, I am here',
} as const

function secondByte(second: number, control: boolean, sender: Sender): FramePart[] {
  const masked = (second & MASK) !== 0
  const short = second & LENGTH
  const wrongMask =
    masked === (sender === 'client') ? null : `A ${sender} ${masked ? 'must not' : 'must'} mask its frames`
  const meaning =
    short === LENGTH_16
      ? 'Not a length: it says that the length is in the next 2 bytes'
      : short === LENGTH_64
        ? 'Not a length: it says that the length is in the next 8 bytes'
        : `${plural(short, 'byte')} of payload`
  const tooLong = control && short > MAX_SHORT ? 'A control frame has at most 125 bytes of payload' : null
  return [
    flag(
      'MASK',
      1,
      0,
      masked,
      masked ? 'A masking key is there, and the payload is masked' : 'Not masked',
      wrongMask,
    ),
    { ...{ name: 'length', offset: 1, bit: 1, bits: 7, raw: bitsOf(short, 7) }, meaning, problem: tooLong },
  ]
}

function extendedLength(bytes: Uint8Array, size: number, length: number): FramePart {
  const part = wholeBytes(
    'extended length',
    2,
    bytes.subarray(2, 2 + size),
    `${plural(length, 'byte')} of payload`,
  )
  if (size === 8 && bytes[2]! & 0x80)
    return { ...part, problem: 'The highest bit of a 64-bit length must be 0' }
  const isLong = length > (size === 2 ? MAX_SHORT : MAX_16)
  return isLong ? part : { ...part, problem: 'The length must be written in as few bytes as it needs' }
}

/** The payload as it came and, when it is masked, as it is meant. */
function payloadParts(first: number, payload: Uint8Array, offset: number, key: number | null): FramePart[] {
  const clear = new Uint8Array(payload.length)
  copyMasked(payload, 0, payload.length, clear, 0, key ?? 0, 0)
  const { meaning, problem } = meaningOf(first, clear)
  if (key === null) return [{ ...wholeBytes('payload', offset, clear, meaning), problem }]
  return [
    wholeBytes(
      'masked payload',
      offset,
      payload,
      'Each byte XORed with a byte of the key, which goes round every four',
    ),
    { ...wholeBytes('payload', offset, clear, meaning), problem },
  ]
}

function meaningOf(first: number, payload: Uint8Array): Pick<FramePart, 'meaning' | 'problem'> {
  const opcode = first & OPCODE
  if (opcode === CLOSE) return closeMeaning(payload)
  // A fragment may end inside of a character, and what continues may be binary: only a whole text is judged.
  if (opcode !== TEXT) return { meaning: plural(payload.length, 'byte'), problem: null }
  const utf8 = new Utf8Validator()
  const isValid = utf8.take(payload) && (utf8.isComplete || !(first & FIN))
  return { meaning: `“${decoder.decode(payload)}”`, problem: isValid ? null : 'It is not UTF-8' }
}

function closeMeaning(payload: Uint8Array): Pick<FramePart, 'meaning' | 'problem'> {
  if (payload.length < 2) return { meaning: 'Half a close code', problem: 'A close code has two bytes' }
  const code = (payload[0]! << 8) | payload[1]!
  const reason = decoder.decode(payload.subarray(2))
  const utf8 = new Utf8Validator()
  const isText = utf8.take(payload, 2) && utf8.isComplete
  return {
    meaning: `Close code ${code}${reason && `, “${reason}”`}`,
    problem: !isCloseCode(code)
      ? `Close code ${code} must not be sent`
      : isText
        ? null
        : 'The reason is not UTF-8',
  }
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })

function flag(
  name: string,
  offset: number,
  bit: number,
  isSet: boolean,
  meaning: string,
  problem: string | null,
): FramePart {
  return { name, offset, bit, bits: 1, raw: isSet ? '1' : '0', meaning, problem }
}

function wholeBytes(name: string, offset: number, bytes: Uint8Array, meaning: string): FramePart {
  const shown = Array.from(bytes.subarray(0, MAX_SHOWN), (byte) => byte.toString(16).padStart(2, '0')).join(
    ' ',
  )
  const raw = bytes.length > MAX_SHOWN ? `${shown} …` : shown
  return { name, offset, bit: null, bits: 8 * bytes.length, raw, meaning, problem: null }
}

const bitsOf = (value: number, width: number): string => value.toString(2).padStart(width, '0')
const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`
