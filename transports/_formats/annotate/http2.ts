/** A frame of HTTP/2 (RFC 9113 §4.1): nine bytes that say how long, what, and for which stream. */
import { type Annotation, inHex, note, plural } from './annotation.ts'
import { HTTP2_TYPES } from './http2-types.ts'
import { annotateJson, cut } from './json.ts'

const DATA = 0

export function annotateHttp2(bytes: Uint8Array): Annotation[] {
  if (bytes.length < 9) return [note('frame', 0, bytes.length, inHex(bytes), 'The beginning of a frame')]
  const length = (bytes[0]! << 16) | (bytes[1]! << 8) | bytes[2]!
  const type = bytes[3]!
  const flags = bytes[4]!
  const stream = (((bytes[5]! & 0x7f) << 24) | (bytes[6]! << 16) | (bytes[7]! << 8) | bytes[8]!) >>> 0
  const known = HTTP2_TYPES[type]
  const header = [
    note('length', 0, 3, inHex(bytes.subarray(0, 3)), `${plural(length, 'byte')} of payload`),
    note(
      'type',
      3,
      4,
      inHex(bytes.subarray(3, 4)),
      known ? `${known.name}: ${known.meaning}` : 'Unknown: it is passed over',
    ),
    note('flags', 4, 5, flags.toString(2).padStart(8, '0'), namesOf(flags, known?.flags ?? {})),
    note(
      'stream',
      5,
      9,
      inHex(bytes.subarray(5, 9)),
      stream === 0 ? 'Stream 0: the connection as a whole' : `Stream ${stream}: one request and its response`,
    ),
  ]
  if (bytes.length === 9) return header
  return [...header, payload(bytes, type)]
}

function payload(bytes: Uint8Array, type: number): Annotation {
  const content = bytes.subarray(9)
  if (type !== DATA)
    return note(
      'payload',
      9,
      bytes.length,
      inHex(content),
      HTTP2_TYPES[type]?.meaning ?? plural(content.length, 'byte'),
    )
  const json = annotateJson(content, 0, content.length, (index) => 9 + index, 'payload')
  const meaning = `${plural(content.length, 'byte')} of content, flow-controlled by WINDOW_UPDATE`
  return { ...json, value: cut(json.value), meaning }
}

function namesOf(flags: number, names: Readonly<Record<number, string>>): string {
  const set = Object.entries(names).flatMap(([bit, name]) => (flags & Number(bit) ? name : []))
  return set.length > 0 ? set.join(', ') : 'None is set'
}
