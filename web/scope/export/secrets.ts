/** What proves who the viewer is does not leave the page with a capture, unless the viewer says so. */
import { annotate } from '../../../transports/_formats/annotate/annotate.ts'
import { latin1, secretsIn } from '../../../transports/_formats/annotate/annotation.ts'
import type { Capture, Place } from '../capture/capture.ts'

const STAR = 42
/** A token may stand in a body too: the answer to a request for one, or a passphrase on its way in. */
const FIELDS = /"(?:token|secret|passphrase|password)"\s*:\s*"((?:[^"\\]|\\.)*)"/dg
/** Lines of a head whose beginning is lost, so that it is not known to be one. */
const LINES = /^(?:set-cookie|cookie|authorization|proxy-authorization):[ \t]*([^\r\n]*)/dgim
/** HTTP/2's heads are compressed: what of them is a cookie cannot be told without all that came before. */
const HTTP2_HEADS = new Set([1, 9])
const HTTP2_HEADER = 9

/** The bytes of a tile with each secret as stars: as many as it has bytes, so that all sizes stay true. */
export function withoutSecrets(kind: Place['kind'], bytes: Uint8Array): Uint8Array {
  const copy = bytes.slice()
  if (kind === 'http2' && HTTP2_HEADS.has(bytes[3] ?? 0)) return copy.fill(STAR, HTTP2_HEADER)
  if (kind === 'message')
    for (const { from, to } of secretsIn(
      annotate(kind, bytes, { chunkLeft: null, isClient: true }).annotations,
    ))
      copy.fill(STAR, from, to)
  const text = latin1(bytes)
  for (const pattern of kind === 'message' ? [FIELDS] : [FIELDS, LINES])
    for (const { indices } of text.matchAll(pattern)) copy.fill(STAR, ...indices![1]!)
  return copy
}

/** The bytes of a tile as they are to leave the page, and where in their direction they begin. */
export function bytesToSave(
  capture: Capture,
  place: Place,
  showsSecrets: boolean,
): { bytes: Uint8Array; offset: number } {
  const { mark, kind, from, to } = place
  const { bytes, missing } = capture.bytes.read(mark.connection, mark.direction, from, to)
  const offset = from + missing
  if (showsSecrets) return { bytes, offset }
  // Without its beginning, a header may have lost its name and kept its value.
  return { bytes: missing > 0 ? bytes.slice().fill(STAR) : withoutSecrets(kind, bytes), offset }
}
