/** The answers to what the page asks about bytes. */
import { acceptKeyOf } from '../../transports/_formats/annotate/accept-key.ts'
import { annotate } from '../../transports/_formats/annotate/annotate.ts'
import { latin1, secretsIn, textOf } from '../../transports/_formats/annotate/annotation.ts'
import type { AnnotatedFrame } from '../../transports/_formats/annotate/web-socket.ts'
import { headerSize } from '../../transports/_formats/ws-header.ts'
import type { Capture, Place } from './capture/capture.ts'
import { asCurl } from './export/curl.ts'
import { save } from './export/save.ts'
import type { Answer, FollowPart, Inspection, Question } from './protocol.ts'

/** Of a conversation, the newest so many parts and bytes are shown: more would be no reading matter. */
const MAX_PARTS = 1_000
const MAX_FOLLOWED = 512 * 1024
/** Marks that a search finds at most, the newest first. */
const MAX_FOUND = 2_000

export function answer(capture: Capture, question: Question): Answer {
  switch (question.kind) {
    case 'inspect':
      return inspect(capture, question.mark)
    case 'follow':
      return follow(capture, question.mark)
    case 'search':
      return search(capture, question.text)
    case 'save':
      return save(capture, question)
    case 'curl': {
      const place = capture.placeOf(question.mark)
      return place && asCurl(bytesOf(capture, place).bytes, question.showsSecrets)
    }
  }
}

function bytesOf(capture: Capture, { mark, from, to }: Place): { bytes: Uint8Array; missing: number } {
  return capture.bytes.read(mark.connection, mark.direction, from, to)
}

function annotated(place: Place, bytes: Uint8Array, missing: number): AnnotatedFrame {
  const { kind, chunkLeft, mark } = place
  // Without its beginning, none of it can be told.
  return annotate(missing > 0 ? 'raw' : kind, bytes, { chunkLeft, isClient: mark.direction === 'toServer' })
}

function inspect(capture: Capture, id: number): Inspection | null {
  const place = capture.placeOf(id)
  if (!place) return null
  const { mark, from } = place
  const { bytes, missing } = bytesOf(capture, place)
  return {
    ...{ mark, offset: from + missing, bytes, missing },
    ...annotated(place, bytes, missing),
    accept: acceptOf(capture, place, bytes),
  }
}

/** The other half of a handshake is the first message of the other direction. */
function acceptOf(capture: Capture, { mark, kind }: Place, bytes: Uint8Array): Inspection['accept'] {
  if (kind !== 'message') return null
  const isHandshake = /^upgrade: *websocket/im.test(latin1(bytes))
  if (!isHandshake) return null
  const heads = capture.marksOf(mark.connection).filter((one) => one.kind === 'message')
  const other = heads.findLast((one) => one.mark.direction !== mark.direction)
  const others = other ? bytesOf(capture, other).bytes : null
  return mark.direction === 'toServer' ? acceptKeyOf(bytes, others) : others && acceptKeyOf(others, bytes)
}

function follow(capture: Capture, id: number): { parts: FollowPart[]; isCut: boolean } | null {
  const place = capture.placeOf(id)
  if (!place) return null
  const all = capture.marksOf(place.mark.connection)
  const parts: FollowPart[] = []
  let size = 0
  for (const one of all.toReversed()) {
    const { bytes, missing } = bytesOf(capture, one)
    if (bytes.length === 0) continue
    size += bytes.length
    if (parts.length === MAX_PARTS || size > MAX_FOLLOWED) break
    const { annotations, unmasked } = annotated(one, bytes, missing)
    // Of a frame its payload is followed, as it is meant.
    const payload = one.kind === 'frame' && bytes.length > 1 ? bytes.subarray(headerSize(bytes[1]!)) : bytes
    parts.unshift({ mark: one.mark, bytes: unmasked ?? payload, secrets: secretsIn(annotations) })
  }
  return { parts, isCut: parts.length < all.length }
}

function search(capture: Capture, text: string): number[] {
  const wanted = text.toLowerCase()
  const found: number[] = []
  for (const place of [...capture.places()].toReversed()) {
    const { bytes, missing } = bytesOf(capture, place)
    const isMasked = place.kind === 'frame' && place.mark.direction === 'toServer'
    const shown = isMasked ? (annotated(place, bytes, missing).unmasked ?? bytes) : bytes
    if (!textOf(shown).toLowerCase().includes(wanted)) continue
    found.push(place.mark.id)
    if (found.length === MAX_FOUND) break
  }
  return found
}
