/**
 * What the server says of the viewer's own connections (`GET /wires/records`): one JSON object to a line. Parsed here, at
 * the edge; a kind that is not known is passed over, since a newer server may have more.
 */
import type {
  BytesRecord,
  Direction,
  DroppedRecord,
  FaultRecord,
  HiddenRecord,
  NowRecord,
} from '../../../lab/wires/records.ts'

export type { Direction }

/** As the server's (lab/wires/records.ts), with bytes in place of base64, and words where a newer server may have other ones. */
export type WireRecord =
  | NowRecord
  | FaultRecord
  | HiddenRecord
  | (Omit<BytesRecord, 'bytes'> & { readonly bytes: Uint8Array })
  | Omit<DroppedRecord, 'why'>
  | {
      readonly kind: 'open'
      readonly connection: number
      readonly lane: string
      readonly at: number
      readonly alpn?: string
    }
  | {
      readonly kind: 'close'
      readonly connection: number
      readonly at: number
      readonly by: string
      readonly how: string
    }

/** @returns null for a line that is no record, or of a kind that is not known */
export function parseRecord(line: string): WireRecord | null {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return null
  }
  if (typeof value !== 'object' || value === null) return null
  const given = value as Record<string, unknown>
  const { kind, at, connection } = given
  if (!isNumber(at)) return null
  if (kind === 'now') return { kind, at }
  if (kind === 'fault') return faultOf(given, at)
  if (!isNumber(connection)) return null
  if (kind === 'open' && typeof given.lane === 'string')
    return {
      ...{ kind, connection, lane: given.lane, at },
      ...(typeof given.alpn === 'string' && { alpn: given.alpn }),
    }
  if (kind === 'close')
    return { kind, connection, at, by: String(given.by ?? 'server'), how: String(given.how ?? 'end') }
  if (kind === 'hidden') return { kind, connection, at }
  const direction = given.direction === 'toServer' || given.direction === 'toClient' ? given.direction : null
  if (direction === null) return null
  if (kind === 'dropped' && isNumber(given.bytes))
    return { kind, connection, direction, bytes: given.bytes, at }
  if (kind !== 'bytes' || !isNumber(given.offset) || typeof given.bytes !== 'string') return null
  const bytes = fromBase64(given.bytes)
  return bytes && { kind, connection, direction, at, offset: given.offset, bytes }
}

function faultOf(given: Record<string, unknown>, at: number): WireRecord | null {
  const { id, lanes, fault, until, on } = given
  if (!isNumber(id) || !Array.isArray(lanes) || typeof fault !== 'string') return null
  return {
    ...{ kind: 'fault', id, fault, at, on: on === true },
    lanes: lanes.filter((lane): lane is string => typeof lane === 'string'),
    until: isNumber(until) ? until : null,
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)

function fromBase64(text: string): Uint8Array | null {
  try {
    const binary = atob(text)
    const bytes = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
    return bytes
  } catch {
    return null
  }
}
