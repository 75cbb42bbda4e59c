/** What is kept, as a file: for developer tools (HAR), for programs (JSON), for Wireshark (pcapng). */
import { latin1 } from '../../../transports/_formats/annotate/annotation.ts'
import type { Capture } from '../capture/capture.ts'
import type { Answers, Format } from '../protocol.ts'
import { asHar } from './har.ts'
import { asPcapng, type CapturedConnection } from './pcapng.ts'
import { bytesToSave } from './secrets.ts'

declare const LAB_VERSION: string | undefined

const TYPES: Readonly<Record<Format, string>> = {
  har: 'application/json',
  json: 'application/json',
  pcapng: 'application/x-pcapng',
}

export function save(
  capture: Capture,
  { format, connection, showsSecrets }: { format: Format; connection: number | null; showsSecrets: boolean },
): Answers['save'] {
  const all = connection === null ? [...capture.connections.keys()] : [connection]
  const content = contentOf(capture, format, all, showsSecrets)
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content
  return {
    name: `transport-lab${connection === null ? '' : `-${connection}`}.${format}`,
    type: TYPES[format],
    bytes,
  }
}

function contentOf(
  capture: Capture,
  format: Format,
  ids: readonly number[],
  showsSecrets: boolean,
): string | Uint8Array {
  const version = typeof LAB_VERSION === 'string' ? LAB_VERSION : ''
  if (format === 'har') return asHar(capture, ids, showsSecrets, version)
  if (format === 'json') return asJson(capture, ids, showsSecrets)
  const secrets = showsSecrets ? '' : ' Cookies and tokens are masked by stars.'
  const comment = `Transport Lab ${version}: the bytes are real, the IP and TCP headers are made up.${secrets}`
  return asPcapng(
    ids.flatMap((id) => captured(capture, id, showsSecrets) ?? []),
    comment,
  )
}

/** Each tile with its bytes in base64, under the connection that it passed on. */
function asJson(capture: Capture, ids: readonly number[], showsSecrets: boolean): string {
  const connections = ids.flatMap((id) => {
    const connection = capture.connections.get(id)
    if (!connection) return []
    const marks = capture.marksOf(id).map((place) => {
      const { id: _id, connection: _connection, lane: _lane, ...mark } = place.mark
      const { bytes, offset } = bytesToSave(capture, place, showsSecrets)
      return { ...mark, offset, bytes: btoa(latin1(bytes)) }
    })
    return [{ ...connection, marks }]
  })
  return JSON.stringify({ version: 1, connections }, null, 1)
}

/** As the server recorded it, a packet to a record; where secrets are masked, by tiles, which alone tell where they stand. */
function captured(capture: Capture, id: number, showsSecrets: boolean): CapturedConnection | null {
  const connection = capture.connections.get(id)
  if (!connection) return null
  if (showsSecrets) return { ...connection, segments: capture.bytes.segments(id) }
  const segments = capture.marksOf(id).map((place) => ({
    direction: place.mark.direction,
    at: place.mark.until,
    ...bytesToSave(capture, place, false),
  }))
  return { ...connection, segments: segments.filter(({ bytes }) => bytes.length > 0) }
}
