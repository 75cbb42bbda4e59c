/** A WebSocket frame bit by bit, as ws-explain.ts tells it, with what it is payload and what is not. */
import { explain, type FramePart, type Sender } from '../ws-explain.ts'
import { MASK, OPCODE, TEXT } from '../ws-frame.ts'
import { headerSize } from '../ws-header.ts'
import { copyMasked, keyAt } from '../ws-mask.ts'
import { type Annotation, inHex, note } from './annotation.ts'
import { annotateJson } from './json.ts'

export interface AnnotatedFrame {
  readonly annotations: readonly Annotation[]
  /** The payload as it is meant, when it was masked; null when the bytes show it themselves. */
  readonly unmasked: Uint8Array | null
}

/** @param bytes of one frame, whole or not */
export function annotateFrame(bytes: Uint8Array, sender: Sender): AnnotatedFrame {
  const { parts } = explain(bytes, sender)
  const isMasked = bytes.length > 1 && (bytes[1]! & MASK) !== 0
  const size = bytes.length > 1 ? Math.min(headerSize(bytes[1]!), bytes.length) : bytes.length
  const clear = unmask(bytes, size, isMasked)
  const isJson =
    bytes.length > 0 && (bytes[0]! & OPCODE) === TEXT && clear[0] === 0x7b && (bytes[0]! & 0x40) === 0
  const annotations = parts.map((part): Annotation => {
    const one = fromPart(part, bytes.length)
    if (part.name !== 'payload' || !isJson) return one
    const json = annotateJson(clear, 0, clear.length, (index) => size + index, 'payload')
    return { ...one, value: json.value, meaning: json.meaning, children: json.children }
  })
  return { annotations, unmasked: isMasked ? clear : null }
}

function unmask(bytes: Uint8Array, size: number, isMasked: boolean): Uint8Array {
  const payload = bytes.subarray(size)
  if (!isMasked) return payload
  const clear = new Uint8Array(payload.length)
  copyMasked(payload, 0, payload.length, clear, 0, keyAt(bytes, size - 4), 0)
  return clear
}

function fromPart({ name, offset, bit, bits, raw, meaning, problem }: FramePart, length: number): Annotation {
  const to = bit === null ? Math.min(length, offset + bits / 8) : offset + 1
  const isPayload = name === 'payload' || name === 'masked payload'
  return note(name, offset, to, raw, meaning, {
    bits: bit === null ? null : [bit, bits],
    problem,
    role: isPayload ? 'payload' : 'overhead',
  })
}

/** How the first four bytes of a masked payload become clear: what a page shows as a sum to follow. */
export function unmaskingSteps(
  bytes: Uint8Array,
  most = 8,
): { masked: string; key: string; clear: string; text: string }[] {
  if (bytes.length < 2 || (bytes[1]! & MASK) === 0) return []
  const size = headerSize(bytes[1]!)
  return Array.from(bytes.subarray(size, size + most), (masked, index) => {
    const key = bytes[size - 4 + (index % 4)]!
    const clear = masked ^ key
    return {
      masked: inHex(Uint8Array.of(masked)),
      key: inHex(Uint8Array.of(key)),
      clear: inHex(Uint8Array.of(clear)),
      text: clear >= 0x20 && clear < 0x7f ? String.fromCharCode(clear) : '·',
    }
  })
}
